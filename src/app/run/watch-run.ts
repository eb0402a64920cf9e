import { foldEvent, foldRun, type Run } from "../../reasoning/run.ts";
import type { RunEvent } from "../../reasoning/events.ts";
import type { RunBroadcast } from "../../runs/run-broadcast.ts";
import type { RunLock } from "../../runs/run-lock.ts";
import { withKnownSteps } from "./known-steps.ts";
import { onceAFrame } from "./once-a-frame.ts";

/** What another tab does with a run: computes it, or did so until it was closed. */
export type Elsewhere = "computing" | "closed";

export type Watching = {
  readonly broadcast: Pick<RunBroadcast, "followRun">;
  /** Of who writes the run. */
  readonly lock: RunLock;
  readonly requestFrame: (draw: () => void) => unknown;
  /** At most once a frame, `event` being the last one where there was one. */
  readonly show: (run: Run, elsewhere: Elsewhere | undefined) => void;
  readonly happened?: (event: RunEvent, run: Run) => void;
  /** On the page until now. */
  readonly shown?: Run | undefined;
};

/**
 * Shows a run as stored and as it goes on in another tab, or by verification in this one, until `signal` aborts.
 * Resolves when it is first shown. @throws RunsError
 */
export async function watchRun(id: string, signal: AbortSignal, { broadcast, lock, requestFrame, show, happened, shown }: Watching): Promise<void> {
  let run: Run | undefined;
  /** Somebody writes it, as far as is known. */
  let written = await lock.isHeld();
  let closed = false;

  const frame = onceAFrame(() => {
    if (run === undefined || signal.aborted) return;
    if (run.status !== "running") show(run, undefined);
    else if (written) show(run, "computing");
    else show(atRest(run), closed ? "closed" : undefined);
  }, requestFrame);

  const ended = new AbortController();
  signal.addEventListener("abort", () => ended.abort(), { once: true });
  /** The browser frees the lock of a tab that is closed or crashes. */
  const watchEnd = async (): Promise<void> => {
    await lock.whenFree(ended.signal);
    if (run?.status === "running") closed = true;
    written = false;
    frame.ask();
  };
  let watchingEnd = false;
  const somebodyWrites = (): void => {
    written = true;
    closed = false;
    if (watchingEnd) return;
    watchingEnd = true;
    void watchEnd().catch(() => undefined).finally(() => { watchingEnd = false; });
  };
  if (written) somebodyWrites();

  return new Promise((resolve, reject) => {
    const stop = broadcast.followRun(id, (update) => {
      if (update.kind === "reset") {
        run = withKnownSteps(foldRun(update.run.header, update.events), run ?? shown);
        if (update.live) somebodyWrites();
        frame.ask();
        frame.now();
        resolve();
        return;
      }
      if (run === undefined) return;
      run = foldEvent(run, update.event);
      somebodyWrites();
      happened?.(update.event, run);
      frame.ask();
    }, reject);
    signal.addEventListener("abort", () => {
      stop();
      resolve();
    }, { once: true });
  });
}

/** A run that nobody is at work on. Nothing is stored of it. */
export const atRest = (run: Run): Run => (run.status === "running" ? foldEvent(run, { kind: "stopped", at: run.seconds }) : run);
