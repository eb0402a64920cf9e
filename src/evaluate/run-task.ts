import type { BaseModel } from "../models/base-model.ts";
import type { DraftModel } from "../models/draft-model.ts";
import type { Clock } from "../reasoning/clock.ts";
import type { Failure, RunEvent } from "../reasoning/events.ts";
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
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly begun?: (header: RunHeader) => void;
  readonly happened?: (event: RunEvent) => void;
};

/** `unfinished`: stopped, or a model failed or could not be reached meanwhile; it counts neither as right nor as wrong. */
export type TaskResult =
  | { readonly kind: "done"; readonly outcome: Outcome; readonly run: Run; readonly pace: Pace }
  | { readonly kind: "unfinished"; readonly failure?: Failure };

/** Solves a problem as its task says and judges the answer. */
export async function runTask(task: Task, parts: TaskParts): Promise<TaskResult> {
  const { draft, base, clock, signal } = parts;
  const policy: Policy = {
    ...parts.policy, mode: task.mode, verify: "now", seed: parts.policy.seed + task.sample,
    ...(task.threshold === undefined ? {} : { threshold: task.threshold }),
  };
  const header: RunHeader = {
    version: 1, id: parts.runId, problem: task.problem.problem, createdAt: parts.createdAt, policy,
    draft: { id: draft.info.id, name: draft.info.name }, base: { id: base.info.id, name: base.info.name },
  };
  parts.begun?.(header);
  let run = emptyRun(header);
  let { pace } = parts;
  let away: Failure | undefined;
  for await (const event of reason({ run, draft, base, clock, signal, pace })) {
    run = foldEvent(run, event);
    pace = observePace(pace, event);
    if (event.kind === "base-lost") away = event.failure;
    parts.happened?.(event);
  }
  const failure = run.failure ?? (run.steps.some(({ unverifiedBecause }) => unverifiedBecause === "base-away") ? away : undefined);
  if (run.status !== "finished" || failure !== undefined) return { kind: "unfinished", ...(failure === undefined ? {} : { failure }) };
  const checked = await checkAnswer(run.answer?.text ?? "", task.problem.answer, parts.algebra);
  return { kind: "done", outcome: outcomeOf(task, run, checked), run, pace };
}
