import type { Clock } from "../../reasoning/clock.ts";
import type { RunEvent } from "../../reasoning/events.ts";
import type { Pace } from "../../reasoning/pacing.ts";
import type { Policy } from "../../reasoning/policy.ts";
import { emptyRun, type Run, type RunHeader } from "../../reasoning/run.ts";
import { createRunBroadcast, type RunChannel } from "../../runs/run-broadcast.ts";
import type { RunJournal } from "../../runs/run-journal.ts";
import type { RunLocks } from "../../runs/run-locks.ts";
import type { OpenPair, Opening } from "../models/open-pair.ts";
import type { SettingsState } from "../settings/settings-store.ts";
import { computeRun } from "./compute-run.ts";
import { createRecording } from "./recording.ts";
import { createTurns } from "./turn-to-compute.ts";

export type AsideParts = {
  readonly clock: Clock;
  readonly chosen: () => SettingsState;
  readonly openPair: OpenPair;
  readonly closeModels: () => Promise<void>;
  readonly openJournal: () => Promise<RunJournal>;
  readonly locks: RunLocks;
  readonly openChannel: () => RunChannel;
  readonly readPace: (pair: string) => Pace;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly today: () => number;
};

export type Aside = {
  readonly problem: string;
  /** In place of the chosen policy. */
  readonly policy: Policy;
  readonly signal: AbortSignal;
  /** Another computation goes on, here or in another tab: this one waits for its end. */
  readonly waiting?: () => void;
  readonly opening?: (opening: Opening) => void;
  readonly happened?: (event: RunEvent, run: Run) => void;
};

/**
 * Solves problems one at a time with the chosen models beside the page's own run, as comparing and evaluating do. A run is
 * kept like any other; it waits while another computes.
 * @returns the run at its end: `finished`, `failed`, or `stopped` where `signal` aborted or another tab took over.
 * @throws ModelError, PageError or RunsError where it could not begin
 */
export function createSolveAside(parts: AsideParts) {
  const turns = createTurns(parts.locks);
  const channel = parts.openChannel();
  return async function solveAside({ problem, policy, signal, waiting, opening, happened }: Aside): Promise<Run> {
    const id = parts.newId();
    const turn = await turns.take(id, signal, () => waiting?.());
    try {
      const chosen = parts.chosen();
      const pair = await parts.openPair({ ...chosen, settings: { ...chosen.settings, policy } }, id, (what) => opening?.(what), signal);
      const journal = await parts.openJournal();
      signal.throwIfAborted();
      const header: RunHeader = {
        version: 1, id, problem, createdAt: parts.today(), policy,
        draft: { id: pair.draft.info.id, name: pair.draft.info.name }, base: { id: pair.base.info.id, name: pair.base.info.name },
      };
      await journal.create(header);
      let failure: unknown;
      const recording = createRecording(createRunBroadcast({ journal, channel }).recordRun(id, 0), {
        unsaved: () => undefined,
        failed(thrown) { failure ??= thrown; },
      });
      try {
        const { run } = await computeRun({
          run: emptyRun(header), draft: pair.draft, base: pair.base, clock: parts.clock, closeModels: parts.closeModels,
          pace: parts.readPace(`${pair.draft.info.id} ${pair.base.info.id}`), signal: AbortSignal.any([signal, turn.lost]),
        }, (event, now) => {
          recording.record(event);
          happened?.(event, now);
        });
        await recording.settled();
        // A result whose run cannot be opened is none.
        if (failure !== undefined) throw failure;
        return run;
      } finally {
        recording.stop();
      }
    } finally {
      turn.release();
    }
  };
}

export type SolveAside = ReturnType<typeof createSolveAside>;
