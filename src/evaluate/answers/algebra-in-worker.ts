import type { Algebra, Comparison, ComparisonResult } from "./algebra.ts";
import type { AlgebraAnswer, AlgebraQuestion } from "./algebra-worker.ts";

/** What is needed of a worker that runs algebra-worker.ts. */
export type AlgebraWorker = {
  readonly ask: (question: AlgebraQuestion) => void;
  readonly end: () => void;
};
export type StartAlgebraWorker = (heard: (answer: AlgebraAnswer) => void, failed: () => void) => AlgebraWorker;

/** Milliseconds. */
const longest = 3_000;
const longestOpening = 20_000;

/** One worker, asked one comparison at a time. One that takes too long is ended, with its worker; the next one gets a new worker. */
export function algebraInWorker(start: StartAlgebraWorker, limits = { comparing: longest, opening: longestOpening }): Algebra & { readonly close: () => void } {
  let worker: AlgebraWorker | undefined;
  let settle: ((answer: AlgebraAnswer | "failed") => void) | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let last = 0;

  function end(): void {
    worker?.end();
    worker = undefined;
  }

  function ask(asked: AlgebraWorker, comparison: Comparison, limit: number): Promise<ComparisonResult> {
    const number = ++last;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        end();
        resolve({ kind: "undecided", why: "out-of-time" });
      }, limit);
      settle = (answer) => {
        if (answer !== "failed" && answer.number !== number) return;
        clearTimeout(timer);
        if (answer === "failed") end();
        resolve(answer === "failed" ? { kind: "undecided", why: "unreadable" } : answer.result);
      };
      asked.ask({ number, comparison });
    });
  }

  async function compareNow(comparison: Comparison): Promise<ComparisonResult> {
    if (worker === undefined) {
      worker = start((answer) => settle?.(answer), () => settle?.("failed"));
      // Opening the engine is not what the comparison is timed for.
      const opened = await ask(worker, { left: "1+1", right: "2", relation: "value" }, limits.opening);
      if (worker === undefined) return opened;
    }
    return ask(worker, comparison, limits.comparing);
  }

  return {
    compare(comparison) {
      const result = before.then(() => compareNow(comparison));
      before = result;
      return result;
    },
    close: end,
  };
}

/** In a browser. */
export const startBrowserAlgebra: StartAlgebraWorker = (heard, failed) => {
  const worker = new Worker(new URL("./algebra-worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<AlgebraAnswer>) => heard(data));
  worker.addEventListener("error", failed);
  return { ask: (question) => worker.postMessage(question), end: () => worker.terminate() };
};
