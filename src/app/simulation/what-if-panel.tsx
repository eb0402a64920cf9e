import { useEffect, useState } from "react";
import type { RunEvent } from "../../reasoning/events.ts";
import type { WhatIf, WhatIfResult } from "../../simulate/what-if.ts";
import { openJournal, useRun } from "../app-run.ts";
import { Disclosure } from "../run/disclosure.tsx";
import { Choice, NumberField } from "../settings/field.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { askWhatIf } from "./simulate-in-worker.ts";
import { useSimulationWords, type SimulationWords } from "./simulation-words.ts";

const thresholds = { least: 0, most: 9, whole: false };
const milliseconds = { least: 0, most: 10_000, whole: false };

/** On a finished run: what another threshold, round trip, mode or objective would have done. */
export function WhatIfPanel() {
  const words = useSimulationWords();
  const id = useRun(({ run }) => (run?.status === "finished" && run.steps.length > 0 ? run.header.id : undefined));
  if (id === undefined) return null;
  return (
    <section aria-label={words.whatIf}>
      <Disclosure name="what-if" title={words.whatIf}>
        <WhatIfForm key={id} id={id} />
      </Disclosure>
    </section>
  );
}

function WhatIfForm({ id }: { readonly id: string }) {
  const words = useSimulationWords();
  const header = useRun(({ run }) => run?.header);
  const measured = useRun(({ run }) => run?.roundTripSeconds);
  const [settings, setSettings] = useState<WhatIf>(() => ({
    mode: header === undefined || header.policy.mode === "draft" ? "auto" : header.policy.mode,
    objective: header?.policy.objective ?? "latency",
    threshold: header?.policy.threshold ?? 7,
  }));
  const result = useWhatIf(id, settings);
  const change = (changes: Partial<WhatIf>) => setSettings((before) => ({ ...before, ...changes }));
  return (
    <div className="mt-2 grid gap-3">
      <p className="text-[0.8125rem] text-quiet">{words.intro}</p>
      <Choice label={words.mode} value={settings.mode} options={words.modes} onChange={(mode) => change({ mode })} />
      {settings.mode === "auto" && <Choice label={words.objective} value={settings.objective} options={words.objectives} onChange={(objective) => change({ objective })} />}
      {settings.mode !== "base" && <NumberField label={words.threshold} value={settings.threshold} limits={thresholds} onChange={(threshold) => change({ threshold })} />}
      <NumberField
        label={words.roundTrip} value={Math.round(1000 * (settings.roundTripSeconds ?? measured ?? 0))} limits={milliseconds}
        onChange={(value) => change({ roundTripSeconds: value / 1000 })}
      />
      <output className="grid gap-2" aria-live="polite">
        {result === undefined ? words.computing : result === "failed" ? words.failed : <Outcome result={result} words={words} />}
      </output>
    </div>
  );
}

function Outcome({ result, words }: { readonly result: WhatIfResult; readonly words: SimulationWords }) {
  const { count, seconds } = useNumbers();
  const notes = [
    words.against(seconds(result.baseOnlySeconds), count(result.baseOnlyTokens)),
    words.recorded,
    result.roundTripMeasured ? words.measured(count(1000 * result.roundTripSeconds)) : words.assumedLink,
    ...(result.unscored > 0 ? [words.unscored(result.unscored)] : []),
    ...(result.uncorrected > 0 ? [words.uncorrected(result.uncorrected)] : []),
    ...result.assumed.map((what) => words.assumedSpeeds[what]),
  ];
  const figures = [
    [words.seconds, `${seconds(result.seconds)} s`],
    [words.baseTokens, count(result.baseTokens)],
    [words.scoreRequests, count(result.scoreRequests)],
  ] as const;
  return (
    <>
      <dl className="grid gap-1">
        {figures.map(([name, value]) => (
          <div key={name} className="flex items-baseline justify-between gap-3">
            <dt className="text-quiet">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      {notes.map((note) => <p key={note} className="text-xs leading-snug text-quiet">{note}</p>)}
    </>
  );
}

/** Undefined while it is being computed. */
function useWhatIf(id: string, settings: WhatIf): WhatIfResult | "failed" | undefined {
  const [events, setEvents] = useState<readonly RunEvent[] | "failed">();
  const [answer, setAnswer] = useState<{ readonly to: WhatIf; readonly result: WhatIfResult | "failed" }>();
  useEffect(() => {
    let left = false;
    void storedEvents(id).then((stored) => (left ? undefined : setEvents(stored)));
    return () => { left = true; };
  }, [id]);
  useEffect(() => {
    if (events === undefined || events === "failed") return undefined;
    let left = false;
    void askWhatIf(id, events, settings).then((result) => (left ? undefined : setAnswer({ to: settings, result: result ?? "failed" })));
    return () => { left = true; };
  }, [id, events, settings]);
  if (events === "failed") return "failed";
  return answer?.to === settings ? answer.result : undefined;
}

async function storedEvents(id: string): Promise<readonly RunEvent[] | "failed"> {
  try {
    return (await (await openJournal()).load(id)).events;
  } catch {
    return "failed";
  }
}
