import type { Run } from "../reasoning/run.ts";
import type { Checked } from "./answers/check-answer.ts";
import type { Rung } from "./answers/compare-answers.ts";
import type { FoundBy } from "./answers/final-answer.ts";
import type { EvaluatedMode, Task } from "./plan.ts";

/** What came of one task. */
export type Outcome = {
  readonly key: string;
  readonly problem: string;
  readonly mode: EvaluatedMode;
  readonly threshold?: number;
  readonly sample: number;
  /** Id of its run. */
  readonly run: string;
  readonly right: boolean;
  /** The final answer as the model wrote it, where it wrote one, how it was found and by which rung it was judged. */
  readonly given?: string;
  readonly foundBy?: FoundBy;
  readonly rung?: Rung;
  /** Wall clock of the run. */
  readonly seconds: number;
  readonly draftTokens: number;
  readonly baseTokens: number;
  /** To the base model, scores included. */
  readonly baseRequests: number;
  readonly scoredSteps: number;
  readonly acceptedSteps: number;
};

/** An answer has some characters, a text that was taken for one may have any number. */
const longestGiven = 10_000;

export function outcomeOf(task: Task, run: Run, checked: Checked): Outcome {
  const { given, compared, right } = checked;
  return {
    key: task.key, problem: task.problem.id, mode: task.mode, sample: task.sample, run: run.header.id, right,
    ...(task.threshold === undefined ? {} : { threshold: task.threshold }),
    ...(given === undefined ? {} : { given: given.text.slice(0, longestGiven), foundBy: given.foundBy }),
    ...(compared === undefined ? {} : { rung: compared.rung }),
    seconds: run.seconds, draftTokens: run.totals.draftTokens, baseTokens: run.totals.baseTokens, baseRequests: run.totals.baseRequests, scoredSteps: run.totals.scoredSteps,
    acceptedSteps: run.steps.filter(({ author, verdict }) => author === "draft" && verdict === "accepted").length,
  };
}
