import type { Pace } from "../reasoning/pacing.ts";
import type { EvaluatedMode, Plan } from "./plan.ts";

/** Seconds of one run in each mode, for so many tokens of thinking and answer. Rough: rejections are taken to be spread evenly. */
function secondsOf(mode: EvaluatedMode, tokens: number, pace: Pace): number {
  const steps = Math.max(1, tokens / Math.max(1, pace.draftStepTokens.value));
  const draft = steps * pace.draftFirstToken.value + tokens * pace.draftPerToken.value;
  if (mode === "draft") return draft;
  if (mode === "base") return pace.baseFirstToken.value + tokens * pace.basePerToken.value;
  const scores = steps * pace.scoreRequest.value;
  const corrections = steps * pace.rejectedAfterAccepted.value * (pace.baseFirstToken.value + pace.baseStepTokens.value * pace.basePerToken.value);
  // Drafting goes on while scores are on their way.
  return (mode === "sync" ? draft + scores : Math.max(draft, scores)) + corrections;
}

/** Seconds that an evaluation takes, about. `measured`: of a run in an earlier evaluation of the same data set, where there was one. */
export function estimateSeconds(plan: Plan, tokens: number, pace: Pace, measured?: number): number {
  const runs = plan.problems * plan.samples;
  const alone = plan.modes.filter((mode) => mode === "draft" || mode === "base");
  const together = plan.modes.filter((mode) => mode !== "draft" && mode !== "base");
  if (measured !== undefined) return runs * (alone.length + together.length * plan.thresholds.length) * measured;
  const all = (modes: readonly EvaluatedMode[]): number => modes.reduce((sum, mode) => sum + secondsOf(mode, tokens, pace), 0);
  return runs * (all(alone) + plan.thresholds.length * all(together));
}
