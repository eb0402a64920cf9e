import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkArithmeticStep, readArithmeticProblem, type ArithmeticProblem } from "../../../src/evaluate/arithmetic-steps.ts";

const lines = readFileSync("public/problems/arithmetic.jsonl", "utf8").trim().split("\n").map((line) => JSON.parse(line) as { problem: string; answer: string | number; steps: number });

/** A problem's own solution. */
function solutionOf({ start, operations }: ArithmeticProblem): readonly string[] {
  let value = start;
  return operations.map(({ by, number }) => {
    const before = value;
    value = { "+": before + number, "-": before - number, "*": before * number, "/": before / number }[by];
    return `Next, ${before} ${by} ${number} = ${value}.`;
  });
}

const problem = readArithmeticProblem("Take the number 54. Increase it by 27. Double it. Subtract 21. What is the result?");
if (problem === undefined) throw new Error("unread");
const check = (before: readonly string[], step: string) => checkArithmeticStep(problem, before, step);

describe("a step of a chain of arithmetic", () => {
  test("is right in a solution of every one of the problems, and wrong where a digit, the operation or its place is another", () => {
    let checked = 0;
    for (const line of lines) {
      const read = readArithmeticProblem(line.problem);
      if (read === undefined) throw new Error(`unread: ${line.problem}`);
      const solution = solutionOf(read);
      expect(solution).toHaveLength(line.steps);
      expect(solution.at(-1)).toMatch(new RegExp(`= ${line.answer}\\.$`));
      for (const [index, step] of solution.entries()) {
        const before = solution.slice(0, index);
        expect(checkArithmeticStep(read, before, step), `${line.problem} ${step}`).toBe(true);
        expect(checkArithmeticStep(read, before, step.replace(/= (\d+)/, (_, result: string) => `= ${Number(result) + 1}`))).toBe(false);
        expect(checkArithmeticStep(read, [...before, step], step), `${step} again`).toBe(false);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(2000);
  });

  test("is right where it goes on rightly from an earlier mistake, and wrong where it does not go on from what is stated", () => {
    expect(check(["First, 54 + 27 = 82."], "Next, 82 * 2 = 164.")).toBe(true);
    expect(check(["First, 54 + 27 = 82."], "Next, 81 * 2 = 162.")).toBe(false);
  });

  test.each([
    ["First, 54 + 27 = 81.", true], ["First, 27 + 54 = 81.", true], ["We add: 54+27=81", true], ["$54 + 27 = 81$, so there are 81.", true],
    ["First, 54 + 27 = 8.", false], ["First, 54 + 27 = 811.", false], ["First, 54 + 27 = 81.5", undefined], ["First, 54 - 27 = 27.", false], ["First, 54 + 21 = 75.", false], ["First, 45 + 27 = 72.", false],
    ["54 + 27 = 81, and 81 × 2 = 162.", true], ["54 + 27 = 81, and 81 + 81 = 162.", true], ["54 + 27 = 81, and 81 × 2 = 163.", false],
    ["Let us think.", undefined], ["", undefined],
  ])("reads %j as %s", (step, right) => {
    expect(check([], step)).toBe(right);
  });

  test("is wrong after the last operation that is asked for", () => {
    expect(check(["54 + 27 = 81", "81 * 2 = 162", "162 - 21 = 141"], "141 + 0 = 141")).toBe(false);
  });
});

test.each(["Natalia sold clips to 48 of her friends. How many?", "A box holds 81 coins. Add 28 and take away 6. How many are there?", "Start with 5.", "Start with 5. What is the result?", ""])("%j is another kind of problem", (text) => {
  expect(readArithmeticProblem(text)).toBeUndefined();
});
