import type { RunEvent } from "../../reasoning/events.ts";
import { observePace } from "../../reasoning/pacing.ts";
import type { Pace } from "../../reasoning/pacing.ts";
import { reason, type Reasoning } from "../../reasoning/reason.ts";
import { foldEvent, type Run } from "../../reasoning/run.ts";

export type Computed = { readonly run: Run; readonly pace: Pace };

export type Computing = Reasoning & {
  readonly pace: Pace;
  /** After the engine of a model on this device failed. */
  readonly closeModels: () => Promise<void>;
};

/** After these a model on this device answers no more; who goes on opens it, or the one chosen meanwhile, anew. */
const lostModel: ReadonlySet<string> = new Set(["engine-failed", "device-lost", "out-of-memory"]);

/** Reads reason()'s events to the end, with the run after each of them. */
export async function computeRun({ closeModels, ...reasoning }: Computing, happened: (event: RunEvent, run: Run) => void): Promise<Computed> {
  let { run, pace } = reasoning;
  try {
    for await (const event of reason(reasoning)) {
      run = foldEvent(run, event);
      pace = observePace(pace, event);
      happened(event, run);
    }
  } finally {
    if (run.failure !== undefined && lostModel.has(run.failure.kind)) await closeModels();
  }
  return { run, pace };
}
