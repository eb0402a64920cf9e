import { appRun, appVerification, useVerification } from "../app-run.ts";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { useSettings } from "../settings/settings-store.ts";
import { useWords } from "../words/use-words.ts";
import { Saying } from "../text/outside-text.tsx";
import { baseName, isChosenBase } from "./chosen-base.ts";

/** How many steps of how many runs wait for which base model, and what is being done about it. */
export function VerificationPanel() {
  const words = useWords().verification;
  const waiting = useVerification((state) => state.waiting);
  const rejected = useVerification((state) => state.rejected);
  if (waiting.length === 0 && rejected.length === 0) return null;
  const bases = new Map<string, { readonly runs: number; readonly steps: number }>();
  for (const { base, steps } of waiting) {
    const before = bases.get(base) ?? { runs: 0, steps: 0 };
    bases.set(base, { runs: before.runs + 1, steps: before.steps + steps.length });
  }
  return (
    <section aria-labelledby="verification-title" className="grid gap-2">
      <h2 id="verification-title" className="section-title flex items-center gap-1.5"><AuthorSymbol author="base" />{words.label}</h2>
      {[...bases].map(([base, counts]) => <Waiting key={base} base={base} {...counts} />)}
      <Rejected runs={rejected} />
    </section>
  );
}

type WaitingProps = { readonly base: string; readonly runs: number; readonly steps: number };

function Waiting({ base, runs, steps }: WaitingProps) {
  const all = useWords();
  const words = all.verification;
  const activity = useVerification((state) => state.activity);
  const trouble = useVerification((state) => state.trouble);
  const later = useSettings(({ settings }) => settings.policy.verify === "later");
  const chosen = useSettings((choices) => isChosenBase(base, choices, location.href));
  const name = baseName(base);
  const busy = activity === "asking" || activity === "verifying";
  return (
    <div className="grid gap-1">
      <p>{name === "" ? words.waiting(steps, runs, words.firstModel) : <Saying say={(model = "") => words.waiting(steps, runs, model)} names={[name]} />}</p>
      {!chosen && <p className="text-[0.8125rem] text-quiet">{words.otherBase}</p>}
      {chosen && (
        <>
          <p className="text-[0.8125rem] text-quiet">{activity === "resting" && later ? words.later : words[activity]}</p>
          {trouble !== undefined && !busy && <p className="text-[0.8125rem] text-quiet">{all.problems[trouble.kind].what}</p>}
          <div className="flex flex-wrap gap-2">
            <button type="button" className="button" aria-disabled={busy} onClick={() => { if (!busy) appVerification.verifyNow(); }}>{words.now}</button>
            {activity !== "stopped" && !(activity === "resting" && later) && <button type="button" className="button-quiet" onClick={() => appVerification.stop()}>{words.stop}</button>}
          </div>
        </>
      )}
    </div>
  );
}

function Rejected({ runs }: { readonly runs: readonly string[] }) {
  const words = useWords().verification;
  const [next] = runs;
  if (next === undefined) return null;
  return (
    <div className="grid justify-items-start gap-1">
      <p>{words.rejected(runs.length)}</p>
      <button type="button" className="button" onClick={() => void appRun.show(next)}>{runs.length === 1 ? words.open : words.openNext}</button>
    </div>
  );
}
