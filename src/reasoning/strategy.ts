import { baseStepSeconds, draftStepSeconds, type Pace, rejectionAverage, rejectionProbability, rejectionShare, roundTripSeconds, tokensWritten } from "./pacing.ts";
import type { Objective, Policy } from "./policy.ts";

/** How far an objective goes in spending base tokens on time. */
type Price = {
  /** Base tokens beyond the needed corrections, as a share of all tokens. */
  readonly share: number;
  /** The same within a run that has fallen behind the base model alone, or would with drafts that are only overlapped. */
  readonly shareBehind: number;
  /** A run is taken to be at least so many steps long: what its whole length allows may be spent from the start. */
  readonly assumedSteps: number;
  /** Least chance of rejection at which the base model writes before the verdict. */
  readonly leastRejection: number;
  /** Least seconds saved, on average, for each token wasted, in units of the base model's seconds per token. */
  readonly leastSaving: number;
  /** Chance of rejection from which on drafts are not even tried for a few steps. */
  readonly handOverAt: number;
};

const prices: Readonly<Record<Objective, Price>> = {
  latency: { share: 0.08, shareBehind: 1, assumedSteps: 20, leastRejection: 0.1, leastSaving: 0.45, handOverAt: 0.9 },
  balanced: { share: 0.045, shareBehind: 0.1, assumedSteps: 6, leastRejection: 0.25, leastSaving: 0.6, handOverAt: 0.75 },
  cloud: { share: 0.03, shareBehind: 0, assumedSteps: 6, leastRejection: 0.4, leastSaving: 0.3, handOverAt: 0.95 },
};

/** Behind the base model alone, or nearly: acting in time needs some distance. */
const margin = 0.95;
/** Browsers open six connections to a server over HTTP/1.1; two stay free for a correction and a probe. */
const mostAtOnce = 4;
/** Steps left unverified where the draft model is sure: at most this share, and only while fewer of such steps than this are rejected. */
const mostSkipped = 0.25;
const mostRejectedWhenSure = 0.02;
/** Least seconds to be gained on average for which another request is sent. */
const leastGain = 0.02;

/** Seconds a step takes on average where drafting runs ahead and every correction is asked for after its verdict. */
function overlapSeconds(pace: Pace): number {
  const perRejection = pace.scoreRequest.value + pace.baseFirstToken.value + baseStepSeconds(pace);
  return draftStepSeconds(pace) + rejectionShare(pace) * perRejection;
}

/** The chance of rejection with what a run's first few verdicts leave open: until more is known, the worse is prepared for. */
function suspectedRejection(pace: Pace): number {
  const { value, weight } = rejectionAverage(pace);
  return Math.min(0.95, value + Math.max(0, 1 / Math.sqrt(weight) - 1 / Math.sqrt(settledWeight)));
}
/** Of an average over verdicts enough to go by. */
const settledWeight = 9;

/** Where the first step without a verdict stands, and the run. */
export type Situation = {
  /** Seconds until its verdict is expected. */
  readonly verdictIn: number;
  /** Seconds since it was drafted: so far are the drafting and scoring of what follows it. */
  readonly aheadSeconds: number;
  /** Of the run so far. */
  readonly elapsed: number;
  readonly runTokens: number;
  /** Extra tokens of this run so far. */
  readonly runExtra: number;
  /** Tokens of the stream under way that are not in the chain yet. */
  readonly unusedTokens: number;
};

/**
 * The decisions of mode `auto`. All are one trade: a base model that writes a step before its draft is judged saves time
 * where the draft is then rejected, and wastes tokens where it is accepted.
 */
export function createStrategy(policy: Policy) {
  const price = prices[policy.objective];
  let skipped = 0;
  let sureSteps = 0;

  /** Tokens that may still be spent. */
  function balance(pace: Pace, { elapsed, runTokens, runExtra, unusedTokens }: Situation): number {
    const assumedTokens = price.assumedSteps * pace.baseStepTokens.value;
    const saved = price.share * Math.max(pace.chainTokens, assumedTokens) - pace.extraTokens - unusedTokens;
    const baseAlone = pace.baseFirstToken.value + runTokens * pace.basePerToken.value;
    const behind = elapsed > margin * baseAlone || overlapSeconds(pace) > margin * baseStepSeconds(pace);
    return behind ? Math.max(saved, price.shareBehind * Math.max(runTokens, assumedTokens) - runExtra - unusedTokens) : saved;
  }

  /** Whether writing on the chance of a rejection is worth its tokens: `saved` seconds if rejected, `wasted` tokens if accepted. */
  function worth(pace: Pace, situation: Situation, saved: number, wasted: number): boolean {
    const rejected = suspectedRejection(pace);
    if (rejected < price.leastRejection || rejected * saved < leastGain) return false;
    const expectedWaste = (1 - rejected) * wasted;
    if (expectedWaste > balance(pace, situation)) return false;
    return rejected * saved >= price.leastSaving * pace.basePerToken.value * expectedWaste;
  }

  return {
    /** Score requests on their way at once: so many that a verdict seldom waits for an earlier one, no more; what waits goes in one request. */
    mostScoreRequests(pace: Pace): number {
      if (policy.mode === "sync") return 1;
      if (policy.mode === "async") return mostAtOnce;
      return Math.min(mostAtOnce, 1 + Math.ceil(pace.scoreRequest.value / draftStepSeconds(pace)));
    },
    get window() { return policy.mode === "sync" ? 1 : Math.max(1, policy.window); },

    /**
     * Leave a step unverified (ConfSpec 2602.18447): only for cloud cost, where the draft model is sure and steps it was
     * sure of have hardly ever been rejected, for one step in four at most. Every fourth sure step is scored all the
     * same, so that this stays measured.
     */
    skip(pace: Pace, sure: boolean, steps: number): boolean {
      if (policy.mode !== "auto" || policy.objective !== "cloud" || !sure) return false;
      sureSteps += 1;
      if (sureSteps % 4 === 0 || pace.rejectedWhenSure.value > mostRejectedWhenSure || skipped + 1 > mostSkipped * steps) return false;
      skipped += 1;
      return true;
    },
    /** How many steps the base model goes on to write, without a draft tried, after a correction. */
    handOver(pace: Pace, situation: Situation): number {
      const rejected = rejectionProbability(pace);
      if (rejected < price.handOverAt) return 0;
      return Math.max(0, Math.min(3, Math.floor(balance(pace, situation) / ((1 - rejected) * pace.baseStepTokens.value))));
    },
    /** Start the correction before the verdict (a hedged request). */
    hedge(pace: Pace, situation: Situation): boolean {
      const { verdictIn } = situation;
      const wasted = Math.min(pace.baseStepTokens.value, tokensWritten(pace, verdictIn));
      return worth(pace, situation, Math.min(verdictIn, baseStepSeconds(pace) + pace.baseFirstToken.value), wasted);
    },
    /** Let a stream that has finished a step run on against the draft model. */
    race(pace: Pace, situation: Situation): boolean {
      const { verdictIn } = situation;
      const wasted = Math.min(pace.baseStepTokens.value, (verdictIn + roundTripSeconds(pace)) / pace.basePerToken.value);
      return worth(pace, situation, verdictIn + pace.baseFirstToken.value, wasted);
    },
    /** A base step is there before its draft's verdict: wait for the verdict, since what was drafted behind it may stand? */
    hold(pace: Pace, { aheadSeconds, verdictIn }: Situation): boolean {
      const rejected = rejectionProbability(pace);
      return (1 - rejected) * aheadSeconds > rejected * verdictIn;
    },
    /**
     * A draft is accepted while the stream is `partTokens` into the same step. Overtaking it gains what is left of the step
     * if the next draft passes, and costs the start of another stream if it does not.
     */
    stay(pace: Pace, { aheadSeconds }: Situation, partTokens: number): boolean {
      const rejected = pace.rejectedAfterAccepted.value;
      const left = Math.max(0, pace.baseStepTokens.value - partTokens) * pace.basePerToken.value;
      return (1 - rejected) * (left + aheadSeconds) < rejected * (pace.baseFirstToken.value - left);
    },
    /** Expected seconds from a draft's start to its verdict. */
    verdictSeconds: (pace: Pace): number => draftStepSeconds(pace) + pace.scoreRequest.value,
  };
}
