/** The only time the algorithm knows; a virtual one in simulations and tests. */
export type Clock = {
  /** Seconds, monotonic, from any origin. */
  now(): number;
  /** Resolves after so many seconds; rejects with the signal's reason when aborted. */
  wait(seconds: number, signal?: AbortSignal): Promise<void>;
};
