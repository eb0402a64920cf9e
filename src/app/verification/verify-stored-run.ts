import type { BaseModel } from "../../models/base-model.ts";
import type { Clock } from "../../reasoning/clock.ts";
import { foldEvent, foldRun, type Run } from "../../reasoning/run.ts";
import { verifyRun } from "../../reasoning/verify-run.ts";
import { createRunBroadcast, type RunChannel } from "../../runs/run-broadcast.ts";
import type { RunJournal } from "../../runs/run-journal.ts";
import type { RunLocks } from "../../runs/run-locks.ts";
import { atRest } from "../run/watch-run.ts";

export type VerifyingStored = {
  readonly journal: RunJournal;
  readonly locks: RunLocks;
  readonly channel: RunChannel;
  readonly clock: Clock;
};

/**
 * Verifies a stored run, shown or not, and stores each verdict as it comes. Resolves to the run after it; to undefined
 * where another tab writes the run just now.
 * @throws ModelError, RunsError
 */
export async function verifyStoredRun(id: string, base: BaseModel, signal: AbortSignal, { journal, locks, channel, clock }: VerifyingStored): Promise<Run | undefined> {
  const writing = await locks.writing(id).tryAcquire();
  if (writing === undefined) return undefined;
  try {
    const { header, events, next } = await journal.load(id);
    let run = atRest(foldRun(header, events));
    const recorder = createRunBroadcast({ journal, channel }).recordRun(id, next);
    try {
      for await (const event of verifyRun({ run, base, clock, signal: AbortSignal.any([signal, writing.lost]) })) {
        run = foldEvent(run, event);
        await recorder.record(event);
      }
    } finally {
      recorder.stop();
    }
    return run;
  } finally {
    writing.release();
  }
}
