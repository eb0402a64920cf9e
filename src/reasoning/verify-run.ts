import type { BaseModel } from "../models/base-model.ts";
import { chatMl } from "../models/chat-format.ts";
import { ModelError } from "../models/model-error.ts";
import type { ChainStep } from "./chain.ts";
import type { Clock } from "./clock.ts";
import { openDesk, type Desk } from "./desk.ts";
import type { RunEvent } from "./events.ts";
import { assumedPace } from "./pacing.ts";
import { workThrough, type Outcome, type Work } from "./reason.ts";
import type { Run } from "./run.ts";
import { createVerification } from "./verification.ts";

export type Verifying = {
  /** A run nobody is at work on. */
  readonly run: Run;
  readonly base: BaseModel;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * Gives the steps of a run at rest the verdicts they wait for, in order and no further than the first rejection, and
 * nothing else: the run stays at rest, and what follows a rejection is for the reader to decide.
 * @throws ModelError what kept the base model from scoring; the verdicts given before it stay
 */
export async function* verifyRun({ run, base, clock, signal }: Verifying): AsyncGenerator<RunEvent> {
  // A rejection is decided about before more is judged.
  if (run.rejected !== undefined) return;
  const desk = openDesk({ run, base, clock, signal, pace: assumedPace, draft: noDraft });
  let ended: Outcome | undefined;
  yield* workThrough(desk, judge(desk), signal, (outcome) => { ended = outcome; });
  if (ended?.kind === "failed") throw new ModelError(ended.failure.kind, ended.failure.message);
}

function judge(desk: Desk): Work {
  const { chain, policy } = desk;
  let outcome: Outcome | undefined;
  const verification = createVerification(desk, {
    answered: () => undefined,
    failed: ({ kind, message }) => { outcome = { kind: "failed", failure: { kind, message } }; },
  });
  const passes = ({ repeats, score }: ChainStep) => !repeats && typeof score === "number" && score >= policy.threshold;

  return {
    turn() {
      for (let step = chain.steps[chain.settled]; step !== undefined; step = chain.steps[chain.settled]) {
        if (step.state === "pending") {
          if (step.score === undefined && !step.repeats) break;
          if (!passes(step)) {
            verification.dropAll();
            desk.emit({ kind: "rejected", step: step.id, why: step.repeats ? "repetition" : "score" });
            return { kind: "finished" };
          }
          desk.emit({ kind: "accepted", step: step.id });
        }
        chain.settle();
      }
      if (chain.pending === 0) return { kind: "finished" };
      if (outcome === undefined && !verification.ask(1)) {
        outcome = { kind: "failed", failure: { kind: "context-overflow", message: "The steps no longer fit the base model's context, so it cannot score them." } };
      }
      return outcome;
    },
    stop: () => verification.dropAll(),
  };
}

const noDraft: Parameters<typeof openDesk>[0]["draft"] = {
  info: { id: "none", name: "none", format: chatMl, instruction: "", contextTokens: Infinity, engine: "scripted", computesOn: "cpu", device: "" },
  generate() { throw new ModelError("engine-failed", "Verification drafts nothing."); },
  close: () => Promise.resolve(),
};
