import { aborted, ModelError, type ModelErrorKind } from "../model-error.ts";
import type { EndpointTiming } from "./endpoint-timing.ts";

/** A silent server is not asked again: the caller has waited long enough. */
const worthRetrying: ReadonlySet<ModelErrorKind> = new Set(["overloaded", "server-failed", "unreachable"]);

/** Tries again after what may pass. Only for work that may be done twice: scores, and streams of which nothing has been given yet. */
export async function withRetries<T>(attempt: () => Promise<T>, timing: EndpointTiming, signal: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      const pause = timing.retryPauses[failures];
      if (!(error instanceof ModelError) || !worthRetrying.has(error.kind) || pause === undefined) throw error;
      const asked = error.retryAfterSeconds ?? 0;
      if (asked > timing.longestRetryAfter) throw error;
      try {
        await timing.wait(Math.max(pause, asked), signal);
      } catch {
        throw aborted();
      }
    }
  }
}
