import { expect, it } from "vitest";
import type { RunEvent } from "../../../src/reasoning/events.ts";
import { defaultPolicy } from "../../../src/reasoning/policy.ts";
import { foldRun, type RunHeader } from "../../../src/reasoning/run.ts";

const header: RunHeader = {
  version: 1, id: "r", problem: "p", createdAt: 0, policy: defaultPolicy, draft: { id: "d", name: "d" }, base: { id: "b", name: "b" },
};
const drafted = (step: number, index: number, at: number): RunEvent => ({
  kind: "drafted", step, index, text: `step ${step}`, end: "blank-line", tokens: 9, promptTokens: 30 + step, prefilledTokens: 3,
  firstTokenSeconds: 0, seconds: 0.1, at,
});

it("tells of each step what drafting, scoring and correcting it made the models read and write", () => {
  const run = foldRun(header, [
    { kind: "started", at: 0 },
    drafted(0, 0, 1),
    drafted(1, 1, 2),
    { kind: "score-requested", request: 0, steps: [0, 1], at: 3 },
    { kind: "scored", request: 0, step: 0, score: 9, rung: "top-logprobs", at: 4 },
    { kind: "scored", request: 0, step: 1, score: 1, rung: "top-logprobs", at: 4 },
    { kind: "score-answered", request: 0, seconds: 1, promptTokens: 90, cachedTokens: 64, generatedTokens: 2, at: 4 },
    { kind: "accepted", step: 0, at: 4 },
    { kind: "rejected", step: 1, why: "score", at: 4 },
    { kind: "rolled-back", toIndex: 1, steps: [1], tokens: 9, at: 4 },
    { kind: "base-started", request: 1, index: 1, why: "correction", at: 4 },
    { kind: "base-step", request: 1, step: 2, index: 1, text: "better", end: "blank-line", tokens: 12, seconds: 1, why: "correction", needed: true, at: 5 },
    { kind: "base-ended", request: 1, how: "finished", seconds: 1, promptTokens: 40, generatedTokens: 12, wastedTokens: 0, at: 5 },
  ]);
  const score = { steps: 2, promptTokens: 90, cachedTokens: 64 };
  expect(run.steps[0]?.usage).toEqual({ draft: { promptTokens: 30, prefilledTokens: 3, generatedTokens: 9 }, score });
  expect(run.steps[1]?.usage).toEqual({ base: { promptTokens: 40 } });
  expect(run.steps[1]?.rejected?.usage).toEqual({ draft: { promptTokens: 31, prefilledTokens: 3, generatedTokens: 9 }, score });
  expect(run.scoring).toEqual([]);
});
