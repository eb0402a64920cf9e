import { expect, test } from "vitest";
import { judgeByAnswer, judgeByArithmetic } from "../../../src/evaluate/judged-steps.ts";
import { foldRun } from "../../../src/reasoning/run.ts";
import { readRunFile } from "../../../src/runs/run-file.ts";
import { runFileOf } from "../../support/filed-run.ts";

const filed = (problem: string) => {
  const text = runFileOf({
    id: "88888888-8888-4888-8888-888888888888", problem, answer: "\\boxed{141}",
    steps: [
      { draft: "First, 54 + 27 = 82.", score: 1.2, correction: "First, 54 + 27 = 81." },
      { draft: "Next, 81 * 2 = 162.", score: 8.9 },
      { draft: "So far so good.", score: 5, correction: "Then, 162 - 21 = 141." },
    ],
  });
  const [run] = readRunFile(text, () => "none").runs;
  if (run === undefined) throw new Error("unread");
  return run;
};

test("every scored step is judged with the steps it was scored after, rejected ones, too", () => {
  const { header, events } = filed("Take the number 54. Increase it by 27. Double it. Subtract 21. What is the result?");
  expect(judgeByArithmetic(header, events)).toEqual({
    steps: [{ run: header.id, score: 1.2, right: false }, { run: header.id, score: 8.9, right: true }], undecided: 1,
  });
});

test("of another problem only what the answer says can be taken, and of the steps that stayed", () => {
  const { header, events } = filed("A box holds some coins.");
  expect(judgeByArithmetic(header, events)).toBeUndefined();
  expect(judgeByAnswer(foldRun(header, events), false)).toEqual({ steps: [{ run: header.id, score: 8.9, right: false }], undecided: 0 });
});
