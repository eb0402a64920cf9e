import type { Locks } from "../../../src/runs/run-lock.ts";

const aborted = (): DOMException => new DOMException("aborted", "AbortError");

type Waiting = { readonly name: string; readonly grant: () => void };
type Held = { readonly name: string; readonly steal: () => void };

/** Web Locks of one browser: exclusive locks, first come first served, shared by all its tabs. `tab` gives those of one tab, which may be closed. */
export function scriptedLocks(): Locks & { readonly tab: () => Locks & { readonly close: () => void } } {
  const held: Held[] = [];
  const waiting: Waiting[] = [];
  const next = (name: string): void => {
    const index = waiting.findIndex((one) => one.name === name);
    if (index !== -1 && !held.some((one) => one.name === name)) waiting.splice(index, 1)[0]?.grant();
  };
  const request: Locks["request"] = (name, options, work) => new Promise((resolve, reject) => {
    const grant = (): void => {
      const mine: Held = { name, steal: () => reject(new DOMException("stolen", "AbortError")) };
      held.push(mine);
      Promise.resolve(work({ name, mode: "exclusive" })).then(resolve, reject).finally(() => {
        if (held.includes(mine)) held.splice(held.indexOf(mine), 1);
        next(name);
      });
    };
    if (options.signal?.aborted === true) return reject(aborted());
    if (options.steal === true) {
      for (const one of held.filter((other) => other.name === name)) {
        held.splice(held.indexOf(one), 1);
        one.steal();
      }
      return grant();
    }
    if (!held.some((one) => one.name === name)) return grant();
    if (options.ifAvailable === true) return void Promise.resolve(work(null)).then(resolve, reject);
    const mine: Waiting = { name, grant };
    waiting.push(mine);
    options.signal?.addEventListener("abort", () => {
      if (!waiting.includes(mine)) return;
      waiting.splice(waiting.indexOf(mine), 1);
      reject(aborted());
    });
    return undefined;
  });
  const query = (): Promise<LockManagerSnapshot> => Promise.resolve({ held: held.map(({ name }) => ({ name })), pending: waiting.map(({ name }) => ({ name })) });
  function tab(): Locks & { readonly close: () => void } {
    let closed = false;
    const freed: (() => void)[] = [];
    return {
      query,
      request: (name, options, work) => request(name, options, (lock) => {
        if (closed) return undefined;
        const working = work(lock);
        return working === undefined ? undefined : Promise.race([working, new Promise<void>((resolve) => { freed.push(resolve); })]);
      }),
      close() {
        closed = true;
        for (const free of freed) free();
      },
    };
  }
  return { request, query, tab };
}

export const abortOf = (signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve());
});
