import type { ModelError } from "../models/model-error.ts";
import type { Desk, Job } from "./desk.ts";

/** Seconds without the base model after which the run no longer waits for it. */
export const patience = 3;
const firstPause = 0.25;
const longestPause = 30;

/** Watches over the link to the base model: once a request has failed, probes until it answers again. */
export function createBaseLink(desk: Desk) {
  const { base, clock } = desk;
  let probing: Job | undefined;
  let lostAt = 0;
  let failures = 0;

  async function probeUntilBack(signal: AbortSignal, self: Job): Promise<void> {
    for (;;) {
      await clock.wait(Math.min(longestPause, firstPause * 2 ** failures), signal);
      failures += 1;
      try {
        const { roundTripSeconds } = await base.probe(signal);
        self.post(() => {
          probing = undefined;
          desk.emit({ kind: "base-back", roundTripSeconds });
        });
        return;
      } catch {
        // Still away; the empty change lets the loop look at the time.
        self.post(() => undefined);
      }
    }
  }

  return {
    get away() { return probing !== undefined; },
    /** Away for longer than the run waits. */
    get givenUp() { return probing !== undefined && clock.now() - lostAt >= patience; },
    lost({ kind, message }: ModelError): void {
      if (probing !== undefined) return;
      lostAt = clock.now();
      desk.emit({ kind: "base-lost", failure: { kind, message } });
      probing = desk.launch(probeUntilBack, () => undefined);
    },
    /** The base model did what was asked: the next failure starts with short pauses again. */
    answered(): void { failures = 0; },
    /** Measures the round trip beside the run. */
    measure(): void {
      desk.launch(
        async (signal, self) => {
          const { roundTripSeconds } = await base.probe(signal);
          self.post(() => desk.emit({ kind: "link-measured", roundTripSeconds }));
        },
        () => undefined,
      );
    },
  };
}

export type BaseLink = ReturnType<typeof createBaseLink>;
