import { describe, expect, test } from "vitest";
import { assumedPace, observePace } from "../../../src/reasoning/pacing.ts";
import { simulateRun } from "../../../src/simulate/simulate.ts";
import { traceOfRun } from "../../../src/simulate/trace-of-run.ts";
import { tracedModels } from "../../../src/simulate/traced-models.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { predictObjectives, whatIf } from "../../../src/simulate/what-if.ts";
import { families, traceOf } from "../../../src/simulate/families.ts";
import { runToEnd } from "../../support/run-to-end.ts";

const [family] = families;
const { timing, runs } = traceOf(family ?? { name: "", rejection: () => ({ afterAccepted: 0, afterRejected: 0 }), tokens: { accepted: 1, rejected: 1, correction: 1 }, steps: [1, 1] }, { runs: 1, seed: 3 });
const run = runs[0] ?? { id: "", steps: [] };

/** A run recorded on the virtual clock, as the app would have recorded it. */
async function recorded(mode: "sync" | "auto", roundTripSeconds: number) {
  const clock = createVirtualClock();
  const models = tracedModels(run, timing, { clock, roundTripSeconds });
  return clock.run(runToEnd({ ...models, clock, settings: { mode, scoring: "greedy", stepTokens: 1e9, tokenBudget: 1e12, answerTokens: 0 } }));
}

describe("a recorded run as a trace", () => {
  test("holds the run's steps, scores, corrections and speeds", async () => {
    const { events } = await recorded("sync", 0.2);
    const { trace, unscored, assumed, roundTripSeconds } = traceOfRun("again", events);
    expect(trace.runs[0]?.steps).toEqual(run.steps);
    expect(roundTripSeconds).toBeCloseTo(0.2);
    expect(unscored).toBe(0);
    expect(assumed).toEqual([]);
    expect(trace.timing.draft.secondsPerToken).toBeCloseTo(timing.draft.secondsPerToken);
    expect(trace.timing.draft.startSeconds).toBeCloseTo(timing.draft.startSeconds);
    expect(trace.timing.base.secondsPerToken).toBeCloseTo(timing.base.secondsPerToken);
    expect(trace.timing.base.startSeconds).toBeCloseTo(timing.base.startSeconds);
    expect(trace.timing.score.seconds).toBeCloseTo(timing.score.seconds);
  });

  test("what-if gives the same as the simulator on the original trace", async () => {
    const { events } = await recorded("sync", 0.2);
    const settings = { mode: "async", objective: "latency", threshold: 7 } as const;
    const { run: original } = await simulateRun(run, timing, { ...settings, roundTripSeconds: 0.3 });
    const guess = await whatIf("again", events, { ...settings, roundTripSeconds: 0.3 });
    expect(guess.seconds).toBeCloseTo(original.seconds, 3);
    expect(guess.baseTokens).toBe(original.baseTokens);
  });

  test("says which steps were never scored", async () => {
    const { events, run: done } = await recorded("auto", 0.1);
    const raced = done.steps.filter((step) => step.author === "base" && step.rejected === undefined).length;
    expect(traceOfRun("auto", events).unscored).toBeLessThanOrEqual(raced);
  });
});

test("the objectives' predictions for a pair follow its pace: cloud asks for fewer base tokens, latency takes no longer", async () => {
  const { events } = await recorded("auto", 0.3);
  const prediction = await predictObjectives(events.reduce(observePace, assumedPace));
  expect(prediction.latency.seconds).toBeLessThanOrEqual(prediction.cloud.seconds * 1.001);
  expect(prediction.cloud.baseTokens).toBeLessThanOrEqual(prediction.latency.baseTokens);
});
