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
  /** Mean log-probability of a step's tokens from which on the draft model counts as sure: one step in five. */
  readonly sureFrom: number;
  /** How often such a step is rejected all the same. */
  readonly rejectedWhenSure: Average;
  /** Of the link alone, where it was probed. */
  readonly roundTrip?: number;
  /** Tokens of all chains so far, and those the base model wrote beyond the needed corrections: what `auto` may spend is a share of the first. */
  readonly chainTokens: number;
  readonly extraTokens: number;
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
  sureFrom: -0.05,
  rejectedWhenSure: average(0.2, 5),
  chainTokens: 0,
  extraTokens: 0,
};

/** The pace after one more event of a run. */
export function observePace(pace: Pace, event: RunEvent): Pace {
  switch (event.kind) {
    case "started":
      return {
        ...pace,
        rejectedAfterAccepted: fade(pace.rejectedAfterAccepted),
        rejectedAfterRejected: fade(pace.rejectedAfterRejected),
        lastVerdict: "accepted",
      };
    case "drafted":
      return {
        ...pace,
        chainTokens: pace.chainTokens + event.tokens,
        sureFrom: event.meanLogProb === undefined ? pace.sureFrom : quantile(pace.sureFrom, event.meanLogProb),
        draftFirstToken: observe(pace.draftFirstToken, event.firstTokenSeconds),
        draftPerToken: event.tokens > 1
          ? observe(pace.draftPerToken, (event.seconds - event.firstTokenSeconds) / (event.tokens - 1))
          : pace.draftPerToken,
        draftStepTokens: observe(pace.draftStepTokens, event.tokens),
      };
    case "score-answered":
      return { ...pace, scoreRequest: observe(pace.scoreRequest, event.seconds) };
    case "accepted":
      return verdict(pace, "accepted", event.sure);
    case "rejected":
      return event.why === "score" ? verdict(pace, "rejected", event.sure) : pace;
    case "rolled-back":
      return { ...pace, chainTokens: pace.chainTokens - event.tokens };
    case "base-step":
      return {
        ...pace,
        baseStepTokens: observe(pace.baseStepTokens, event.tokens),
        chainTokens: pace.chainTokens + event.tokens,
        extraTokens: pace.extraTokens + (event.needed ? 0 : event.tokens * (1 - rejectionProbability(pace))),
      };
    case "base-ended": {
      const written = event.how === "cancelled" ? tokensWritten(pace, event.seconds) : 0;
      const used = event.generatedTokens - event.wastedTokens;
      const spent = { ...pace, extraTokens: pace.extraTokens + Math.max(event.wastedTokens, written - used) };
      if (event.firstTokenSeconds === undefined) return spent;
      return {
        ...spent,
        baseFirstToken: observe(pace.baseFirstToken, event.firstTokenSeconds),
        basePerToken: event.generatedTokens > 4
          ? observe(pace.basePerToken, ((event.lastTokenSeconds ?? event.seconds) - event.firstTokenSeconds) / (event.generatedTokens - 1))
          : pace.basePerToken,
      };
    }
    case "base-back":
    case "link-measured":
      return { ...pace, roundTrip: event.roundTripSeconds };
    default:
      return pace;
  }
}

/** Another problem may be easier or harder than the last ones: what is known of rejections counts for a few steps. */
const fade = ({ value, weight }: Average): Average => average(value, Math.min(weight, 4));

function verdict(pace: Pace, now: "accepted" | "rejected", sure = false): Pace {
  const after = pace.lastVerdict === "accepted" ? "rejectedAfterAccepted" : "rejectedAfterRejected";
  const rejected = now === "rejected" ? 1 : 0;
  return {
    ...pace,
    [after]: observe(pace[after], rejected),
    ...(sure ? { rejectedWhenSure: observe(pace.rejectedWhenSure, rejected) } : {}),
    lastVerdict: now,
  };
}

/** Follows the value that one in five stays above (stochastic approximation, Robbins and Monro 1951). */
const quantile = (value: number, seen: number): number => value + 0.01 * (seen > value ? 0.8 : -0.2);

/** How often drafts are rejected after a verdict like the last one. */
export const rejectionAverage = (pace: Pace): Average =>
  pace.lastVerdict === "accepted" ? pace.rejectedAfterAccepted : pace.rejectedAfterRejected;

/** Probability that the next draft to be judged is rejected. */
export const rejectionProbability = (pace: Pace): number => rejectionAverage(pace).value;

export const roundTripSeconds = (pace: Pace): number => pace.roundTrip ?? pace.scoreRequest.value / 2;

/** Seconds from a request's arrival at the server to its first token there. */
export const serverStartSeconds = (pace: Pace): number => Math.max(0, pace.baseFirstToken.value - roundTripSeconds(pace));

/** Tokens the server has written for a stream cancelled after so many seconds, those still on their way and those it writes before it hears of it included. */
export const tokensWritten = (pace: Pace, seconds: number): number =>
  Math.max(0, (seconds - serverStartSeconds(pace)) / pace.basePerToken.value);

export const draftStepSeconds = (pace: Pace): number =>
  pace.draftFirstToken.value + pace.draftPerToken.value * Math.max(0, pace.draftStepTokens.value - 1);

export const baseStepSeconds = (pace: Pace): number => pace.basePerToken.value * pace.baseStepTokens.value;
