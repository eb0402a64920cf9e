import type { BaseModel } from "../models/base-model.ts";
import type { Clock } from "../reasoning/clock.ts";
import type { RunJournal } from "./run-journal.ts";
import type { RunLock } from "./run-lock.ts";

export type VerifyWaiting = {
  readonly journal: Pick<RunJournal, "waiting">;
  readonly lock: RunLock;
  readonly base: { readonly info: Pick<BaseModel["info"], "id">; readonly probe: BaseModel["probe"] };
  readonly clock: Clock;
  /** Calls `wake` when looking again at once may help (the browser says it is online, a step was queued); returns what stops it. */
  readonly hints: (wake: () => void) => () => void;
  /** Resumes one run until its waiting steps have their verdicts. */
  readonly verify: (run: string, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
};

const shortestPause = 1;
const longestPause = 60;

/**
 * Until `signal` aborts: whenever steps wait for this base model and it answers a probe, takes the lock and verifies run after run.
 * After a probe or a run that failed it pauses, twice as long each time, 60 seconds at most.
 */
export async function verifyWaiting({ journal, lock, base, clock, hints, verify, signal }: VerifyWaiting): Promise<void> {
  const waitingRuns = async (): Promise<readonly string[]> => (await journal.waiting(base.info.id)).map(({ run }) => run);

  async function pass(): Promise<boolean> {
    if ((await waitingRuns()).length === 0) return true;
    await base.probe(signal);
    const held = await lock.acquire(signal);
    try {
      const either = AbortSignal.any([signal, held.lost]);
      // Read again: another tab may have verified them before the lock came here.
      for (const run of await waitingRuns()) {
        if (either.aborted) return false;
        await verify(run, either);
      }
    } finally {
      held.release();
    }
    return (await waitingRuns()).length === 0;
  }

  const wait = (seconds: number, until: AbortSignal): Promise<void> => clock.wait(seconds, until).catch(() => undefined);
  let failures = 0;
  while (!signal.aborted) {
    const woken = wakening(hints);
    const done = await pass().catch(() => false);
    failures = done || woken.signal.aborted ? 0 : failures + 1;
    // Even hints that come all the time do not make this a busy loop.
    await wait(shortestPause, signal);
    const rest = done ? longestPause : Math.min(longestPause, 2 ** failures) - shortestPause;
    if (rest > 0) await wait(rest, AbortSignal.any([woken.signal, signal]));
    woken.stop();
  }
}

/** Listens from before the pass on, so that what is queued during it is not slept over. */
function wakening(hints: VerifyWaiting["hints"]): { readonly signal: AbortSignal; readonly stop: () => void } {
  const wake = new AbortController();
  return { signal: wake.signal, stop: hints(() => wake.abort()) };
}
