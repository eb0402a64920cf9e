import { describe, expect, test } from "vitest";
import { assumedPace } from "../../../src/reasoning/pacing.ts";
import type { RunEvent } from "../../../src/reasoning/events.ts";
import { foldRun } from "../../../src/reasoning/run.ts";
import { createTimeline, timelineOf, type Span, type Timeline } from "../../../src/reasoning/timeline.ts";
import { families, traceOf } from "../../../src/simulate/families.ts";
import { tracedModels } from "../../../src/simulate/traced-models.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { headerOf, runToEnd } from "../../support/run-to-end.ts";

const drafted = (step: number, index: number, at: number, seconds: number, firstTokenSeconds: number): RunEvent =>
  ({ kind: "drafted", step, index, at, seconds, firstTokenSeconds, text: "a", end: "blank-line", tokens: 3, promptTokens: 9, prefilledTokens: 9 });

const round = ({ kind, row, from, to, wasted }: Span) => `${kind} ${row} ${from.toFixed(2)}-${to.toFixed(2)}${wasted ? " wasted" : ""}`;
const spansOf = ({ rows, answer, open }: Timeline): readonly Span[] => [...rows.flat(), ...answer, ...open];

describe("the timeline of a run", () => {
  test("parts a draft into prefill and decode, a score into link and server, a correction into link, prefill and decode", () => {
    const timeline = timelineOf([
      { kind: "started", at: 0 },
      { kind: "link-measured", roundTripSeconds: 0.2, at: 0 },
      { kind: "draft-started", step: 0, index: 0, at: 0 },
      drafted(0, 0, 1, 1, 0.4),
      { kind: "score-requested", request: 0, steps: [0], at: 1 },
      { kind: "scored", request: 0, step: 0, score: 2, rung: "top-logprobs", at: 1.5 },
      { kind: "score-answered", request: 0, seconds: 0.5, promptTokens: 9, generatedTokens: 1, at: 1.5 },
      { kind: "rejected", step: 0, why: "score", at: 1.5 },
      { kind: "rolled-back", toIndex: 0, steps: [0], tokens: 3, at: 1.5 },
      { kind: "base-started", request: 1, index: 0, why: "correction", at: 1.5 },
      { kind: "base-step", request: 1, step: 1, index: 0, text: "b", end: "blank-line", tokens: 4, seconds: 1, why: "correction", needed: true, at: 2.5 },
      { kind: "base-ended", request: 1, how: "cancelled", firstTokenSeconds: 0.5, seconds: 1.3, generatedTokens: 6, wastedTokens: 2, at: 2.8 },
      { kind: "draft-started", step: 2, index: 1, at: 2.5 },
      drafted(2, 1, 3.5, 1, 0.1),
      { kind: "finished", at: 3.5 },
    ]);
    expect(timeline.rows.map((row) => row.map(round))).toEqual([
      [
        "draft-prefill 0 0.00-0.40 wasted", "draft-decode 0 0.40-1.00 wasted",
        "network 0 1.00-1.10 wasted", "score 0 1.10-1.40 wasted", "network 0 1.40-1.50 wasted",
        "network 0 1.50-1.60", "base-prefill 0 1.60-1.90", "network 0 1.90-2.00", "base-decode 0 2.00-2.50",
      ],
      ["base-decode 1 2.50-2.80 wasted", "idle 1 1.00-2.50", "draft-prefill 1 2.50-2.60", "draft-decode 1 2.60-3.50"],
    ]);
    expect(timeline.rollbacks).toEqual([{ at: 1.5, toRow: 0, fromRow: 0, why: "rejected" }]);
    expect(timeline.spent.wasted).toBeCloseTo(1.8);
    expect(timeline.spent.idle).toBeCloseTo(1.5);
  });

  test("a stop ends what is under way, and what lies before going on is a pause, not idleness", () => {
    const timeline = timelineOf([
      { kind: "started", at: 0 },
      { kind: "draft-started", step: 0, index: 0, at: 0 },
      { kind: "stopped", at: 1 },
      { kind: "resumed", at: 5 },
      { kind: "draft-started", step: 1, index: 0, at: 5 },
      drafted(1, 0, 6, 1, 0),
      { kind: "finished", at: 6 },
    ]);
    expect(spansOf(timeline).map(round)).toEqual(["draft-decode 0 0.00-1.00 wasted", "draft-decode 0 5.00-6.00"]);
    expect(timeline.pauses).toEqual([{ from: 1, to: 5 }]);
  });

  test("shows what is under way up to the latest event", () => {
    const timeline = createTimeline();
    timeline.add({ kind: "started", at: 0 });
    timeline.add({ kind: "draft-started", step: 0, index: 0, at: 0.5 });
    timeline.add({ kind: "draft-text", step: 0, text: "a", at: 2 });
    expect(timeline.read().open).toEqual([{ kind: "draft-decode", row: 0, from: 0.5, to: 2, wasted: false, open: true }]);
  });

  test.each(families.filter((_, place) => place % 4 === 0).flatMap((family) => (["base", "sync", "async", "auto"] as const).map((mode) => [family.name, mode] as const)))(
    "%s in %s: the draft model does one thing at a time, its seconds are the run's, and no span leaves the run", async (name, mode) => {
      const family = families.find((one) => one.name === name);
      if (family === undefined) throw new Error("no such family");
      const { timing, runs } = traceOf(family, { runs: 1, seed: 7 });
      const [first] = runs;
      if (first === undefined) throw new Error("no run");
      const clock = createVirtualClock();
      const models = tracedModels(first, timing, { clock, roundTripSeconds: 0.1 });
      const settings = { mode, scoring: "greedy", stepTokens: 1e9, tokenBudget: 1e12, answerTokens: 0 } as const;
      const { run, events } = await clock.run(runToEnd({ ...models, clock, pace: assumedPace, settings }));
      const timeline = timelineOf(events);
      const spans = spansOf(timeline);
      expect(timeline.open).toEqual([]);
      for (const { from, to } of spans) {
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeGreaterThan(from);
        expect(to).toBeLessThanOrEqual(run.seconds + 1e-9);
      }
      const device = spans.filter(({ kind }) => kind === "idle" || kind.startsWith("draft")).toSorted((a, b) => a.from - b.from);
      for (const [index, span] of device.entries()) if (index > 0) expect(span.from).toBeGreaterThanOrEqual((device[index - 1]?.to ?? 0) - 1e-9);
      const atWork = device.filter(({ kind }) => kind !== "idle").reduce((sum, { from, to }) => sum + to - from, 0);
      expect(atWork).toBeCloseTo(foldRun(headerOf(), events).totals.draftSeconds, 6);
      expect(Object.values(timeline.spent).reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(spans.reduce((sum, { from, to }) => sum + to - from, 0), 6);
      expect(timeline.rows.length).toBeGreaterThanOrEqual(run.steps.length);
    });
});
