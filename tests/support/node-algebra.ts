import { Worker } from "node:worker_threads";
import type { AlgebraAnswer } from "../../src/evaluate/answers/algebra-worker.ts";
import { algebraInWorker, type StartAlgebraWorker } from "../../src/evaluate/answers/algebra-in-worker.ts";

const program = new URL("./node-algebra-worker.ts", import.meta.url).href;

const start: StartAlgebraWorker = (heard, failed) => {
  // A thread of Node 20 does not read TypeScript by being told to import tsx.
  const worker = new Worker(`import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(program)}); })`, { eval: true });
  worker.on("message", (answer: AlgebraAnswer) => heard(answer));
  worker.on("error", failed);
  worker.unref();
  return { ask: (question) => worker.postMessage(question), end: () => void worker.terminate() };
};

/** The algebra that the page runs in a worker of the browser, in a thread of Node. */
export const nodeAlgebra = (limits?: { readonly comparing: number; readonly opening: number }) => algebraInWorker(start, limits);
