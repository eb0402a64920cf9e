/**
 * Lets a producer run at its own speed while the consumer takes its time, so that a paced or slow reader does not keep
 * a sequence from other requests. Unbounded, which is safe where the producer is (a context's worth of tokens).
 * Leaving the loop early ends the producer at its next value, and is waited for.
 */
export async function* readAhead<T>(source: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  const ready: T[] = [];
  let left = false;
  let wake: (() => void) | undefined;
  let outcome: { readonly error?: unknown } | undefined;
  const pump = (async () => {
    try {
      for await (const value of source) {
        if (left) return;
        ready.push(value);
        wake?.();
      }
      outcome = {};
    } catch (error) {
      outcome = { error };
    } finally {
      wake?.();
    }
  })();
  try {
    for (;;) {
      const value = ready.shift();
      if (value !== undefined) yield value;
      else if (outcome !== undefined) break;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    if ("error" in outcome) throw outcome.error;
  } finally {
    left = true;
    await pump;
  }
}
