import type { RunEvent } from "../../reasoning/events.ts";
import type { Run } from "../../reasoning/run.ts";

/** What a screen reader is told: verdicts, and how the run ended. */
export type Announcement =
  | { readonly kind: "accepted"; readonly number: number; readonly score?: number }
  | { readonly kind: "corrected" | "unverified"; readonly number: number }
  /** From which step on a new branch begins. */
  | { readonly kind: "branched"; readonly number: number }
  | { readonly kind: "finished" | "stopped" };

/** `run` is the run after the event. */
export function announcementOf(run: Run, event: RunEvent): Announcement | undefined {
  switch (event.kind) {
    case "accepted":
    case "unverified": {
      const index = run.steps.findLastIndex(({ id }) => id === event.step);
      const step = run.steps[index];
      if (step === undefined) return undefined;
      if (event.kind === "unverified") return { kind: "unverified", number: index + 1 };
      return { kind: "accepted", number: index + 1, ...(step.score === undefined ? {} : { score: step.score }) };
    }
    case "base-step":
      return { kind: event.needed && run.steps[event.index]?.verdict === "corrected" ? "corrected" : "accepted", number: event.index + 1 };
    case "branched":
      return { kind: "branched", number: event.toIndex + 1 };
    case "finished":
    case "stopped":
      return { kind: event.kind };
    default:
      return undefined;
  }
}
