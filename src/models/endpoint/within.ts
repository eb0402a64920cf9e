import { aborted, ModelError } from "../model-error.ts";
import type { EndpointTiming } from "./endpoint-timing.ts";

/**
 * What `work` resolves to, unless the time runs out or the signal aborts first; then the work's outcome no longer counts.
 * @throws ModelError "timed-out" or "aborted", or what the work throws
 */
export async function within<T>(work: Promise<T>, seconds: number, timing: EndpointTiming, signal: AbortSignal): Promise<T> {
  const timer = new AbortController();
  const late = timing.wait(seconds, timer.signal).then(() => {
    throw new ModelError("timed-out", `The endpoint has been silent for ${seconds} s. It may be overloaded, or the network broken; try again.`);
  });
  const { promise: stopped, reject } = rejection();
  const stop = (): void => reject(aborted());
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([stopped, work, late]);
  } finally {
    signal.removeEventListener("abort", stop);
    timer.abort();
  }
}

function rejection(): { readonly promise: Promise<never>; readonly reject: (error: ModelError) => void } {
  let reject!: (error: ModelError) => void;
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
}
