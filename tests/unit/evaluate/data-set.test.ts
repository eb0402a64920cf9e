import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDataSet } from "../../../src/evaluate/data-set.ts";
import { drawProblems, tasksOf } from "../../../src/evaluate/plan.ts";
import type { Outcome } from "../../../src/evaluate/outcome.ts";
import { estimateSeconds } from "../../../src/evaluate/estimate.ts";
import { placeLabels, plotOf } from "../../../src/evaluate/plot.ts";
import { csvOf, markdownTable } from "../../../src/evaluate/report.ts";
import { assumedPace } from "../../../src/reasoning/pacing.ts";
import { bootstrap, summarise, wilson } from "../../../src/evaluate/statistics.ts";

const setOf = (name: string) => parseDataSet(readFileSync(`public/problems/${name}.jsonl`, "utf8"));

describe("a data set", () => {
  test.each([["arithmetic", 500], ["gsm8k-test", 1319], ["math500", 500]])("%s is read whole: %i problems", (name, count) => {
    const { problems, unread } = setOf(name);
    expect([problems.length, unread]).toEqual([count, []]);
    expect(new Set(problems.map(({ id }) => id)).size).toBe(count);
  });

  test("GSM8K's answer is what follows its four hashes", () => {
    expect(setOf("gsm8k-test").problems[0]?.answer).toBe("18");
  });

  test("a line with missing fields is named by its number and the rest kept", () => {
    const long = "9".repeat(10_000);
    const text = ['{"problem":"a","answer":"1"}', "", '{"problem":"b"}', "no JSON", '{"answer":2}', `{"problem":"c","answer":"${long}","id":7}`, '{"problem":5,"answer":"1"}', "[]", '{"problem":"d","answer":3,"id":"7"}'].join("\n");
    expect(parseDataSet(text)).toEqual({
      problems: [{ id: "line-1", problem: "a", answer: "1" }, { id: "7", problem: "c", answer: long }, { id: "7 (line 9)", problem: "d", answer: "3" }],
      unread: [{ line: 3, missing: ["answer"] }, { line: 4, missing: [] }, { line: 5, missing: ["problem"] }, { line: 7, missing: ["problem"] }, { line: 8, missing: ["problem", "answer"] }],
    });
  });

  test("is drawn from by a seed, each problem once", () => {
    const { problems } = setOf("arithmetic");
    const drawn = drawProblems(problems, 50, 3);
    expect(drawn).toEqual(drawProblems(problems, 50, 3));
    expect(drawn).not.toEqual(drawProblems(problems, 50, 4));
    expect(new Set(drawn).size).toBe(50);
    expect(drawProblems(problems, 900, 3)).toEqual(problems);
  });

  test("a plan asks draft and base once, the others at every threshold", () => {
    const tasks = tasksOf({ problems: 2, seed: 1, samples: 2, modes: ["draft", "base", "auto"], thresholds: [5, 7] }, setOf("arithmetic").problems);
    expect(tasks).toHaveLength(2 * 2 * (1 + 1 + 2));
    expect(new Set(tasks.map(({ key }) => key)).size).toBe(tasks.length);
  });
});

const outcome = (changes: Partial<Outcome>): Outcome => ({
  key: "k", problem: "p", mode: "sync", threshold: 7, sample: 0, run: "r", right: true, seconds: 2, draftTokens: 10, baseTokens: 4, baseRequests: 5, scoredSteps: 4, acceptedSteps: 3, ...changes,
});

describe("the figures of an evaluation", () => {
  test("Wilson's interval is the published one", () => {
    const { low, high } = wilson(8, 10);
    expect([low, high].map((value) => Number(value.toFixed(4)))).toEqual([0.4902, 0.9433]);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  test("samples of one problem do not make the interval narrower than problems do", () => {
    const same = Array.from({ length: 40 }, (_, index) => index).flatMap((problem) => [0, 1, 2, 3].map((sample) => outcome({ problem: `${problem}`, sample, right: problem % 2 === 0 })));
    const [row] = summarise(same);
    expect(row).toMatchObject({ problems: 40, runs: 160, right: 80, accuracy: 0.5, acceptance: 0.75, interval: { by: "bootstrap" } });
    expect((row?.interval.high ?? 0) - (row?.interval.low ?? 0)).toBeGreaterThan(0.25);
    expect(bootstrap([1, 1, 1])).toEqual({ low: 1, high: 1 });
  });

  test("every mode and threshold has its line; a plot leaves out what has no place on its axis", () => {
    const rows = summarise([outcome({ mode: "draft", threshold: undefined as never, scoredSteps: 0 }), outcome({}), outcome({ threshold: 9, right: false })]);
    expect(markdownTable(rows).split("\n")).toHaveLength(5);
    const plot = plotOf(rows, "threshold", [400, 300]);
    expect(plot.marks).toHaveLength(2);
    expect(plotOf(rows, "baseTokens", [400, 300]).marks.every(({ x, y }) => x >= 0 && x <= 400 && y >= 0 && y <= 300)).toBe(true);
    expect(plotOf([], "seconds", [400, 300]).marks).toEqual([]);
  });

  test("marks that lie close keep their names apart, and one without room has none", () => {
    const rows = [7, 8, 9, 6, 5, 4, 3, 2].map((threshold) => ({ ...summarise([outcome({ threshold, baseTokens: 100 + threshold / 10 }), outcome({ problem: "q", right: false, threshold })])[0]!, threshold }));
    const plot = plotOf(rows, "baseTokens", [440, 300]);
    const labels = placeLabels(plot, rows.map(({ threshold }) => `step by step ${threshold}`));
    const placed = labels.filter((label) => label !== undefined);
    expect(placed.length).toBeGreaterThan(0);
    expect(placed.length).toBeLessThan(rows.length);
    for (const [index, one] of placed.entries())
      for (const other of placed.slice(index + 1)) expect(one.anchor !== other.anchor || Math.abs(one.y - other.y) >= 13 || Math.abs(one.x - other.x) > 80).toBe(true);
  });

  test("a guess of the time grows with problems, samples and thresholds, and what was measured goes before it", () => {
    const plan = { problems: 10, seed: 1, samples: 1, modes: ["draft", "sync"] as const, thresholds: [7] };
    const once = estimateSeconds(plan, 300, assumedPace);
    expect(once).toBeGreaterThan(0);
    expect(estimateSeconds({ ...plan, samples: 2 }, 300, assumedPace)).toBeCloseTo(2 * once);
    expect(estimateSeconds({ ...plan, thresholds: [5, 7] }, 300, assumedPace)).toBeGreaterThan(1.5 * once);
    expect(estimateSeconds({ ...plan, modes: ["sync"] }, 300, assumedPace)).toBeGreaterThan(estimateSeconds({ ...plan, modes: ["async"] }, 300, assumedPace));
    expect(estimateSeconds({ ...plan, thresholds: [5, 7] }, 300, assumedPace, 2)).toBe(10 * 3 * 2);
  });

  test("what a model wrote is never a formula in a spreadsheet", () => {
    const [, ...lines] = csvOf(["=1+1", "+1", "-1", "@a", "\t=1", 'say "x"', "plain"].map((given) => outcome({ given }))).split("\r\n");
    expect(lines.map((line) => /true,("(?:[^"]|"")*")/.exec(line)?.[1])).toEqual(["\"'=1+1\"", "\"'+1\"", "\"'-1\"", "\"'@a\"", "\"'\t=1\"", '"say ""x"""', '"plain"']);
  });
});
