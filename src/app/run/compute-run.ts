import type { RunEvent } from "../../reasoning/events.ts";
import { observePace } from "../../reasoning/pacing.ts";
import type { Pace } from "../../reasoning/pacing.ts";
import { reason, type Reasoning } from "../../reasoning/reason.ts";
import { foldEvent, type Run } from "../../reasoning/run.ts";

export type Computed = { readonly run: Run; readonly pace: Pace };

/** Reads reason()'s events to the end, with the run after each of them. */
export async function computeRun(
  reasoning: Reasoning & { readonly pace: Pace }, happened: (event: RunEvent, run: Run) => void,
): Promise<Computed> {
  let { run, pace } = reasoning;
  for await (const event of reason(reasoning)) {
    run = foldEvent(run, event);
    pace = observePace(pace, event);
    happened(event, run);
  }
  return { run, pace };
}
