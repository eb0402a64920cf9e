import { aborted } from "../models/model-error.ts";

export type HeldLock = {
  /** Aborts when another tab took the lock away with `takeOver`. */
  readonly lost: AbortSignal;
  readonly release: () => void;
};

/**
 * One tab computes and verifies, since there is one GPU; the others follow live. The browser releases the lock of a tab
 * that closes or crashes. Hold it only while computing: a page that holds one is not kept in the back/forward cache.
 */
export type RunLock = {
  /** Waits its turn. @throws ModelError `aborted` when the signal aborts first. */
  readonly acquire: (signal: AbortSignal) => Promise<HeldLock>;
  /** `undefined` where another tab has it. */
  readonly tryAcquire: () => Promise<HeldLock | undefined>;
  /** At once, away from whoever has it: for a tab that is frozen. */
  readonly takeOver: () => Promise<HeldLock>;
  readonly isHeld: () => Promise<boolean>;
  /** Resolves when nobody has it, at last because its tab was closed; never where the browser has no locks. @throws ModelError `aborted` */
  readonly whenFree: (signal: AbortSignal) => Promise<void>;
};

/** What is needed of the browser's LockManager. */
export type Locks = {
  request: (name: string, options: LockOptions, work: (lock: Lock | null) => Promise<void> | undefined) => Promise<unknown>;
  query: () => Promise<LockManagerSnapshot>;
};

export type RunLockOptions = {
  /** `navigator.locks`; absent where the page is no secure context, then every tab may compute. */
  readonly locks?: Locks;
  readonly name?: string;
};

export function createRunLock({ locks, name = "specreason-computing" }: RunLockOptions): RunLock {
  function request(options: LockOptions): Promise<HeldLock | undefined> {
    if (locks === undefined) return Promise.resolve(held().lock);
    return new Promise((resolve, reject) => {
      const holding = held();
      locks.request(name, options, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        resolve(holding.lock);
        return holding.released;
      }).catch((thrown: unknown) => {
        // Rejects before it is granted when the signal aborts, and after when the lock is stolen.
        holding.lose();
        reject(options.signal?.aborted === true ? aborted() : thrown);
      });
    });
  }
  const granted = async (options: LockOptions): Promise<HeldLock> => {
    const lock = await request(options);
    if (lock === undefined) throw aborted();
    return lock;
  };
  return {
    acquire: (signal) => (signal.aborted ? Promise.reject(aborted()) : granted({ signal })),
    tryAcquire: () => request({ ifAvailable: true }),
    takeOver: () => granted({ steal: true }),
    async whenFree(signal) {
      if (signal.aborted) throw aborted();
      if (locks === undefined) return new Promise((_, reject) => { signal.addEventListener("abort", () => reject(aborted()), { once: true }); });
      (await granted({ signal, mode: "shared" })).release();
    },
    isHeld: async () => ((await locks?.query())?.held ?? []).some((lock) => lock.name === name),
  };
}

function held(): { readonly lock: HeldLock; readonly released: Promise<void>; readonly lose: () => void } {
  const losing = new AbortController();
  let release: (() => void) | undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { lock: { lost: losing.signal, release: () => release?.() }, released, lose: () => losing.abort() };
}
