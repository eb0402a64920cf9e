import { seededRandom } from "../models/seeded-random.ts";
import type { Problem } from "./data-set.ts";

export const evaluatedModes = ["draft", "base", "sync", "async", "auto"] as const;
export type EvaluatedMode = (typeof evaluatedModes)[number];

/** What is to be evaluated: so many problems drawn by the seed, each in every mode, `samples` times. */
export type Plan = {
  readonly problems: number;
  readonly seed: number;
  readonly samples: number;
  readonly modes: readonly EvaluatedMode[];
  readonly thresholds: readonly number[];
};

/** One run to be done. `threshold` is there where the mode has one. */
export type Task = {
  /** Names it within its evaluation. */
  readonly key: string;
  readonly problem: Problem;
  readonly mode: EvaluatedMode;
  readonly threshold?: number;
  /** From 0. */
  readonly sample: number;
};

/** So many problems, drawn without repetition; all of them in their order where there are no more. */
export function drawProblems(all: readonly Problem[], count: number, seed: number): readonly Problem[] {
  if (count >= all.length) return all;
  const random = seededRandom(seed);
  const left = [...all];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}

/** All settings of a problem stand together, so that what is done so far compares like with like. */
export function tasksOf(plan: Plan, all: readonly Problem[]): readonly Task[] {
  const settings = plan.modes.flatMap((mode): readonly Pick<Task, "mode" | "threshold">[] =>
    (mode === "draft" || mode === "base" ? [{ mode }] : plan.thresholds.map((threshold) => ({ mode, threshold }))));
  return drawProblems(all, plan.problems, plan.seed).flatMap((problem) =>
    Array.from({ length: plan.samples }, (_, sample) => settings.map((setting): Task => ({
      ...setting, problem, sample, key: `${problem.id} ${setting.mode} ${setting.threshold ?? ""} ${sample}`,
    }))).flat());
}
