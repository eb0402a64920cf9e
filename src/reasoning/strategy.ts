import { baseStepSeconds, draftStepSeconds, type Pace, rejectionAverage, rejectionProbability, roundTripSeconds, tokensWritten } from "./pacing.ts";
import type { Objective, Policy } from "./policy.ts";

/** How far an objective goes in spending base tokens on time. */
type Price = {
  /** Base tokens beyond the needed corrections, as a share of all tokens: once so many are spent, another must save the time it takes. */
  readonly share: number;
  /** What a token must save at least, in units of the time it takes. */
  readonly leastSaving: number;
  /** The same share up to which a run that has no lead over the base model alone to lose spends at almost any price. */
  readonly shareWithoutLead: number;
};

const prices: Readonly<Record<Objective, Price>> = {
  latency: { share: 0.085, leastSaving: 0.25, shareWithoutLead: 1 },
  balanced: { share: 0.045, leastSaving: 0.5, shareWithoutLead: 0.1 },
  cloud: { share: 0.02, leastSaving: 1, shareWithoutLead: 0 },
};

/** Runs are taken to be at least so many steps long: what their whole length allows may be spent from the start. */
const assumedSteps = 40;
/** Forecasts err: a lead counts as at stake when so many times the possible loss would use it up. */
const caution = 1.25;
/** Tokens a request costs that is cancelled before the server has written any: its prompt was read. */
const tokensOfARequest = 1;
/** Browsers open six connections to a server over HTTP/1.1; two stay free for a correction and a probe. */
const mostAtOnce = 4;
/** Chance of rejection from which on drafts are not even tried for a few steps. */
const handOverAt = 0.95;
const stepsHandedOver = 3;
/** Steps left unverified where the draft model is sure: at most this share, and only while fewer of such steps than this are rejected. */
const mostSkipped = 0.25;
const mostRejectedWhenSure = 0.02;

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
  /** Seconds by which the base model alone would be later at the end of the steps before it. */
  readonly lead: number;
  /** Tokens of the stream under way that are not in the chain yet. */
  readonly unusedTokens: number;
};

/** Drafts that have passed while a stream writes their place. */
export type Passed = {
  /** As it is for the last of them. */
  readonly situation: Situation;
  /** Tokens the stream has for all of them, as far as is known. */
  readonly tokens: number;
  /** What is known of the step behind them: its verdict is open, it is rejected, or none follows. */
  readonly next: "open" | "rejected" | "none";
};

/** A wager on the rejection of a draft: `saved` seconds if it is rejected, `wasted` tokens if not; without it, `lost` seconds if it is rejected. */
type Wager = { readonly saved: number; readonly wasted: number; readonly lost: number };

/**
 * The decisions of mode `auto`. All are one trade: a base model that writes a step before its draft is judged saves time
 * where the draft is then rejected, and wastes tokens where it is accepted. It is worth it where a wasted token saves
 * enough seconds on average, and what is enough rises with what has been spent.
 */
export function createStrategy(policy: Policy) {
  const price = prices[policy.objective];
  let skipped = 0;
  let sureSteps = 0;

  /** Whether the base model writes a step sooner than the draft model, so that no draft can be of use, and may. */
  const baseIsFaster = (pace: Pace): boolean =>
    price.shareWithoutLead === 1 && pace.draftStepTokens.value * pace.basePerToken.value < draftStepSeconds(pace);

  /** Base tokens beyond the needed corrections so far, as a share of all. */
  const spentShare = (pace: Pace, unusedTokens: number): number =>
    Math.max(0, pace.extraTokens + unusedTokens) / Math.max(pace.chainTokens, assumedSteps * pace.draftStepTokens.value);

  /** Whether writing on the chance of a rejection is worth its tokens. */
  function worth(pace: Pace, { lead, unusedTokens }: Situation, { saved, wasted, lost }: Wager): boolean {
    if (baseIsFaster(pace)) return true;
    const rejected = price.shareWithoutLead > 0 ? suspectedRejection(pace) : rejectionProbability(pace);
    const spent = spentShare(pace, unusedTokens);
    const usual = Math.max(price.leastSaving, (spent / price.share) ** 3);
    // Not to be slower than the base model alone, a run about to fall behind it keeps one of its streams alive at any price.
    const least = lead <= caution * lost && spent < price.shareWithoutLead ? 0 : usual;
    return rejected * saved >= least * (1 - rejected) * Math.max(tokensOfARequest, wasted) * pace.basePerToken.value;
  }

  /**
   * Seconds gained, on average, by a draft, accepted in `verdictIn` seconds, that overtakes the stream at its place, where
   * the stream's own step has `stepTokens`: what is left of the step (less than nothing, where the stream is beyond it by
   * then) and what is drafted behind it, if that passes; if not, another stream has to be started.
   */
  function overtakingGain(pace: Pace, { aheadSeconds, unusedTokens }: Situation, stepTokens: number, verdictIn: number): number {
    if (baseIsFaster(pace)) return -Infinity;
    const rejected = pace.rejectedAfterAccepted.value;
    const left = (stepTokens - unusedTokens) * pace.basePerToken.value - verdictIn;
    return (1 - rejected) * (left + aheadSeconds) - rejected * (pace.baseFirstToken.value - left);
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
    handOver: (pace: Pace): number => (rejectionProbability(pace) < handOverAt ? 0 : stepsHandedOver),
    /** Start the correction before the verdict (a hedged request)? Put off, it may still be started as long as the lead lasts for its start. */
    hedge(pace: Pace, situation: Situation): boolean {
      const { verdictIn } = situation;
      const saved = Math.min(verdictIn, pace.baseFirstToken.value + baseStepSeconds(pace));
      return worth(pace, situation, { saved, wasted: tokensWritten(pace, verdictIn), lost: pace.baseFirstToken.value });
    },
    /** Seconds for which a correction may be put off without the run falling behind the base model alone; 0 where that may happen, or has. */
    leadLasts: (pace: Pace, { lead }: Situation): number =>
      (price.shareWithoutLead === 0 ? 0 : Math.max(0, lead - pace.baseFirstToken.value)),
    /** Let a stream that has finished a step run on against the draft model? Another one would be some way behind it. */
    race(pace: Pace, situation: Situation): boolean {
      const { verdictIn } = situation;
      const saved = verdictIn + pace.baseFirstToken.value;
      return worth(pace, situation, { saved, wasted: (verdictIn + roundTripSeconds(pace)) / pace.basePerToken.value, lost: saved });
    },
    /** A base step is there before its draft's verdict: wait for the verdict, since what was drafted behind it may stand? */
    hold(pace: Pace, situation: Situation, stepTokens: number): boolean {
      const { verdictIn } = situation;
      const rejected = rejectionProbability(pace);
      return (1 - rejected) * overtakingGain(pace, situation, stepTokens, verdictIn) > rejected * verdictIn;
    },
    /**
     * Drafts pass while the stream writes their place, too: stay with the stream, or overtake it? A rejection behind them
     * would cost the start of another stream. Where they are ahead of this one, and of the base model alone, by less than
     * that takes, the stream writes on until the next verdict, and after a rejection it is still the one to stay with.
     */
    overtake(pace: Pace, { situation, tokens, next }: Passed): "overtake" | "stay" | "wait" {
      const { lead, unusedTokens } = situation;
      const restart = pace.baseFirstToken.value;
      const ahead = (tokens - unusedTokens) * pace.basePerToken.value;
      if (next === "none") return "overtake";
      if (next === "rejected") return ahead < restart ? "stay" : "overtake";
      if (overtakingGain(pace, situation, tokens, 0) < 0) return "stay";
      const covered = Math.max(ahead, lead + tokens * pace.basePerToken.value) >= restart;
      return covered || spentShare(pace, unusedTokens) >= price.shareWithoutLead ? "overtake" : "wait";
    },
    /** Expected seconds from a draft's start to its verdict. */
    verdictSeconds: (pace: Pace): number => draftStepSeconds(pace) + pace.scoreRequest.value,
  };
}
