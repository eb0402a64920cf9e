import { describe, expect, test } from "vitest";
import { scoreOf } from "../../../src/reasoning/score.ts";

const certain = (digit: number) => Array.from({ length: 10 }, (_, value) => (value === digit ? 1 : 0));

describe("a step's score", () => {
  test("is the expectation over the ten digits' probabilities", () => {
    const probabilities = certain(9).map((_, digit) => (digit === 9 ? 0.75 : digit === 1 ? 0.25 : 0));
    expect(scoreOf({ probabilities, digit: 9, rung: "top-logprobs" }, "expectation")).toBeCloseTo(7);
  });
  test("is the most likely digit where the policy asks for it", () => {
    expect(scoreOf({ probabilities: certain(3), digit: 3, rung: "top-logprobs" }, "greedy")).toBe(3);
    expect(scoreOf({ probabilities: certain(4), rung: "top-logprobs" }, "greedy")).toBe(4);
  });
  test("falls back to the written digit, and is none where none was written", () => {
    expect(scoreOf({ digit: 8, rung: "sampled-digit" }, "expectation")).toBe(8);
    expect(scoreOf({ rung: "sampled-digit" }, "expectation")).toBeUndefined();
  });
});
