import type { Branch, Parting } from "../../reasoning/branches.ts";
import { branchedAt } from "../../reasoning/changes.ts";
import type { RunEvent } from "../../reasoning/events.ts";
import type { Answer, RejectedDraft, Run } from "../../reasoning/run.ts";

/** The step that was rejected after what follows it had been written, and stands until somebody decides. */
export const lateRejection = (run: Run): (RejectedDraft & { readonly index: number }) | undefined =>
  run.status !== "running" && run.rejected !== undefined && run.rejected.index < run.steps.length ? run.rejected : undefined;

/** What is recorded before the base model writes the rejected step; undefined where nothing is left to correct. */
export function correctionOf(run: Run): readonly RunEvent[] | undefined {
  const late = lateRejection(run);
  if (late === undefined) return undefined;
  return [{ ...branchedAt(run, late.index, "late-rejection"), at: run.seconds }];
}

export type AnswerChange = { readonly kind: "same" } | { readonly kind: "changed"; readonly before: string; readonly after: string };

/** Whether late corrections have changed the first answer, once there is another. */
export function answerChange(run: Run): AnswerChange | undefined {
  if (run.branch.parted?.why !== "late-rejection" || run.answer === undefined) return undefined;
  // Several corrections in a row lead back to the answer that was first given.
  let before: Answer | undefined;
  let from: Parting | undefined = run.branch.parted;
  while (from !== undefined) {
    const { from: number }: Parting = from;
    const left: Branch | undefined = run.branches.find((branch) => branch.number === number);
    before = left?.answer ?? before;
    from = left?.parted?.why === "late-rejection" ? left.parted : undefined;
  }
  if (before === undefined) return undefined;
  const [first, last] = [shortAnswer(before.text), shortAnswer(run.answer.text)];
  return first === last ? { kind: "same" } : { kind: "changed", before: first, after: last };
}

/** What stands in the last box, or all of it. */
function shortAnswer(text: string): string {
  const boxed = /^([^{}]|\{[^{}]*\})*/.exec(text.split("\\boxed{").at(-1) ?? "")?.[0];
  return (text.includes("\\boxed{") && boxed !== undefined ? boxed : text).trim().replaceAll(/\s+/g, " ");
}
