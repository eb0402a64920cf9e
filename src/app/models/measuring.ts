import type { DraftModel } from "../../models/draft-model.ts";
import type { Clock } from "../../reasoning/clock.ts";
import type { HeldLock } from "../../runs/run-lock.ts";
import type { RunLocks } from "../../runs/run-locks.ts";
import type { ModelSpeed } from "./kept-speeds.ts";
import { keepMeasured, wasMeasured } from "./measured-speeds.ts";
import { speedOf, watchedDraft } from "./watched-draft.ts";

/** After a model was loaded, seconds: by then its first run has begun, or the reader writes. */
const settling = 60;
/** Seconds until it is tried again, where the device was busy. */
const again = 30;
/** Seconds a measurement may take; a model slower than that is not for drafting. */
const longest = 30;
const writtenTokens = 32;

/** Any plain text will do; it is never shown. */
const passage = "The river rises in the hills and runs for two hundred miles to the sea. On its way it turns mills, feeds canals and floods meadows in spring. Each town along it has a bridge, a market and a story of the year when the water stood at the church door. Boats carry grain down and salt up. In a dry summer the ferrymen wait, and children cross on foot where barges pass in winter. ";

export type MeasuringParts = {
  readonly clock: Clock;
  readonly locks: Pick<RunLocks, "computing" | "verifying">;
  /** Whether a person looks at the page: measuring in a hidden tab would measure the browser's thrift. */
  readonly visible: () => boolean;
};

/**
 * Measures a draft model once, a minute after it was loaded and while nothing else computes: it reads a fixed text and writes a
 * few tokens. Whoever wants to compute, in this tab or another, has the device at once; it is measured later then. Once for each
 * model and engine version. `stop` as the model is closed.
 */
export function createMeasuring({ clock, locks, visible }: MeasuringParts) {
  /** As verification holds them: a run takes them away without waiting. */
  async function device(): Promise<HeldLock | undefined> {
    const computing = await locks.computing.tryAcquire();
    if (computing === undefined) return undefined;
    const verifying = await locks.verifying.tryAcquire();
    return { lost: computing.lost, release: () => { verifying?.release(); computing.release(); } };
  }

  async function measured(model: DraftModel, signal: AbortSignal): Promise<"interrupted" | "too-slow" | ModelSpeed> {
    const held = await device();
    if (held === undefined) return "interrupted";
    const done = new AbortController();
    const tooLong = new AbortController();
    clock.wait(longest, done.signal).then(() => tooLong.abort(), () => undefined);
    let speed: ModelSpeed | undefined;
    try {
      const { userStart, userEnd, assistantStart } = model.info.format;
      const prompt = `${userStart}${passage.slice(0, Math.floor(model.info.contextTokens * 0.4))}${userEnd}${assistantStart}`;
      const request = { prompt, maxTokens: writtenTokens, stop: [], temperature: 0, topP: 1, signal: AbortSignal.any([signal, held.lost, tooLong.signal]) };
      const watched = watchedDraft(model, () => clock.now(), { call: (call) => { speed = speedOf(call); }, failed: () => undefined, closed: () => undefined });
      for await (const _part of watched.generate(request));
    } catch {
      // Its failures are told when a run meets them.
    } finally {
      done.abort();
      held.release();
    }
    return speed ?? (tooLong.signal.aborted ? "too-slow" : "interrupted");
  }

  return {
    /** @returns what stops it */
    begin(model: DraftModel, tell: (speed: ModelSpeed) => void): () => void {
      const stopping = new AbortController();
      const { signal } = stopping;
      const work = async (): Promise<void> => {
        await clock.wait(settling, signal);
        while (!wasMeasured(model.info)) {
          const result = visible() ? await measured(model, signal) : "interrupted";
          if (signal.aborted) return;
          if (result === "interrupted") await clock.wait(again, signal);
          else keepMeasured(model.info, result === "too-slow" ? undefined : result);
          if (typeof result !== "string") tell(result);
        }
      };
      // Ends by being stopped, too.
      work().catch(() => undefined);
      return () => stopping.abort();
    },
  };
}

export type Measuring = ReturnType<typeof createMeasuring>;
