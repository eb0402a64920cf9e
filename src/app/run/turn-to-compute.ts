import type { HeldLock, RunLock } from "../../runs/run-lock.ts";
import type { RunLocks } from "../../runs/run-locks.ts";

/** Milliseconds that a tab which must stop writing a run gets to store its last events. */
const longestEnding = 3000;

export type Turn = {
  /** Aborts when another tab has taken over. */
  readonly lost: AbortSignal;
  readonly release: () => void;
};

/** One tab computes at a time, since there is one GPU, and writes its run alone. */
export function createTurns(locks: RunLocks) {
  let stopWaiting: (() => void) | undefined;

  /** @param waiting told where another tab computes, which `takeOver` ends */
  async function computing(signal: AbortSignal, waiting: () => void): Promise<HeldLock> {
    const free = await locks.computing.tryAcquire();
    if (free !== undefined) return free;
    if (await locks.verifying.isHeld()) return locks.computing.takeOver();
    const impatience = new AbortController();
    stopWaiting = () => impatience.abort();
    waiting();
    try {
      return await locks.computing.acquire(AbortSignal.any([signal, impatience.signal]));
    } catch (thrown) {
      if (signal.aborted || !impatience.signal.aborted) throw thrown;
      return await locks.computing.takeOver();
    } finally {
      stopWaiting = undefined;
    }
  }

  return {
    /** Waits until no other tab computes. @throws ModelError `aborted` */
    async take(run: string, signal: AbortSignal, waiting: () => void): Promise<Turn> {
      const turn = await computing(signal, waiting);
      try {
        const writing = await acquireSoon(locks.writing(run), signal);
        return {
          lost: AbortSignal.any([turn.lost, writing.lost]),
          release() {
            writing.release();
            turn.release();
          },
        };
      } catch (thrown) {
        turn.release();
        throw thrown;
      }
    },
    /** Ends the waiting: computing goes on here, and stops where it is. */
    takeOver: (): void => stopWaiting?.(),
  };
}

/** Who has it is at its end and storing its last events, or is frozen. */
export async function acquireSoon(lock: RunLock, signal: AbortSignal): Promise<HeldLock> {
  try {
    return await lock.acquire(AbortSignal.any([signal, AbortSignal.timeout(longestEnding)]));
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return lock.takeOver();
  }
}
