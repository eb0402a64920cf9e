import type { RunEvent } from "../reasoning/events.ts";
import { emptyRun, foldEvent, type Run, type RunHeader } from "../reasoning/run.ts";
import { checkArithmeticStep, readArithmeticProblem } from "./arithmetic-steps.ts";

/** A drafted step with the base model's score of it, and whether it is in truth right. */
export type JudgedStep = {
  /** Steps of one run are not independent of each other. */
  readonly run: string;
  /** 0-9. */
  readonly score: number;
  readonly right: boolean;
};

export type JudgedRun = {
  readonly steps: readonly JudgedStep[];
  /** Scored steps of which nothing can be said. */
  readonly undecided: number;
};

/**
 * All scored steps of a run, rejected ones included, each checked by itself. A score remembered from a like step is none of
 * its own. Undefined where the problem is no chain of arithmetic.
 */
export function judgeByArithmetic(header: RunHeader, events: Iterable<RunEvent>): JudgedRun | undefined {
  const problem = readArithmeticProblem(header.problem);
  if (problem === undefined) return undefined;
  const steps: JudgedStep[] = [];
  let undecided = 0;
  let run = emptyRun(header);
  for (const event of events) {
    run = foldEvent(run, event);
    if (event.kind !== "scored" || event.request === undefined || event.score === undefined) continue;
    const index = run.steps.findLastIndex(({ id }) => id === event.step);
    const step = run.steps[index];
    if (step === undefined) continue;
    const right = checkArithmeticStep(problem, run.steps.slice(0, index).map(({ text }) => text), step.text);
    if (right === undefined) undecided++;
    else steps.push({ run: header.id, score: event.score, right });
  }
  return { steps, undecided };
}

/**
 * The steps that stayed, each taken for right where the run's answer is: weaker, since one wrong step in ten spoils the
 * other nine, a wrong one may do no harm, and of rejected steps nothing is known.
 */
export function judgeByAnswer({ header, steps }: Run, right: boolean): JudgedRun {
  const scored = steps.filter(({ author, verdict, score }) => author === "draft" && verdict === "accepted" && score !== undefined);
  return { steps: scored.map(({ score = 0 }) => ({ run: header.id, score, right })), undecided: 0 };
}
