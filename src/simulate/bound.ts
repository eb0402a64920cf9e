import { baseStepTokens, type TraceRun, type TraceTiming } from "./trace.ts";

/**
 * Seconds below which no loop of drafts, scores and corrections can come with this run, however it decides: no verdict is
 * waited for but the last, no token is held back, no request comes a moment too late. Each step is there after the one
 * before it: by the draft model where its draft passes, by the base model's stream where that wrote the step before it, or by
 * a new stream.
 */
export function boundSeconds({ steps }: TraceRun, timing: TraceTiming, roundTripSeconds: number, threshold: number): number {
  const { draft, base, score } = timing;
  const streamStart = roundTripSeconds + base.startSeconds;
  /** When the steps so far can be there at the soonest, the last of them drafted, and written by the base model. */
  let drafted = 0;
  let written = Infinity;
  for (const step of steps) {
    const soonest = Math.min(drafted, written);
    drafted = step.score < threshold ? Infinity : soonest + draft.startSeconds + step.draftTokens * draft.secondsPerToken;
    written = Math.min(written, soonest + streamStart) + baseStepTokens(step) * base.secondsPerToken;
  }
  return steps.length === 0 ? 0 : Math.min(drafted + roundTripSeconds + score.seconds, written);
}
