import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../src/reasoning/events.ts";
import { type BaseLoad, baseLoadOf } from "../../../src/simulate/base-load.ts";
import { measuredLoad } from "../../../src/simulate/measured-load.ts";
import { usersOf, withStepTokens } from "../../../src/simulate/users.ts";

const drafted = (step: number, index: number, tokens: number): RunEvent => ({
  kind: "drafted", step, index, text: "x", end: "blank-line", tokens, promptTokens: 50 + 10 * index, prefilledTokens: 1, firstTokenSeconds: 0.1, seconds: 0.2, at: index,
});
const scored = (request: number, step: number, score: number, promptTokens: number, cachedTokens?: number): RunEvent[] => [
  { kind: "score-requested", request, steps: [step], at: 1 },
  { kind: "scored", request, step, score, rung: "top-logprobs", at: 1 },
  { kind: "score-answered", request, seconds: 0.1, promptTokens, generatedTokens: 1, ...(cachedTokens === undefined ? {} : { cachedTokens }), at: 1 },
];
const run: readonly RunEvent[] = [
  drafted(0, 0, 10), ...scored(0, 0, 9, 130, 0), { kind: "accepted", step: 0, at: 1 },
  drafted(1, 1, 12), ...scored(1, 1, 1, 140, 60), { kind: "rejected", step: 1, why: "score", at: 2 },
  { kind: "rolled-back", toIndex: 1, steps: [1], tokens: 12, at: 2 },
  { kind: "base-step", request: 2, step: 2, index: 1, text: "y", end: "blank-line", tokens: 14, seconds: 1, why: "correction", needed: true, at: 3 },
  { kind: "base-ended", request: 2, how: "finished", seconds: 1, promptTokens: 62, cachedTokens: 48, generatedTokens: 14, wastedTokens: 0, at: 3 },
  { kind: "answered", request: 3, by: "draft", text: "z", cut: false, tokens: 6, promptTokens: 80, firstTokenSeconds: 0.1, seconds: 0.2, at: 4 },
];

describe("what a run costs the base model's server", () => {
  test("counts prompt tokens that were not cached, digits, corrections, and what the base model alone would write", () => {
    expect(baseLoadOf([{ id: "a", events: run }])).toEqual({
      runs: 1, steps: 2, prefilled: 130 + 80 + 14, decoded: 1 + 1 + 14, context: 140, seconds: 4, alone: { prefilled: 50, decoded: 10 + 14 + 6 },
    });
  });

  test("a cancelled stream, which tells nothing of its prompt, counts as much as the others", () => {
    const cancelled: RunEvent = { kind: "base-ended", request: 4, how: "cancelled", seconds: 1, generatedTokens: 3, wastedTokens: 3, at: 3 };
    const [without, withIt] = [baseLoadOf([{ id: "a", events: run }]), baseLoadOf([{ id: "a", events: [...run, cancelled] }])];
    expect(withIt.prefilled - without.prefilled).toBeCloseTo((130 + 80 + 14) / 3);
    expect(withIt.decoded - without.decoded).toBe(3);
  });

  test("a server that does not tell its cached tokens is named, with the option that makes it", () => {
    expect(() => baseLoadOf([{ id: "a", events: scored(0, 0, 9, 130) }])).toThrow("--enable-prompt-tokens-details");
  });

  test("a list of prompts counts once, and no prompt of it as the largest", () => {
    const events: RunEvent[] = [{ kind: "score-requested", request: 0, steps: [0, 1], at: 0 }, { kind: "score-answered", request: 0, seconds: 1, promptTokens: 300, cachedTokens: 100, generatedTokens: 2, at: 1 }];
    expect(baseLoadOf([{ id: "a", events }])).toMatchObject({ prefilled: 200, decoded: 2, context: 150 });
  });
});

describe("users of one GPU", () => {
  const load: BaseLoad = { runs: 1, steps: 10, prefilled: 1000, decoded: 40, context: 500, seconds: 20, alone: { prefilled: 50, decoded: 200 } };
  const rates = { prefill: 8000, decode: 2500, utilisation: 0.7 };

  test("are as many as its time holds", () => {
    const { together, alone, cached } = usersOf(load, { ...rates, kvTokens: 100_000 }, { together: 2, alone: 0.9 });
    expect(together.gpuSeconds).toBeCloseTo(100 / 8000 + 4 / 2500);
    expect(together.atOnce).toBeCloseTo((0.7 * 2) / together.gpuSeconds);
    expect(alone.gpuSeconds).toBeCloseTo(5 / 8000 + 20 / 2500);
    expect(alone.stepsAnHour).toBeCloseTo((3600 * 0.7) / alone.gpuSeconds);
    expect(cached).toBe(200);
  });

  test("longer steps cost what they hold; the question to judge them stays as long", () => {
    const longer = withStepTokens(load, 60);
    expect(longer.alone.decoded).toBe(600);
    expect(longer.prefilled).toBe(600 + 800);
    expect(longer.decoded).toBe(30 * 3 + 10);
    expect(withStepTokens(load, 20)).toEqual(load);
  });

  test("of the measured runs, the base model writes about a third of what it would alone, digits included, and reads several times as much", () => {
    const { together, alone } = usersOf(measuredLoad, rates, { together: 2, alone: 1 });
    expect(together.decoded / alone.decoded).toBeLessThan(0.4);
    expect(together.prefilled).toBeGreaterThan(alone.decoded);
  });
});

test("the command prints a table, and says what it needs", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const users = (...options: readonly string[]) => promisify(execFile)(process.execPath, ["--import", "tsx", "src/simulate/users-command.ts", ...options], { cwd: root });
  const { stdout } = await users("--prefill", "8000", "--decode", "2500", "--kv", "100000");
  expect(stdout).toMatch(/\| together \| 92\.0 \| 5\.6 \| 13\.7 ms \| 19 \|/);
  expect(stdout).toContain("transcripts of 552 users");
  await expect(users("--prefill", "8000")).rejects.toMatchObject({ stderr: expect.stringContaining("--decode is needed") as unknown });
});
