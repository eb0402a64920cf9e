import { expect, test } from "vitest";
import { sharedSteps, stepsSideBySide } from "../../../src/app/compare/comparison.ts";
import { foldRun, type Run } from "../../../src/reasoning/run.ts";
import { headerOf } from "../../support/run-to-end.ts";

const run = (...texts: readonly string[]): Run => foldRun(headerOf(), texts.map((text, index) => (
  { kind: "drafted", step: index, index, at: index, text, end: "blank-line", tokens: 1, promptTokens: 1, prefilledTokens: 1, firstTokenSeconds: 0, seconds: 0 } as const)));

test("steps stand side by side by their place, alike where all say the same, whatever blanks end them", () => {
  const rows = stepsSideBySide([run("a\n\n", "b", "c"), run("a", "b"), run("a", "x")]);
  expect(rows).toEqual([
    { texts: ["a", "a", "a"], alike: true },
    { texts: ["b", "b", "x"], alike: false },
    { texts: ["c", undefined, undefined], alike: false },
  ]);
  expect(sharedSteps(rows)).toBe(1);
  expect(sharedSteps(stepsSideBySide([run("a"), run("a")]))).toBe(1);
});
