import { baseStepSeconds, draftStepSeconds, type Pace, rejectionProbability } from "./pacing.ts";
import type { Objective, Policy } from "./policy.ts";

/** How far an objective goes in spending base tokens on time. */
type Price = {
  /** Base tokens beyond the needed corrections, as a share of the chain's tokens. */
  readonly share: number;
  /** Steps' worth of tokens that may be spent before anything is earned. */
  readonly advance: number;
  /** Least chance of rejection at which the base model writes before the verdict. */
  readonly leastRejection: number;
  /** Least seconds saved, on average, for each token wasted, in units of the base model's seconds per token. */
  readonly leastSaving: number;
  /** Chance of rejection from which on drafts are not even tried for a few steps. */
  readonly handOverAt: number;
  /** Score requests on their way at once. */
  readonly mostScoreRequests: number;
};

const prices: Readonly<Record<Objective, Price>> = {
  latency: { share: 0.075, advance: 0.5, leastRejection: 0.12, leastSaving: 0.3, handOverAt: 0.9, mostScoreRequests: 4 },
  balanced: { share: 0.045, advance: 0.25, leastRejection: 0.25, leastSaving: 0.6, handOverAt: 0.75, mostScoreRequests: 2 },
  cloud: { share: 0.025, advance: 0, leastRejection: 0.4, leastSaving: 1, handOverAt: 0.95, mostScoreRequests: 2 },
};

/** Where the first step without a verdict stands. */
export type Head = {
  /** Seconds until its verdict is expected. */
  readonly verdictIn: number;
  /** Seconds the draft model has put into it and what follows it. */
  readonly draftedSeconds: number;
};

/**
 * The decisions of mode `auto`. All are one trade: a base model that writes a step before its draft is judged saves time
 * where the draft is then rejected, and wastes tokens where it is accepted.
 */
export function createStrategy(policy: Policy) {
  const price = prices[policy.objective];
  let extraTokens = 0;

  /** Whether writing on the chance of a rejection is worth its tokens: `saved` seconds if rejected, `wasted` tokens if accepted. */
  function worth(pace: Pace, chainTokens: number, saved: number, wasted: number): boolean {
    const rejected = rejectionProbability(pace);
    if (rejected < price.leastRejection) return false;
    const expectedWaste = (1 - rejected) * wasted;
    const balance = price.share * chainTokens + price.advance * pace.baseStepTokens.value - extraTokens;
    if (expectedWaste > balance) return false;
    return rejected * saved >= price.leastSaving * pace.basePerToken.value * expectedWaste;
  }

  const roundTrip = (pace: Pace) => pace.roundTrip ?? pace.scoreRequest.value / 2;

  return {
    get extraTokens() { return extraTokens; },
    /** Tokens the base model wrote beyond the needed corrections. */
    spend(tokens: number): void { extraTokens += tokens; },
    /** Counts a step the base model wrote before its draft was judged, which may have been needed. */
    spendUnlessRejected(pace: Pace, tokens: number): void { extraTokens += (1 - rejectionProbability(pace)) * tokens; },
    /** Tokens a cancelled stream has already sent, or goes on to write until the server hears of it. */
    tokensInFlight: (pace: Pace): number => roundTrip(pace) / pace.basePerToken.value,
    /** How many steps the base model goes on to write, without a draft tried, after a correction. */
    handOver(pace: Pace, chainTokens: number): number {
      const rejected = rejectionProbability(pace);
      if (rejected < price.handOverAt) return 0;
      const balance = price.share * chainTokens - extraTokens;
      return Math.max(0, Math.min(3, Math.floor(balance / ((1 - rejected) * pace.baseStepTokens.value))));
    },
    get mostScoreRequests() {
      if (policy.mode === "sync") return 1;
      return policy.mode === "auto" ? price.mostScoreRequests : 4;
    },
    get window() { return policy.mode === "sync" ? 1 : Math.max(1, policy.window); },

    /** Start the correction before the verdict (a hedged request). */
    hedge(pace: Pace, head: Head, chainTokens: number): boolean {
      const { verdictIn } = head;
      const serverStarts = Math.max(0, pace.baseFirstToken.value - roundTrip(pace));
      const wasted = Math.min(pace.baseStepTokens.value, Math.max(0, verdictIn - serverStarts) / pace.basePerToken.value);
      return worth(pace, chainTokens, Math.min(verdictIn, baseStepSeconds(pace) + pace.baseFirstToken.value), wasted);
    },
    /** Let a stream that has finished a step run on against the draft model. */
    race(pace: Pace, head: Pick<Head, "verdictIn">, chainTokens: number): boolean {
      const wasted = Math.min(pace.baseStepTokens.value, (head.verdictIn + roundTrip(pace)) / pace.basePerToken.value);
      return worth(pace, chainTokens, head.verdictIn + pace.baseFirstToken.value, wasted);
    },
    /** A base step is there before its draft's verdict: wait for the verdict, since what was drafted behind it may stand? */
    hold(pace: Pace, head: Head): boolean {
      const rejected = rejectionProbability(pace);
      return (1 - rejected) * head.draftedSeconds > rejected * head.verdictIn;
    },
    /** Expected seconds from a draft's start to its verdict. */
    verdictSeconds: (pace: Pace): number => draftStepSeconds(pace) + pace.scoreRequest.value,
  };
}

export type Strategy = ReturnType<typeof createStrategy>;
