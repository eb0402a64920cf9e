import { createStore } from "zustand/vanilla";
import type { BaseModel } from "../../models/base-model.ts";
import { asModelError } from "../../models/model-error.ts";
import type { Clock } from "../../reasoning/clock.ts";
import type { Run } from "../../reasoning/run.ts";
import type { RunChannel } from "../../runs/run-broadcast.ts";
import type { RunJournal } from "../../runs/run-journal.ts";
import type { HeldLock } from "../../runs/run-lock.ts";
import type { RunLocks } from "../../runs/run-locks.ts";
import type { WaitingRun } from "../../runs/read-outbox.ts";
import { verifyWaiting } from "../../runs/verify-waiting.ts";
import { troubleOf, type Trouble } from "../trouble.ts";
import { verifyStoredRun } from "./verify-stored-run.ts";

export type VerificationState = {
  /** For their base models. */
  readonly waiting: readonly WaitingRun[];
  /** Runs of which a step was rejected after the answer had been given: they wait for a decision. */
  readonly rejected: readonly string[];
  /** `resting`: looks again by itself, and on a hint. */
  readonly activity: "resting" | "asking" | "verifying" | "stopped";
  /** Why the last try came to nothing. */
  readonly trouble: Trouble | undefined;
};

export type VerificationParts = {
  readonly openJournal: () => Promise<RunJournal>;
  readonly locks: RunLocks;
  readonly openChannel: () => RunChannel;
  readonly clock: Clock;
  /** Whether the base model chosen now is the one by this id. */
  readonly concerns: (base: string) => boolean;
  /** The base model chosen now, once it has answered a probe. @throws ModelError, PageError */
  readonly openBase: (signal: AbortSignal) => Promise<BaseModel>;
  /** Whether it goes on by itself, and not only when asked. */
  readonly byItself: () => boolean;
  /** Calls `wake` when looking at once may help. */
  readonly hints: (wake: () => void) => () => void;
  /** A step was rejected late. */
  readonly rejected: (run: Run) => void;
};

/** Verifies what waits, of all stored runs, whenever its base model answers; visible, and to be stopped. */
export function createVerification(parts: VerificationParts) {
  const store = createStore<VerificationState>(() => ({ waiting: [], activity: "resting", trouble: undefined, rejected: [] }));
  const channel = parts.openChannel();
  const wakers = new Set<() => void>();
  /** Runs that trying again does not help, until it is asked for. */
  const givenUp = new Set<string>();
  let asked = false;
  let working: AbortController | undefined;
  let unwatch: (() => void) | undefined;

  const due = (runs: readonly WaitingRun[]): readonly WaitingRun[] =>
    !asked && !parts.byItself() ? [] : runs.filter(({ run, base, rejected }) => !rejected && parts.concerns(base) && !givenUp.has(run));

  /** This tab's turn; who computes may take it away. */
  async function acquire(signal: AbortSignal): Promise<HeldLock> {
    const computing = await parts.locks.computing.acquire(signal);
    const verifying = await parts.locks.verifying.tryAcquire();
    return { lost: computing.lost, release: () => { verifying?.release(); computing.release(); } };
  }

  async function verify(journal: RunJournal, base: BaseModel, id: string, signal: AbortSignal): Promise<void> {
    store.setState({ activity: "verifying" });
    try {
      const run = await verifyStoredRun(id, base, signal, { journal, locks: parts.locks, channel, clock: parts.clock });
      if (run?.rejected !== undefined && !signal.aborted) parts.rejected(run);
    } catch (thrown) {
      const error = asModelError(thrown, "bad-response");
      if (error.kind === "aborted") return;
      store.setState({ trouble: troubleOf(thrown, "run") });
      if (error.retryable) throw error;
      givenUp.add(id);
    }
  }

  async function work(signal: AbortSignal): Promise<void> {
    const journal = await parts.openJournal();
    unwatch ??= journal.watchWaiting((runs) => {
      const waiting = runs.filter(({ rejected }) => !rejected);
      const more = waiting.length > store.getState().waiting.length;
      store.setState({ waiting, rejected: runs.filter(({ rejected }) => rejected).map(({ run }) => run) });
      if (more) wake();
    }, () => undefined);
    let base: BaseModel | undefined;
    await verifyWaiting({
      signal, clock: parts.clock,
      journal: {
        async waiting() {
          const runs = due(await journal.waiting());
          if (runs.length === 0) {
            asked = false;
            if (!signal.aborted) store.setState({ activity: "resting" });
          }
          return runs;
        },
      },
      lock: { ...parts.locks.computing, acquire },
      base: {
        info: { id: "" },
        async probe(until) {
          store.setState({ activity: "asking" });
          try {
            base = await parts.openBase(until);
            store.setState({ trouble: undefined });
            return await base.probe(until);
          } catch (thrown) {
            if (!until.aborted) store.setState({ activity: "resting", trouble: troubleOf(thrown, "run") });
            throw thrown;
          }
        },
      },
      hints(call) {
        wakers.add(call);
        const stopHints = parts.hints(call);
        return () => {
          wakers.delete(call);
          stopHints();
        };
      },
      verify: async (run, until) => {
        if (base !== undefined) await verify(journal, base, run, until);
      },
    });
  }

  function wake(): void {
    for (const call of wakers) call();
  }

  function start(): void {
    if (working !== undefined) return;
    const controller = working = new AbortController();
    store.setState({ activity: "resting" });
    work(controller.signal)
      // Without storage nothing waits.
      .catch(() => undefined)
      .finally(() => { if (working === controller) working = undefined; });
  }

  return {
    store, start, wake,
    /** Until it is asked for, or the page is loaded again. */
    stop(): void {
      working?.abort();
      working = undefined;
      store.setState({ activity: "stopped" });
    },
    verifyNow(): void {
      asked = true;
      givenUp.clear();
      store.setState({ trouble: undefined });
      start();
      wake();
    },
  };
}
