import { appRun, appVerification, useRun } from "../app-run.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { answerChange } from "./late-rejection.ts";
import { Saying } from "../text/outside-text.tsx";

/** At a step that was rejected after the answer: what that means, and what can be done. */
export function LateRejectionNote() {
  const words = useWords().late;
  const numbers = useNumbers();
  const run = useRun((state) => state.run);
  const idle = useRun(({ work, elsewhere }) => work.kind === "idle" && elsewhere !== "computing");
  if (run?.rejected === undefined) return null;
  const { score } = run.rejected;
  const decide = (work: () => Promise<void>): void => {
    if (!idle) return;
    void work().then(appVerification.wake);
  };
  return (
    <section aria-label={words.notice} className="mt-2 grid gap-2 rounded-md bg-alarm-soft px-3.5 py-2.5 font-sans text-[0.9375rem]">
      <p><strong className="font-medium">{words.title(score === undefined ? undefined : numbers.score(score))}</strong>{run.answer === undefined ? "" : ` ${words.text}`}</p>
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button" aria-disabled={!idle} onClick={() => decide(() => appRun.resume({ correct: true }))}>{words.correct}</button>
        <button type="button" className="button-quiet" aria-disabled={!idle} onClick={() => decide(appRun.keepRejected)}>{words.keep}</button>
      </div>
    </section>
  );
}

/** Beside the answer: whether it is still the one that was first given. */
export function AnswerChangeNote() {
  const words = useWords().late;
  const run = useRun((state) => (state.run?.branch.parted?.why === "late-rejection" ? state.run : undefined));
  const change = run === undefined || run.status === "running" ? undefined : answerChange(run);
  if (change === undefined) return null;
  return <p className="mt-1 font-medium">{change.kind === "same" ? words.same : <Saying say={(before = "", after = "") => words.changed(before, after)} names={[change.before, change.after]} />}</p>;
}
