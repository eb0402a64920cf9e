import type { ChainStep } from "./chain.ts";
import type { Desk } from "./desk.ts";
import type { createDrafting } from "./drafting.ts";
import { draftStepSeconds } from "./pacing.ts";
import type { Passed, Situation } from "./strategy.ts";
import type { createVerification } from "./verification.ts";
import type { createWriting } from "./writing.ts";

type AtWork = {
  readonly drafting: ReturnType<typeof createDrafting>;
  readonly verification: ReturnType<typeof createVerification>;
  readonly writing: ReturnType<typeof createWriting>;
  /** Whether a step has the score it needs. */
  readonly passes: (step: ChainStep) => boolean;
  /** Whether no step will be drafted behind those of the chain. */
  readonly noneFollows: () => boolean;
};

/** How the two models stand to each other and to the base model alone: what decisions of mode `auto` go by. */
export function createStanding(desk: Desk, { drafting, verification, writing, passes, noneFollows }: AtWork) {
  const { chain, clock } = desk;
  const began = clock.now();
  const tokensBefore = chain.tokensBefore(chain.settled);

  /** The place of the first step whose score is open, or fails it. */
  function firstNotPassed(): number {
    let index = chain.settled;
    for (let step = chain.steps[index]; step !== undefined && !step.repeats && passes(step); step = chain.steps[index]) index += 1;
    return index;
  }

  /** Tokens the stream has for the steps from its place up to `index`, as far as is known: the first of them is in its own words. */
  function streamTokens(index: number): number {
    if (index === chain.settled) return 0;
    return (writing.nextTokens ?? chain.steps[chain.settled]?.tokens ?? 0) + chain.tokensBefore(index) - chain.tokensBefore(chain.settled + 1);
  }

  function situationAt(index: number): Situation {
    const { pace } = desk;
    const step = chain.steps[index];
    const askedAgo = step === undefined ? 0 : clock.now() - (verification.askedAt(step.id) ?? clock.now());
    const draftSeconds = step === undefined ? Math.max(0, draftStepSeconds(pace) - drafting.elapsed) : 0;
    return {
      verdictIn: draftSeconds + Math.max(0, pace.scoreRequest.value - askedAgo),
      aheadSeconds: step === undefined ? 0 : Math.max(0, clock.now() - step.writtenAt),
      lead: pace.baseFirstToken.value + (chain.tokensBefore(chain.settled) - tokensBefore) * pace.basePerToken.value - (clock.now() - began),
      unusedTokens: writing.unusedTokens,
    };
  }

  return {
    /** When the first step without a verdict will have it, how far the pipeline behind it is, and how the run is doing. */
    situation: (): Situation => situationAt(firstNotPassed()),
    /** The drafts that have passed, one after the other, in the place of the stream. */
    passed(): Passed {
      const index = firstNotPassed();
      const next = chain.steps[index];
      const open = next === undefined ? !noneFollows() : !next.repeats && next.score === undefined;
      return { situation: situationAt(index - 1), tokens: streamTokens(index), next: open ? "open" : next === undefined ? "none" : "rejected" };
    },
    /** Tokens the stream has for the steps up to the one that waits for its verdict. */
    tokensUpToVerdict(): number {
      const index = firstNotPassed();
      if (index === chain.settled) return writing.nextTokens ?? 0;
      return streamTokens(index) + (chain.steps[index]?.tokens ?? desk.pace.draftStepTokens.value);
    },
  };
}
