import type { Clock } from "../reasoning/clock.ts";

/** The browser's monotonic clock. */
export const wallClock: Clock = {
  now: () => performance.now() / 1000,
  wait: (seconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", cancel);
        resolve();
      }, seconds * 1000);
      const cancel = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", cancel, { once: true });
    }),
};
