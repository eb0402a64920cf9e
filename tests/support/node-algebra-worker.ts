import { parentPort } from "node:worker_threads";
import type { AlgebraAnswer, AlgebraQuestion } from "../../src/evaluate/answers/algebra-worker.ts";
import { openExpressions } from "../../src/evaluate/answers/compare-expressions.ts";

const compare = openExpressions();

parentPort?.on("message", ({ number, comparison }: AlgebraQuestion) => {
  let answer: AlgebraAnswer = { number, result: { kind: "undecided", why: "unreadable" } };
  try {
    answer = { number, result: compare(comparison) };
  } catch {
    // Not readable.
  }
  parentPort?.postMessage(answer);
});
