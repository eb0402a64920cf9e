import type { BranchReason, RunEvent } from "./events.ts";
import type { Mutable, Run } from "./run.ts";

/** Where a branch left the one before it. */
export type Parting = {
  /** The first step that may differ. */
  readonly index: number;
  /** Run clock, in seconds. */
  readonly at: number;
  readonly why: BranchReason;
  /** The number of the branch it left. */
  readonly from: number;
};

/** A transcript with all that belongs to it. Steps that branches share are the same objects. */
export type Branch = Pick<Run, "steps" | "answer" | "thinkingEnded" | "rejected"> & {
  /** From 1, in the order they began. */
  readonly number: number;
  /** Absent in the first one. */
  readonly parted?: Parting;
  /** Its answer was given, or none was wanted. */
  readonly finished: boolean;
};

/** The transcript as it stands, as a branch. */
export const currentBranch = (run: Run): Branch => ({
  ...run.branch, steps: run.steps, finished: run.status === "finished" || run.answer !== undefined,
  ...(run.answer === undefined ? {} : { answer: run.answer }),
  ...(run.thinkingEnded === undefined ? {} : { thinkingEnded: run.thinkingEnded }),
  ...(run.rejected === undefined ? {} : { rejected: run.rejected }),
});

/** All branches in the order they began, the current one among them. */
export const allBranches = (run: Run): readonly Branch[] => withBranch(run.branches, currentBranch(run));

const withBranch = (branches: readonly Branch[], branch: Branch): readonly Branch[] =>
  [...branches, branch].toSorted((one, other) => one.number - other.number);

export function branchOff(run: Mutable, { toIndex, why, at }: Extract<RunEvent, { readonly kind: "branched" }>): Run {
  const { rejected, ...left } = currentBranch(run);
  // A late rejection has just been told, and belongs to what follows it.
  const late = why === "late-rejection";
  run.branches = withBranch(run.branches, late || rejected === undefined ? left : { ...left, rejected });
  run.branch = { number: run.branches.length + 1, parted: { index: toIndex, at, why, from: left.number } };
  run.steps = run.steps.slice(0, toIndex);
  delete run.answer;
  delete run.thinkingEnded;
  if (!late) delete run.rejected;
  rest(run, false);
  return run;
}

export function takeUp(run: Mutable, event: Extract<RunEvent, { readonly kind: "switched" }>): Run {
  const chosen = run.branches.find(({ number }) => number === event.branch);
  if (chosen === undefined) return run;
  const others = run.branches.filter((branch) => branch !== chosen);
  run.branches = withBranch(others, currentBranch(run));
  const { number, parted, steps, answer, thinkingEnded, rejected } = chosen;
  run.branch = { number, ...(parted === undefined ? {} : { parted }) };
  run.steps = steps;
  delete run.answer;
  delete run.thinkingEnded;
  delete run.rejected;
  if (answer !== undefined) run.answer = answer;
  if (thinkingEnded !== undefined) run.thinkingEnded = thinkingEnded;
  if (rejected !== undefined) run.rejected = rejected;
  rest(run, event.finished);
  return run;
}

/** A run at work stays so; one at rest is as far as its new transcript is. */
function rest(run: Mutable, finished: boolean): void {
  if (run.status === "running") return;
  run.status = finished ? "finished" : "stopped";
  delete run.failure;
}
