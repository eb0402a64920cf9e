import { asModelError, type ModelError } from "../models/model-error.ts";
import type { Desk, Job } from "./desk.ts";

/** Seconds without the base model after which the run no longer waits for it. */
export const patience = 3;
const firstPause = 0.25;
const longestPause = 30;

/** Watches over the link to the base model: once a request has failed, probes until it answers again. */
export function createBaseLink(desk: Desk, failed: (error: ModelError) => void) {
  const { base, clock } = desk;
  let probing: Job | undefined;
  let lostAt = 0;
  let failures = 0;
  let everAnswered = false;

  /** Concluded from an answer that could not be read, which a broken connection gives too. */
  const onlyConcluded = ({ kind, status }: ModelError) => kind === "cross-origin" || (kind === "unauthorized" && status === undefined);
  /** Whether waiting may help. */
  const mayPass = (error: ModelError) =>
    error.retryable || error.kind === "engine-dead" || error.kind === "bad-response" || (onlyConcluded(error) && everAnswered);

  async function probeUntilBack(signal: AbortSignal, self: Job): Promise<void> {
    for (;;) {
      await clock.wait(Math.min(longestPause, firstPause * 2 ** failures), signal);
      failures += 1;
      try {
        const { roundTripSeconds } = await base.probe(signal);
        self.post(() => {
          probing = undefined;
          everAnswered = true;
          desk.emit({ kind: "base-back", roundTripSeconds });
        });
        return;
      } catch (thrown) {
        const error = asModelError(thrown, "unreachable");
        // Still away; a change of nothing lets the loop look at the time.
        self.post(() => (mayPass(error) ? undefined : failed(error)));
      }
    }
  }

  return {
    get away() { return probing !== undefined; },
    /** Away for longer than the run waits. */
    get givenUp() { return probing !== undefined && clock.now() - lostAt >= patience; },
    /** A request failed: goes on probing where waiting may help, and fails the run where it cannot. */
    lost(error: ModelError): void {
      const { kind, message } = error;
      if (probing !== undefined) return;
      // Only a probe tells whether the server is closed to this page, or the line just bad.
      if (!mayPass(error) && !onlyConcluded(error)) {
        failed(error);
        return;
      }
      lostAt = clock.now();
      desk.emit({ kind: "base-lost", failure: { kind, message } });
      probing = desk.launch(probeUntilBack, () => undefined);
    },
    /** The base model did what was asked: the next failure starts with short pauses again. */
    answered(): void {
      failures = 0;
      everAnswered = true;
    },
    /** Measures the round trip beside the run. */
    measure(): void {
      desk.launch(
        async (signal, self) => {
          const { roundTripSeconds } = await base.probe(signal);
          self.post(() => {
            everAnswered = true;
            desk.emit({ kind: "link-measured", roundTripSeconds });
          });
        },
        () => undefined,
      );
    },
  };
}
