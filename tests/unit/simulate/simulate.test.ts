import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/models/seeded-random.ts";
import { families, traceOf } from "../../../src/simulate/families.ts";
import { simulate } from "../../../src/simulate/simulate.ts";
import { parseTrace, type Trace } from "../../../src/simulate/trace.ts";

const timing: Trace["timing"] = {
  draft: { startSeconds: 0.1, secondsPerToken: 0.01 },
  base: { startSeconds: 0.2, secondsPerToken: 0.05 },
  score: { seconds: 0.15 },
};
const traceWith = (steps: Trace["runs"][number]["steps"]): Trace => ({ name: "by hand", timing, runs: [{ id: "one", steps }] });
const threeSteps = traceWith([
  { draftTokens: 10, score: 9, baseTokens: null },
  { draftTokens: 20, score: 2, baseTokens: 16 },
  { draftTokens: 30, score: 9, baseTokens: null },
]);
const at = (roundTripSeconds: number) => ({ roundTripSeconds, objective: "latency", threshold: 7 }) as const;
const familyNamed = (name: string) => {
  const family = families.find((one) => one.name === name);
  if (family === undefined) throw new Error(`no family ${name}`);
  return family;
};

describe("the simulator, where the sum can be done by hand", () => {
  test("the base model alone takes one round trip, its start and its tokens", async () => {
    const result = await simulate(threeSteps, { ...at(0.3), mode: "base" });
    expect(result.seconds).toBeCloseTo(0.3 + 0.2 + 56 * 0.05, 6);
    expect(result.seconds).toBeCloseTo(result.baseOnlySeconds, 6);
    expect(result.baseTokens).toBe(56);
  });

  test("the sequential loop pays a draft and a score a step, and a correction where the score is low", async () => {
    const result = await simulate(threeSteps, { ...at(0.3), mode: "sync" });
    const drafts = 3 * 0.1 + 60 * 0.01;
    expect(result.seconds).toBeCloseTo(drafts + 3 * (0.3 + 0.15) + (0.3 + 0.2 + 16 * 0.05), 6);
    expect(result).toMatchObject({ scoreRequests: 3, baseTokens: 16, draftTokens: 60, accepted: 2 });
  });

  test("drafting ahead costs the recorded time of the steps that follow, and what lies behind a rejection is thrown away", async () => {
    const result = await simulate(threeSteps, { ...at(0.3), mode: "async" });
    // Step 2 is drafted at 0.5 s, its verdict is there at 0.95; by then step 3 (0.4 s) has been drafted in vain.
    expect(result.seconds).toBeCloseTo(0.95 + (0.3 + 0.2 + 0.8) + 0.4 + 0.45, 6);
    expect(result.wastedDraftTokens).toBe(20 + 30);
  });

  test("a threshold above every score makes the base model write all of it", async () => {
    const result = await simulate(threeSteps, { ...at(0.1), mode: "sync", threshold: 9.5 });
    expect(result).toMatchObject({ accepted: 0, baseTokens: 56 });
  });

  test("no loop can be faster than drafts that pass, one after the other, corrections from the moment they can be asked for, and the last score", async () => {
    const result = await simulate(threeSteps, { ...at(0.3), mode: "auto" });
    expect(result.boundSeconds).toBeCloseTo(0.2 + (0.3 + 0.2 + 16 * 0.05) + 0.4 + (0.3 + 0.15), 6);
    // Two rejected steps: the base model's stream writes the second at once.
    const twice = traceWith([{ draftTokens: 10, score: 2, baseTokens: 10 }, { draftTokens: 20, score: 2, baseTokens: 16 }]);
    expect((await simulate(twice, { ...at(0.3), mode: "auto" })).boundSeconds).toBeCloseTo(0.3 + 0.2 + 26 * 0.05, 6);
  });

  test("an empty run takes no time", async () => {
    expect((await simulate(traceWith([]), { ...at(0.1), mode: "auto" })).seconds).toBe(0);
  });

  test("the same trace gives the same result", async () => {
    const trace = traceOf(familyNamed("bursts"), { runs: 3, seed: 5 });
    expect(await simulate(trace, { ...at(0.1), mode: "auto" })).toEqual(await simulate(trace, { ...at(0.1), mode: "auto" }));
  });

  test("3,000 steps are simulated in seconds", async () => {
    const steps = traceOf({ ...familyNamed("usual"), steps: [3000, 3000] }, { runs: 1, seed: 1 });
    const result = await simulate(steps, { ...at(0.1), mode: "auto" });
    expect(result.steps).toBe(3000);
  });

  test("a trace with a wrong field is refused with its name", () => {
    expect(() => parseTrace(JSON.stringify({ ...threeSteps, runs: [{ id: "x", steps: [{ draftTokens: "ten", score: 1, baseTokens: null }] }] })))
      .toThrow("runs.0.steps.0.draftTokens");
    expect(() => parseTrace("<html>")).toThrow("not JSON");
  });
});

describe("auto, over families of traces from easy to hostile", () => {
  const speed = (result: { baseOnlySeconds: number; seconds: number }) => result.baseOnlySeconds / result.seconds;
  const extra = (result: { baseTokens: number; neededBaseTokens: number; baseOnlyTokens: number }) =>
    (result.baseTokens - result.neededBaseTokens) / result.baseOnlyTokens;

  test.each(families.flatMap(({ name }) => [0.1, 0.3].map((link) => [name, link] as const)))("%s at %f s", async (name, link) => {
    const trace = traceOf(familyNamed(name), { runs: 5, seed: 11 });
    const overlap = await simulate(trace, { ...at(link), mode: "async" });
    const latency = await simulate(trace, { ...at(link), mode: "auto" });
    const cloud = await simulate(trace, { ...at(link), mode: "auto", objective: "cloud" });

    expect(speed(latency)).toBeGreaterThan(1);
    expect(speed(latency)).toBeGreaterThanOrEqual(0.995 * speed(overlap));
    expect(speed(cloud)).toBeGreaterThanOrEqual(0.995 * speed(overlap));
    expect(extra(cloud)).toBeLessThan(0.05);
    // Where overlap alone would lose to the base model, speed comes before tokens.
    if (speed(overlap) > 1.1) expect(extra(latency)).toBeLessThan(0.11);
    for (const run of latency.runs) {
      if (run.steps >= 20) expect(speed(run)).toBeGreaterThan(0.999);
      expect(run.seconds).toBeGreaterThanOrEqual(run.boundSeconds - 1e-9);
    }
  }, 60_000);

  test("a base model with which no draft can keep up writes all under latency; balanced still spends little more than a tenth of its tokens", async () => {
    const speeds = { draft: timing.draft, base: { startSeconds: 0.02, secondsPerToken: 0.006 }, score: { seconds: 0.05 } };
    const trace = traceOf(familyNamed("mixed"), { runs: 4, seed: 2, timing: speeds });
    expect(extra(await simulate(trace, { ...at(0), mode: "auto", objective: "balanced" }))).toBeLessThan(0.15);
    expect(speed(await simulate(trace, { ...at(0), mode: "auto" }))).toBeGreaterThan(0.9);
  }, 60_000);

  test("whatever the speeds of models and link, auto is no slower than plain overlap, and hardly ever than the base model alone", async () => {
    const random = seededRandom(3);
    const between = (least: number, most: number) => least * (most / least) ** random();
    for (let index = 0; index < 12; index++) {
      const family = families[Math.floor(random() * families.length)];
      if (family === undefined) continue;
      const speeds = {
        draft: { startSeconds: between(0.02, 0.3), secondsPerToken: between(0.004, 0.015) },
        base: { startSeconds: between(0.03, 0.4), secondsPerToken: between(0.025, 0.07) },
        score: { seconds: between(0.05, 0.4) },
      };
      const trace = traceOf(family, { runs: 3, seed: index, timing: speeds });
      const link = between(0.02, 0.4);
      const overlap = await simulate(trace, { ...at(link), mode: "async" });
      const latency = await simulate(trace, { ...at(link), mode: "auto" });
      expect(speed(latency)).toBeGreaterThanOrEqual(0.995 * speed(overlap));
      for (const run of latency.runs) expect(speed(run)).toBeGreaterThan(0.9);
    }
  }, 60_000);

  test("with corrections of a few tokens over a slow link, where a stream given up too soon is hard to make good, no run falls behind the base model alone", async () => {
    for (const seed of [1, 2]) {
      const result = await simulate(traceOf(familyNamed("as recorded D"), { runs: 60, seed }), { ...at(0.3), mode: "auto" });
      for (const run of result.runs) if (run.steps >= 20) expect(speed(run)).toBeGreaterThan(0.999);
      expect(speed(result)).toBeGreaterThan(2.4);
      expect(extra(result)).toBeLessThan(0.1);
    }
  }, 60_000);

  test("on traces that give the recorded pair's figures, auto is 2.3 times as fast as the base model alone at 100 ms, 2.2 times at 300 ms, for a tenth of its tokens", async () => {
    const trace = traceOf(familyNamed("as recorded E"), { runs: 60, seed: 1 });
    for (const [link, least] of [[0.1, 2.3], [0.3, 2.2]] as const) {
      const result = await simulate(trace, { ...at(link), mode: "auto" });
      expect(speed(result)).toBeGreaterThan(least);
      expect(extra(result)).toBeLessThan(0.1);
      for (const run of result.runs) if (run.steps >= 20) expect(speed(run)).toBeGreaterThan(1);
    }
  }, 60_000);
});
