import { useEffect, useState } from "react";
import { estimateSeconds } from "../../evaluate/estimate.ts";
import { evaluatedModes, type EvaluatedMode, type Plan } from "../../evaluate/plan.ts";
import { readLatestPace } from "../models/kept-pace.ts";
import { Choice, FileField, NumberField, TextField } from "../settings/field.tsx";
import { limits } from "../settings/settings.ts";
import { useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { builtInSets, isBuiltIn, ownSetTokens } from "./data-sets.ts";
import { startEvaluation, useEvaluations } from "./evaluate-store.ts";
import { useEvaluateWords, type EvaluateWords } from "./evaluate-words.ts";
import { useNaming } from "./naming.ts";
import { chooseFile, loadSet, openChosenSet, useChosenSet, type ChosenSet } from "./set-store.ts";

const together = (mode: EvaluatedMode): boolean => mode !== "draft" && mode !== "base";

/** Numbers from 0 to 9, each once; undefined where something else was written. */
function readThresholds(text: string): readonly number[] | undefined {
  const numbers = text.split(/[,，;；\s]+/u).filter((part) => part !== "").map(Number);
  return numbers.length > 0 && numbers.every((number) => number >= 0 && number <= 9) ? [...new Set(numbers)] : undefined;
}

export function EvaluationForm() {
  const words = useEvaluateWords().form;
  const { settings: { policy: say } } = useWords();
  const { count } = useNumbers();
  const chosen = useChosenSet();
  const policy = useSettings(({ settings }) => settings.policy);
  const embedded = useSettings(({ settings }) => settings.draft.source === "embedded");
  const [wanted, setWanted] = useState({ problems: 20, seed: 1, samples: 1 });
  const [modes, setModes] = useState<readonly EvaluatedMode[]>(["draft", "base", "sync", "auto"]);
  const [typed, setTyped] = useState(String(policy.threshold));
  const [asked, setAsked] = useState(false);
  useEffect(openChosenSet, []);
  const thresholds = readThresholds(typed);
  const all = chosen.state.kind === "ready" ? chosen.state.problems.length : isBuiltIn(chosen.set) ? builtInSets[chosen.set].problems : 0;
  const plan: Plan = { ...wanted, problems: Math.min(wanted.problems, all), modes, thresholds: modes.some(together) ? (thresholds ?? []) : [] };
  const sound = modes.length > 0 && (!modes.some(together) || thresholds !== undefined);
  const change = (changes: Partial<typeof wanted>) => setWanted((before) => ({ ...before, ...changes }));
  return (
    <form
      noValidate aria-labelledby="new-evaluation" className="grid content-start gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (sound && chosen.state.kind === "ready") void startEvaluation(chosen.name, plan, chosen.state.problems);
      }}
    >
      <h3 id="new-evaluation" className="section-title">{words.title}</h3>
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label={words.dataSet} value={chosen.set} options={words.dataSets} onChange={(set) => void loadSet(set)}
          note={embedded && chosen.set !== "arithmetic" && chosen.set !== "own" ? `${words.notes[chosen.set]} ${words.tooHard}` : words.notes[chosen.set]}
        />
        {chosen.set === "own" && <FileField label={words.file} note={words.fileNote} accept=".jsonl,.json,.txt,application/jsonl" onPick={(file) => void chooseFile(file)} />}
      </div>
      <SetState chosen={chosen} asked={asked} words={words} />
      <div className="grid gap-4 sm:grid-cols-3">
        <NumberField label={words.count} note={all === 0 ? "" : words.countNote(count(all))} value={Math.min(wanted.problems, Math.max(1, all))} limits={{ least: 1, most: Math.max(1, all), whole: true }} onChange={(problems) => change({ problems })} />
        <NumberField label={words.samples} note={words.samplesNote} value={wanted.samples} limits={{ least: 1, most: 64, whole: true }} onChange={(samples) => change({ samples })} />
        <NumberField label={words.seed} note={words.seedNote} value={wanted.seed} limits={limits.seed} onChange={(seed) => change({ seed })} />
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <fieldset>
          <legend className="font-medium">{words.modes}</legend>
          <div className="mt-1 grid">
            {evaluatedModes.map((mode) => (
              <label key={mode} className="inline-flex min-h-7 items-center gap-2">
                <input
                  type="checkbox" checked={modes.includes(mode)}
                  onChange={({ target: { checked } }) => setModes(evaluatedModes.filter((one) => (one === mode ? checked : modes.includes(one))))}
                />
                {say.modes[mode]}
              </label>
            ))}
          </div>
          <p className="text-[0.8125rem] text-alarm">{modes.length === 0 ? words.noMode : ""}</p>
        </fieldset>
        {modes.some(together) && (
          <TextField label={words.thresholds} note={thresholds === undefined ? words.thresholdsWrong : words.thresholdsNote} alarm={thresholds === undefined} value={typed} onChange={setTyped} />
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <button type="submit" className="button button-main">{words.start}</button>
        {sound && all > 0 && <Size plan={plan} dataSet={chosen.name} tokens={isBuiltIn(chosen.set) ? builtInSets[chosen.set].tokens : ownSetTokens} />}
      </div>
    </form>
  );
}

/** How much it will be, before it begins. */
function Size({ plan, dataSet, tokens }: { readonly plan: Plan; readonly dataSet: string; readonly tokens: number }) {
  const words = useEvaluateWords().form;
  const naming = useNaming();
  const busy = useEvaluations(({ work }) => work !== undefined);
  const earlier = useEvaluations(({ list }) => list?.find((one) => one.dataSet === dataSet && one.done > 0));
  const measured = earlier === undefined ? undefined : earlier.seconds / earlier.done;
  const runs = plan.problems * plan.samples * (plan.modes.filter((mode) => !together(mode)).length + plan.modes.filter(together).length * plan.thresholds.length);
  return (
    <p className="text-[0.8125rem] text-quiet">
      {words.size(runs, naming.duration(estimateSeconds(plan, tokens, readLatestPace(), measured)))} ({measured === undefined ? words.assumed : words.measured})
      {busy && <span className="block">{words.busy}</span>}
    </p>
  );
}

const mostLines = 8;

function SetState({ chosen: { set, state }, asked, words }: { readonly chosen: ChosenSet; readonly asked: boolean; readonly words: EvaluateWords["form"] }) {
  const { count } = useNumbers();
  const lines = state.kind === "ready" || state.kind === "none-usable" ? state.unread : [];
  const told = lines.slice(0, mostLines).map(({ line, missing }) =>
    (missing.length === 0 ? words.noJson(count(line)) : words.missing(count(line), missing.map(words.field).join(words.and))));
  const unread = [...told, ...(lines.length > mostLines ? [words.more(count(lines.length - mostLines))] : [])].join(", ");
  return (
    <output className="grid gap-1 text-[0.8125rem] empty:hidden">
      {state.kind === "reading" && <span className="text-quiet">{words.reading}</span>}
      {state.kind === "nothing" && set === "own" && asked && <span className="text-alarm">{words.noFile}</span>}
      {state.kind === "too-large" && <span className="text-alarm">{words.tooLarge}</span>}
      {state.kind === "not-loaded" && (
        <span className="text-alarm">
          {words.notLoaded} <button type="button" className="text-link text-ink" onClick={() => void loadSet(set)}>{words.again}</button>
        </span>
      )}
      {state.kind === "ready" && set === "own" && <span className="text-quiet">{words.fileRead(count(state.problems.length))}</span>}
      {state.kind === "none-usable" && <span className="text-alarm">{words.noProblems}</span>}
      {unread !== "" && <span className="text-alarm">{words.unread(unread)}</span>}
    </output>
  );
}
