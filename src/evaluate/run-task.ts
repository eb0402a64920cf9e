import type { BaseModel } from "../models/base-model.ts";
import type { DraftModel } from "../models/draft-model.ts";
import type { Clock } from "../reasoning/clock.ts";
import type { Failure } from "../reasoning/events.ts";
import { observePace, type Pace } from "../reasoning/pacing.ts";
import type { Policy } from "../reasoning/policy.ts";
import { reason } from "../reasoning/reason.ts";
import { emptyRun, foldEvent, type Run, type RunHeader } from "../reasoning/run.ts";
import type { Algebra } from "./answers/algebra.ts";
import { checkAnswer } from "./answers/check-answer.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import type { Task } from "./plan.ts";

export type TaskParts = {
  readonly draft: DraftModel;
  readonly base: BaseModel;
  readonly clock: Clock;
  readonly algebra: Algebra;
  /** Its mode, threshold and seed are the task's; it is always verified at once. */
  readonly policy: Policy;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly runId: string;
};

/** `unfinished`: stopped, or a model failed or could not be reached meanwhile; it counts neither as right nor as wrong. */
export type TaskResult =
  | { readonly kind: "done"; readonly outcome: Outcome }
  | { readonly kind: "unfinished"; readonly failure?: Failure };

/** How a task's problem is solved; each sample has a seed of its own. */
export const policyOf = (task: Task, chosen: Policy): Policy => ({
  ...chosen, mode: task.mode, verify: "now", seed: chosen.seed + task.sample,
  ...(task.threshold === undefined ? {} : { threshold: task.threshold }),
});

/** Judges the answer of a task's run at its end. `lost` is why the base model was away last, where it was. */
export async function judge(task: Task, run: Run, lost: Failure | undefined, algebra: Algebra): Promise<TaskResult> {
  const failure = run.failure ?? (run.steps.some(({ unverifiedBecause }) => unverifiedBecause === "base-away") ? lost : undefined);
  // A problem that does not fit the models' context is not solved, however often it is tried.
  const tooLong = run.status === "failed" && failure?.kind === "context-overflow";
  if (!tooLong && (run.status !== "finished" || failure !== undefined)) return { kind: "unfinished", ...(failure === undefined ? {} : { failure }) };
  return { kind: "done", outcome: outcomeOf(task, run, await checkAnswer(run.answer?.text ?? "", task.problem.answer, algebra)) };
}

/** Solves a problem as its task says and judges the answer. The pace is what was measured on the way. */
export async function runTask(task: Task, parts: TaskParts): Promise<TaskResult & { readonly pace: Pace }> {
  const { draft, base, clock, signal } = parts;
  const header: RunHeader = {
    version: 1, id: parts.runId, problem: task.problem.problem, createdAt: 0, policy: policyOf(task, parts.policy),
    draft: { id: draft.info.id, name: draft.info.name }, base: { id: base.info.id, name: base.info.name },
  };
  let run = emptyRun(header);
  let { pace } = parts;
  let lost: Failure | undefined;
  for await (const event of reason({ run, draft, base, clock, signal, pace })) {
    run = foldEvent(run, event);
    pace = observePace(pace, event);
    if (event.kind === "base-lost") lost = event.failure;
  }
  return { ...await judge(task, run, lost, parts.algebra), pace };
}
