import type { Clock } from "../reasoning/clock.ts";

/** Lets everything that can go on without time passing go on. */
const settle: () => Promise<void> = typeof setImmediate === "function"
  ? () => new Promise((resolve) => setImmediate(resolve))
  : () => new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", () => {
        port1.close();
        resolve();
      });
      port1.start();
      port2.postMessage(null);
    });

type Timer = { readonly at: number; readonly fire: () => void };

export type VirtualClock = Clock & {
  /** Lets time pass, from one timer to the next, until the work is done. Fails where the work waits for nothing. */
  run<Result>(work: Promise<Result>): Promise<Result>;
};

/** Time that passes only when nothing else can happen: deterministic, and as fast as the machine. */
export function createVirtualClock(): VirtualClock {
  let now = 0;
  /** Soonest first; few at a time. */
  const timers: Timer[] = [];

  return {
    now: () => now,
    wait(seconds, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason);
          return;
        }
        const timer: Timer = {
          at: now + Math.max(0, seconds),
          fire() {
            signal?.removeEventListener("abort", cancel);
            resolve();
          },
        };
        const cancel = () => {
          timers.splice(timers.indexOf(timer), 1);
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", cancel, { once: true });
        let place = timers.length;
        while (place > 0 && (timers[place - 1]?.at ?? 0) > timer.at) place -= 1;
        timers.splice(place, 0, timer);
      });
    },
    async run(work) {
      let done = false;
      const finished = work.finally(() => { done = true; });
      finished.catch(() => undefined);
      for (;;) {
        await settle();
        if (done) return finished;
        const timer = timers.shift();
        if (timer === undefined) throw new Error("The simulated run waits for something that never happens.");
        now = timer.at;
        timer.fire();
      }
    },
  };
}
