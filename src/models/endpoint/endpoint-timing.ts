/** Time as the client knows it, so that tests need no sleeping. */
export type EndpointTiming = {
  /** Seconds, monotonic, from any origin. */
  readonly now: () => number;
  /** Resolves after so many seconds; rejects when the signal aborts. */
  readonly wait: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** Longest wait for an answer to begin, and for one that is no stream to be whole. vLLM answers late where many requests wait. */
  readonly answerSeconds: number;
  /** Longest silence inside a stream. */
  readonly idleSeconds: number;
  /** Longest wait for each request that only finds out why another failed. */
  readonly diagnosisSeconds: number;
  /** Pauses before the retries, in seconds; as many retries as pauses. Short, since a run has its own patience with a lost link. */
  readonly retryPauses: readonly number[];
  /** Longest Retry-After that is waited for; beyond it the error is given at once. */
  readonly longestRetryAfter: number;
};

export const wallTiming: EndpointTiming = {
  now: () => performance.now() / 1000,
  wait: (seconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(new DOMException("Aborted", "AbortError"));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, seconds * 1000);
      if (signal?.aborted === true) stop();
      else signal?.addEventListener("abort", stop, { once: true });
    }),
  answerSeconds: 90,
  idleSeconds: 30,
  diagnosisSeconds: 5,
  retryPauses: [0.25, 1],
  longestRetryAfter: 5,
};
