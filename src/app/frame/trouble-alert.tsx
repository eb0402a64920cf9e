import { appRun, useRun } from "../app-run.ts";
import type { ProblemKind, Trouble } from "../trouble.ts";
import { useWords } from "../words/use-words.ts";
import { Disclosure } from "../run/disclosure.tsx";
import { AlarmSymbol } from "./symbols.tsx";
import { OutsideText } from "../text/outside-text.tsx";

/** What went wrong with the run, with opening the models, or with storing: what happened, what was kept, what to do. */
export function Troubles() {
  const trouble = useRun((state) => state.trouble);
  const saving = useRun((state) => state.savingTrouble);
  const failure = useRun(({ run }) => (run?.status === "failed" ? run.failure : undefined));
  return (
    <div role="alert" className="grid gap-2 empty:hidden">
      {trouble !== undefined && <TroubleNote trouble={trouble} name="trouble" onDismiss={appRun.dismissTrouble} />}
      {failure !== undefined && <TroubleNote trouble={{ ...failure, kept: "run" }} name="failure" />}
      {saving !== undefined && <TroubleNote trouble={saving} name="saving" onRetry={() => void appRun.retrySaving()} />}
    </div>
  );
}

/** What to do about these hangs on the details. */
const ambiguous: ReadonlySet<ProblemKind> = new Set(["cross-origin", "bad-request", "unexpected"]);

type TroubleNoteProps = {
  readonly trouble: Trouble;
  readonly name: string;
  readonly onDismiss?: () => void;
  readonly onRetry?: () => void;
};

export function TroubleNote({ trouble, name, onDismiss, onRetry }: TroubleNoteProps) {
  const words = useWords();
  const { what, todo } = words.problems[trouble.kind];
  const kept = { run: words.trouble.keptRun, problem: words.trouble.keptProblem, memory: words.trouble.keptMemory, outcomes: words.trouble.keptOutcomes }[trouble.kept];
  return (
    <div className="flex flex-wrap gap-x-2.5 gap-y-1 rounded-md bg-alarm-soft px-3.5 py-2.5">
      <span className="mt-0.5"><AlarmSymbol /></span>
      <div className="grid min-w-0 flex-1 basis-52 gap-1">
        <p><strong className="font-medium">{what}</strong> {kept} {todo.replace("THIS_ORIGIN", location.origin)}</p>
        <Disclosure name={`${name} ${trouble.message}`} title={words.trouble.details} openAtFirst={ambiguous.has(trouble.kind)}>
          <p className="mt-1 text-[0.8125rem]" lang="en">{trouble.kind}: <OutsideText text={trouble.message} /></p>
        </Disclosure>
      </div>
      {onDismiss !== undefined && <button type="button" className="button-quiet -my-1 ms-auto self-start" onClick={onDismiss}>{words.trouble.dismiss}</button>}
      {onRetry !== undefined && <button type="button" className="button-quiet -my-1 ms-auto self-start" onClick={onRetry}>{words.trouble.retrySaving}</button>}
    </div>
  );
}
