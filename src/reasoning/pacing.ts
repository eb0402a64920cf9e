import type { RunEvent } from "./events.ts";

/** A decaying average: what was seen lately counts most, what was assumed at the start fades. */
export type Average = { readonly value: number; readonly weight: number };

/** How much an observation still counts after the next one. */
const memory = 0.9;

const average = (value: number, weight: number): Average => ({ value, weight });

function observe({ value, weight }: Average, seen: number): Average {
  const kept = weight * memory;
  return { value: (value * kept + seen) / (kept + 1), weight: kept + 1 };
}

/**
 * What is known of the two models and the link, measured during runs and kept per model pair and endpoint.
 * Times in seconds; times of requests include the round trip.
 */
export type Pace = {
  readonly draftFirstToken: Average;
  readonly draftPerToken: Average;
  readonly draftStepTokens: Average;
  readonly scoreRequest: Average;
  readonly baseFirstToken: Average;
  readonly basePerToken: Average;
  readonly baseStepTokens: Average;
  /** How often a draft is rejected after an accepted and after a rejected one: rejections come in bursts. */
  readonly rejectedAfterAccepted: Average;
  readonly rejectedAfterRejected: Average;
  readonly lastVerdict: "accepted" | "rejected";
  /** Of the link alone, where it was probed. */
  readonly roundTrip?: number;
};

/** Assumed until measured: a 1.7B draft model on a laptop's GPU, a 32B base model 100 ms away. */
export const assumedPace: Pace = {
  draftFirstToken: average(0.15, 1),
  draftPerToken: average(0.01, 1),
  draftStepTokens: average(30, 1),
  scoreRequest: average(0.25, 1),
  baseFirstToken: average(0.25, 1),
  basePerToken: average(0.04, 1),
  baseStepTokens: average(30, 1),
  rejectedAfterAccepted: average(0.25, 3),
  rejectedAfterRejected: average(0.45, 3),
  lastVerdict: "accepted",
};

/** The pace after one more event of a run. */
export function observePace(pace: Pace, event: RunEvent): Pace {
  switch (event.kind) {
    case "drafted":
      return {
        ...pace,
        draftFirstToken: observe(pace.draftFirstToken, event.firstTokenSeconds),
        draftPerToken: event.tokens > 1
          ? observe(pace.draftPerToken, (event.seconds - event.firstTokenSeconds) / (event.tokens - 1))
          : pace.draftPerToken,
        draftStepTokens: observe(pace.draftStepTokens, event.tokens),
      };
    case "score-answered":
      return { ...pace, scoreRequest: observe(pace.scoreRequest, event.seconds) };
    case "accepted":
      return verdict(pace, "accepted");
    case "rejected":
      return event.why === "score" ? verdict(pace, "rejected") : pace;
    case "base-step":
      return { ...pace, baseStepTokens: observe(pace.baseStepTokens, event.tokens) };
    case "base-ended":
      if (event.firstTokenSeconds === undefined) return pace;
      return {
        ...pace,
        baseFirstToken: observe(pace.baseFirstToken, event.firstTokenSeconds),
        basePerToken: event.generatedTokens > 4
          ? observe(pace.basePerToken, (event.seconds - event.firstTokenSeconds) / (event.generatedTokens - 1))
          : pace.basePerToken,
      };
    case "base-back":
    case "link-measured":
      return { ...pace, roundTrip: event.roundTripSeconds };
    default:
      return pace;
  }
}

function verdict(pace: Pace, now: "accepted" | "rejected"): Pace {
  const after = pace.lastVerdict === "accepted" ? "rejectedAfterAccepted" : "rejectedAfterRejected";
  return { ...pace, [after]: observe(pace[after], now === "rejected" ? 1 : 0), lastVerdict: now };
}

/** Probability that the next draft to be judged is rejected. */
export const rejectionProbability = (pace: Pace): number =>
  (pace.lastVerdict === "accepted" ? pace.rejectedAfterAccepted : pace.rejectedAfterRejected).value;

export const draftStepSeconds = (pace: Pace): number =>
  pace.draftFirstToken.value + pace.draftPerToken.value * Math.max(0, pace.draftStepTokens.value - 1);

export const baseStepSeconds = (pace: Pace): number => pace.basePerToken.value * pace.baseStepTokens.value;
