import { createRunLock, type Locks, type RunLock } from "./run-lock.ts";

/** The locks that all tabs of a browser share. */
export type RunLocks = {
  /** Of who computes or verifies. */
  readonly computing: RunLock;
  /** Held beside `computing` by who only verifies, which may be interrupted at any time. */
  readonly verifying: RunLock;
  /** Of who writes this run. */
  readonly writing: (run: string) => RunLock;
};

export function createRunLocks(locks: Locks | undefined): RunLocks {
  const lock = (name: string): RunLock => createRunLock({ name, ...(locks === undefined ? {} : { locks }) });
  return {
    computing: lock("specreason-computing"),
    verifying: lock("specreason-verifying"),
    writing: (run) => lock(`specreason-run ${run}`),
  };
}
