/** Lets one piece of work run at a time, in the order it was asked for. */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take<T>(work: () => Promise<T>): Promise<T> {
      const turn = last.then(work);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** Parts pushed on one side and iterated on the other, once. A failure is thrown at once: an abort must not wait for parts nobody wants. */
export function createPartQueue<Part>() {
  const waiting: Part[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  return {
    push(part: Part): void {
      waiting.push(part);
      wake?.();
    },
    end(): void {
      ended = true;
      wake?.();
    },
    fail(error: Error): void {
      failure ??= error;
      wake?.();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<Part> {
      for (;;) {
        if (failure !== undefined) throw failure;
        const part = waiting.shift();
        if (part !== undefined) yield part;
        else if (ended) return;
        else await new Promise<void>((resolve) => { wake = resolve; });
      }
    },
  };
}
