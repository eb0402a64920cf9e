import type { BaseModel } from "../models/base-model.ts";
import type { DraftModel } from "../models/draft-model.ts";
import { reasonAlone } from "./base-alone.ts";
import type { Clock } from "./clock.ts";
import { openDesk, type Desk } from "./desk.ts";
import type { Failure, RunEvent } from "./events.ts";
import { assumedPace, type Pace } from "./pacing.ts";
import type { Policy } from "./policy.ts";
import type { Run } from "./run.ts";
import { reasonTogether } from "./together.ts";

export type Reasoning = {
  /** The run to work on: empty for a new one, as it stands for one that goes on. */
  readonly run: Run;
  /** The policy from here on, where it is to be another than the run's. */
  readonly policy?: Policy;
  readonly draft: DraftModel;
  readonly base: BaseModel;
  readonly clock: Clock;
  /** Ends the run with a `stopped` event; everything finished is kept. */
  readonly signal: AbortSignal;
  /** What is known of this pair and link from earlier runs. */
  readonly pace?: Pace;
};

/** How a run ended. */
export type Outcome = { readonly kind: "finished" } | { readonly kind: "stopped" } | { readonly kind: "failed"; readonly failure: Failure };

export type Work = {
  /** One turn of the loop: everything that can be decided now. Returns how the run ended, once it has. */
  turn(): Outcome | undefined;
  /** Gives up what is under way. */
  stop(): void;
};

/**
 * SpecReason (arXiv 2504.07891): the draft model writes a step, the base model scores it, a step below the threshold is
 * rewritten by the base model. To it come: drafting ahead of the verdicts with rollback (Lookahead Reasoning 2506.19830,
 * SpecEdge 2505.17052), corrections hedged and raced against the draft model, and going on unverified while the base
 * model is away. One loop: settle the verdicts that are known, take what the base model wrote, start whatever may start,
 * wait for the next thing to happen.
 */
export async function* reason(reasoning: Reasoning): AsyncGenerator<RunEvent> {
  const { signal, pace = assumedPace, policy = reasoning.run.header.policy } = reasoning;
  const run: Run = { ...reasoning.run, header: { ...reasoning.run.header, policy } };
  const desk = openDesk({ ...reasoning, run, pace });
  const fresh = run.nextStep === 0 && run.nextRequest === 0;
  desk.emit(fresh ? { kind: "started" } : { kind: "resumed", ...(reasoning.policy === undefined ? {} : { policy }) });

  const work = policy.mode === "base" ? reasonAlone(desk, run) : reasonTogether(desk, run);
  yield* workThrough(desk, work, signal, (outcome) => desk.emit(outcome));
}

/** Turn after turn until there is an outcome; yields the desk's events. `concluded` is told before the last of them. */
export async function* workThrough(desk: Desk, work: Work, signal: AbortSignal, concluded: (outcome: Outcome) => void): AsyncGenerator<RunEvent> {
  // Models hear of it at once, whenever the loop's reader asks for more.
  const stop = () => {
    work.stop();
    desk.post(() => undefined);
  };
  signal.addEventListener("abort", stop);
  let outcome: Outcome | undefined;
  try {
    for (;;) {
      outcome = signal.aborted ? { kind: "stopped" } : work.turn();
      if (outcome !== undefined) concluded(outcome);
      yield* desk.takeEvents();
      if (outcome !== undefined) return;
      const change = await desk.next();
      change();
    }
  } finally {
    signal.removeEventListener("abort", stop);
    await desk.close();
  }
}
