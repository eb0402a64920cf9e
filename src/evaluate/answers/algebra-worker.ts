import type { Comparison, ComparisonResult } from "./algebra.ts";
import { openExpressions } from "./compare-expressions.ts";

export type AlgebraQuestion = { readonly number: number; readonly comparison: Comparison };
export type AlgebraAnswer = { readonly number: number; readonly result: ComparisonResult };

const compare = openExpressions();

function answer(comparison: Comparison): ComparisonResult {
  try {
    return compare(comparison);
  } catch {
    return { kind: "undecided", why: "unreadable" };
  }
}

addEventListener("message", ({ data }: MessageEvent<AlgebraQuestion>) => {
  const reply: AlgebraAnswer = { number: data.number, result: answer(data.comparison) };
  postMessage(reply);
});
