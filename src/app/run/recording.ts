import type { RunEvent, StepId } from "../../reasoning/events.ts";
import type { RunRecorder } from "../../runs/run-broadcast.ts";

export type RecordingTold = {
  /** The steps that are not stored yet. */
  readonly unsaved: (steps: ReadonlySet<StepId>) => void;
  readonly failed: (thrown: unknown) => void;
};

/** Gives a run's events to storage and to other tabs, and tells which finished steps are stored. */
export function createRecording(recorder: RunRecorder | undefined, told: RecordingTold) {
  /** By step, the number of the event that holds it. */
  const unsaved = new Map<StepId, number>();
  const underWay = new Set<Promise<void>>();
  let given = 0;
  const tell = (): void => told.unsaved(new Set(unsaved.keys()));

  function stored(upTo: number): void {
    const before = unsaved.size;
    for (const [step, number] of unsaved) if (number <= upTo) unsaved.delete(step);
    if (unsaved.size < before) tell();
  }

  return {
    record(event: RunEvent): void {
      const number = ++given;
      if (event.kind === "drafted" || event.kind === "base-step" || event.kind === "edited") {
        unsaved.set(event.step, number);
        tell();
      }
      if (recorder === undefined) return;
      const storing: Promise<void> = recorder.record(event).then(() => stored(number), told.failed).finally(() => underWay.delete(storing));
      underWay.add(storing);
    },
    /** Resolves when nothing is being stored any more. */
    async settled(): Promise<void> { await Promise.all(underWay); },
    stop: (): void => recorder?.stop(),
  };
}
