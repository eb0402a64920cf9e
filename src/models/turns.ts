import type { GenerationPart, GenerationRequest } from "./generation.ts";
import { aborted, asModelError, ModelError } from "./model-error.ts";

/** How calls of a model on this device wait for each other: one runs at a time, in the order they were made. */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();

  function take<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Throws "aborted" at once when `stop` aborts; the turn itself is over when the engine is at rest, so that the next call
   * finds it so. What else the work throws becomes a ModelError.
   */
  function inTurn<T>(stop: AbortSignal, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const onStop = () => reject(aborted());
      stop.addEventListener("abort", onStop, { once: true });
      const turn = take(async () => {
        if (stop.aborted) throw aborted();
        return await work();
      });
      const settle = () => stop.removeEventListener("abort", onStop);
      turn.then(resolve, (error: unknown) => reject(asModelError(error, "engine-failed"))).finally(settle);
      if (stop.aborted) onStop();
    });
  }

  return {
    inTurn,
    /** A generation in its turn, ended by its own signal, by `closing`, or by its reader's leaving. The request given to `work` carries all three in its signal. */
    async *generate(
      asked: GenerationRequest, closing: AbortSignal,
      work: (request: GenerationRequest, emit: (part: GenerationPart) => void) => Promise<void>,
    ): AsyncGenerator<GenerationPart> {
      if (asked.prompt === "") throw new ModelError("bad-request", "There is nothing to continue: the prompt is empty.");
      const left = new AbortController();
      const signal = AbortSignal.any([asked.signal, closing, left.signal]);
      const parts = createPartQueue<GenerationPart>();
      inTurn(signal, () => work({ ...asked, signal }, (part) => parts.push(part))).then(() => parts.end(), (error: Error) => parts.fail(error));
      try {
        yield* parts;
      } finally {
        left.abort();
      }
    },
  };
}

/** Parts pushed on one side and iterated on the other, once. A failure is thrown at once: an abort must not wait for parts nobody wants. */
function createPartQueue<Part>() {
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
