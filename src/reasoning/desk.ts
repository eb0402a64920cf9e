import { type ModelError, asModelError } from "../models/model-error.ts";
import { createChain } from "./chain.ts";
import { createContextRoom } from "./context-room.ts";
import type { RequestId, RunEvent, RunEventBody, StepId } from "./events.ts";
import { createInbox } from "./inbox.ts";
import { observePace } from "./pacing.ts";
import type { Reasoning } from "./reason.ts";
import { stepSeed } from "./step-seed.ts";

/** Work a model does while the loop goes on. */
export type Job = {
  /** Lets the loop make a change in its own turn; nothing happens once the job is cancelled. */
  post(change: () => void): void;
  /** Aborts the model's work and silences the job. */
  cancel(): void;
};

/**
 * What the parts of a run share. Models work at their own pace in jobs; every change of state is posted to the loop's
 * inbox and made there, one at a time, so that nothing else needs to be kept in order.
 */
export function openDesk({ run, draft, base, clock, pace: known }: Reasoning & { pace: NonNullable<Reasoning["pace"]> }) {
  const inbox = createInbox<() => void>();
  const working = new Set<Promise<void>>();
  const controllers = new Set<AbortController>();
  const origin = clock.now() - run.seconds;
  let events: RunEvent[] = [];
  let pace = known;
  let nextStep: StepId = run.nextStep;
  let nextRequest: RequestId = run.nextRequest;
  const { number: branch, parted } = run.branch;
  const wantsAnother = parted !== undefined && (parted.why === "dropped" || parted.why === "drafted-again" || parted.why === "base-asked");

  return {
    problem: run.header.problem,
    policy: run.header.policy,
    draft, base, clock,
    chain: createChain(run),
    draftRoom: createContextRoom(draft.info.contextTokens),
    /** For prompts the base model continues, and for those it scores, which end in a turn of their own. */
    baseRoom: createContextRoom(base.info.contextTokens),
    scoreRoom: createContextRoom(base.info.contextTokens),
    get pace() { return pace; },
    /** Of the step at this place: where the reader wants another one than before, it has to be another seed. */
    seedAt: (index: number, attempt = 0): number =>
      stepSeed(run.header.policy.seed, index, attempt, wantsAnother && parted.index === index ? branch : 0),
    newStep: (): StepId => nextStep++,
    newRequest: (): RequestId => nextRequest++,
    emit(body: RunEventBody): void {
      const event: RunEvent = { ...body, at: clock.now() - origin };
      pace = observePace(pace, event);
      events.push(event);
    },
    /** What has happened since this was last asked. */
    takeEvents(): RunEvent[] {
      const taken = events;
      events = [];
      return taken;
    },
    post: (change: () => void): void => inbox.push(change),
    /** The next change to make. */
    next: () => inbox.next(),
    launch(work: (signal: AbortSignal, job: Job) => Promise<void>, failed: (error: ModelError) => void): Job {
      const controller = new AbortController();
      let live = true;
      const job: Job = {
        post: (change) => inbox.push(() => { if (live) change(); }),
        cancel() {
          live = false;
          controller.abort();
        },
      };
      controllers.add(controller);
      const done = work(controller.signal, job)
        .catch((thrown: unknown) => job.post(() => failed(asModelError(thrown, "engine-failed"))))
        .finally(() => {
          controllers.delete(controller);
          working.delete(done);
        });
      working.add(done);
      return job;
    },
    /** Aborts whatever still works, and resolves when all of it has ended. */
    async close(): Promise<void> {
      for (const controller of controllers) controller.abort();
      await Promise.allSettled(working);
    },
  };
}

export type Desk = ReturnType<typeof openDesk>;
