import type { RunEvent } from "../reasoning/events.ts";
import type { Pace } from "../reasoning/pacing.ts";
import { type Objective, type Policy } from "../reasoning/policy.ts";
import { seededRandom } from "../models/seeded-random.ts";
import { simulateRun } from "./simulate.ts";
import { type RecordedTrace, traceOfRun } from "./trace-of-run.ts";
import type { Trace, TraceStep } from "./trace.ts";

export type WhatIf = {
  readonly mode: Exclude<Policy["mode"], "draft">;
  readonly objective: Objective;
  /** 0-9 */
  readonly threshold: number;
  /** Seconds; the run's own where absent. */
  readonly roundTripSeconds?: number;
};

export type Prediction = {
  readonly seconds: number;
  readonly baseOnlySeconds: number;
  readonly baseTokens: number;
  readonly baseOnlyTokens: number;
  readonly scoreRequests: number;
};

export type WhatIfResult = Prediction & Pick<RecordedTrace, "unscored" | "assumed"> & {
  /** Steps this threshold rejects of which no correction is recorded; it is taken to be as long as the draft. */
  readonly uncorrected: number;
  /** The link it was computed for, in seconds, and whether it was measured in the run. */
  readonly roundTripSeconds: number;
  readonly roundTripMeasured: boolean;
};

/** What a finished run would have taken under another policy or link: its recorded steps through the real reason(), without the answer. */
export async function whatIf(id: string, events: readonly RunEvent[], { mode, objective, threshold, ...link }: WhatIf): Promise<WhatIfResult> {
  const { trace, unscored, assumed, ...recorded } = traceOfRun(id, events);
  const roundTripSeconds = link.roundTripSeconds ?? recorded.roundTripSeconds ?? 0;
  const run = trace.runs[0] ?? { id, steps: [] };
  const result = await simulateRun(run, trace.timing, { roundTripSeconds, mode, objective, threshold });
  const uncorrected = run.steps.filter(({ score, baseTokens: written }) => score < threshold && written === null).length;
  const { seconds, baseOnlySeconds, baseTokens, baseOnlyTokens, scoreRequests } = result.run;
  return {
    seconds, baseOnlySeconds, baseTokens, baseOnlyTokens, scoreRequests, unscored, uncorrected, assumed, roundTripSeconds,
    roundTripMeasured: link.roundTripSeconds === undefined && recorded.roundTripSeconds !== undefined,
  };
}

/** Steps of a run as long as a usual one. */
const usualSteps = 30;

/** Steps as this pair is known to write them: lengths and rejections drawn from its pace, always the same for the same pace. */
function traceOfPace(pace: Pace, roundTripSeconds: number): Trace {
  const random = seededRandom(1);
  const length = (mean: number) => Math.max(1, Math.round(mean * (0.35 - 0.65 * Math.log(1 - random()))));
  let rejectedBefore = false;
  const steps = Array.from({ length: usualSteps }, (): TraceStep => {
    const rejected = random() < (rejectedBefore ? pace.rejectedAfterRejected : pace.rejectedAfterAccepted).value;
    rejectedBefore = rejected;
    return { draftTokens: length(pace.draftStepTokens.value), score: rejected ? 0 : 9, baseTokens: rejected ? length(pace.baseStepTokens.value) : null };
  });
  const base = pace.basePerToken.value;
  return {
    name: "this pair",
    timing: {
      draft: { startSeconds: Math.max(0, pace.draftFirstToken.value - pace.draftPerToken.value), secondsPerToken: pace.draftPerToken.value },
      base: { startSeconds: Math.max(0, pace.baseFirstToken.value - roundTripSeconds - base), secondsPerToken: base },
      score: { seconds: Math.max(0, pace.scoreRequest.value - roundTripSeconds) },
    },
    runs: [{ id: "this pair", steps }],
  };
}

/** What each objective is expected to take on this link, with what is known of the pair: a run of 30 steps like those seen so far. */
export async function predictObjectives(pace: Pace): Promise<Readonly<Record<Objective, Prediction>>> {
  const roundTripSeconds = pace.roundTrip ?? pace.scoreRequest.value / 2;
  const { runs: [run = { id: "", steps: [] }], timing } = traceOfPace(pace, roundTripSeconds);
  const predict = async (objective: Objective): Promise<Prediction> =>
    (await simulateRun(run, timing, { roundTripSeconds, mode: "auto", objective, threshold: 7 }, { ...pace, chainTokens: 0, extraTokens: 0 })).run;
  return { latency: await predict("latency"), balanced: await predict("balanced"), cloud: await predict("cloud") };
}
