import type { Desk, Job } from "./desk.ts";

/** Two times no more seconds apart than this are the same. */
const sameTime = 0.01;

/** Has the loop take a turn at a time of its own, though nothing has happened: what is put off is decided about again. */
export function createAlarm(desk: Desk) {
  const { clock } = desk;
  let set: { readonly job: Job; readonly at: number } | undefined;

  const cancel = () => {
    set?.job.cancel();
    set = undefined;
  };

  return {
    /** Rings once, in so many seconds, and no longer at the time it was set to before. What is now has been decided about in this turn. */
    ringIn(seconds: number): void {
      const at = clock.now() + seconds;
      if (seconds < sameTime || (set !== undefined && Math.abs(at - set.at) < sameTime)) return;
      cancel();
      const job = desk.launch(
        async (signal, self) => {
          await clock.wait(seconds, signal);
          self.post(() => { set = undefined; });
        },
        () => undefined,
      );
      set = { job, at };
    },
    cancel,
  };
}
