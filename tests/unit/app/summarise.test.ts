import { describe, expect, test } from "vitest";
import { announcementOf } from "../../../src/app/run/announcement.ts";
import { summarise } from "../../../src/app/run/summarise.ts";
import type { RunEvent, RunEventBody } from "../../../src/reasoning/events.ts";
import { emptyRun, foldEvent, foldRun } from "../../../src/reasoning/run.ts";
import { headerOf } from "../../support/run-to-end.ts";

const drafted = (step: number, index: number, tokens: number): RunEventBody => ({
  kind: "drafted", step, index, text: `step ${index}`, end: "blank-line", tokens, promptTokens: 50, prefilledTokens: 10, firstTokenSeconds: 0.1, seconds: 1,
});
const answered = (request: number): RunEventBody => ({ kind: "score-answered", request, seconds: 0.5, promptTokens: 60, generatedTokens: 1 });

/** One step accepted, one corrected with a step drafted ahead of it in vain, the answer by the draft model. */
const bodies: readonly RunEventBody[] = [
  { kind: "started" },
  { kind: "link-measured", roundTripSeconds: 0.2 },
  drafted(0, 0, 10), { kind: "score-requested", request: 0, steps: [0] }, drafted(1, 1, 12),
  { kind: "scored", request: 0, step: 0, score: 8.5, rung: "top-logprobs" }, answered(0), { kind: "accepted", step: 0 },
  { kind: "score-requested", request: 1, steps: [1] }, drafted(2, 2, 14),
  { kind: "scored", request: 1, step: 1, score: 2, rung: "top-logprobs" }, answered(1), { kind: "rejected", step: 1, why: "score" },
  { kind: "rolled-back", toIndex: 1, steps: [1, 2], tokens: 26 },
  { kind: "base-started", request: 2, index: 1, why: "correction" },
  { kind: "base-step", request: 2, step: 3, index: 1, text: "better", end: "end-of-thinking", tokens: 20, seconds: 2, why: "correction", needed: true },
  { kind: "base-ended", request: 2, how: "finished", seconds: 2, generatedTokens: 21, wastedTokens: 0 },
  { kind: "answer-started", request: 3, by: "draft" },
  { kind: "answered", request: 3, by: "draft", text: "42", cut: false, tokens: 5, promptTokens: 90, firstTokenSeconds: 0.1, seconds: 0.5 },
  { kind: "finished" },
];
const events = bodies.map((body, index): RunEvent => ({ ...body, at: index }));

describe("the summary of a run", () => {
  const summary = summarise(foldRun(headerOf(), events));

  test("counts every drafted step, the dropped ones too, and each verdict once", () => {
    expect(summary).toMatchObject({ drafted: 3, accepted: 1, corrected: 1, unverified: 0, byBase: 0, acceptance: 0.5 });
  });

  test("holds the base model's tokens, scores included, against what it would have written alone", () => {
    expect(summary.baseTokens).toBe(21 + 2);
    expect(summary.baseOnlyTokens).toBe(10 + 20 + 5);
  });

  test("splits the waiting into network and base model by the measured round trip", () => {
    expect(summary.deviceSeconds).toBeCloseTo(3.5);
    expect(summary.networkSeconds).toBeCloseTo(3 * 0.2);
    expect(summary.baseSeconds).toBeCloseTo(0.5 + 0.5 + 2 - 0.6);
  });

  test("does not invent a network time or an acceptance", () => {
    const { networkSeconds, acceptance } = summarise(emptyRun(headerOf()));
    expect(networkSeconds).toBeUndefined();
    expect(acceptance).toBeUndefined();
  });

  test("says of a run by the base model alone what it is", () => {
    const alone = foldRun(headerOf({ mode: "base" }), [
      { kind: "base-step", request: 0, step: 0, index: 0, text: "a", end: "blank-line", tokens: 9, seconds: 1, why: "alone", needed: true, at: 1 },
    ]);
    expect(summarise(alone)).toMatchObject({ drafted: 0, accepted: 0, byBase: 1 });
  });
});

describe("a screen reader", () => {
  test("hears each verdict and the end, in order, and nothing else", () => {
    let run = emptyRun(headerOf());
    const heard = events.flatMap((event) => {
      run = foldEvent(run, event);
      return announcementOf(run, event) ?? [];
    });
    expect(heard).toEqual([
      { kind: "accepted", number: 1, score: 8.5 },
      { kind: "corrected", number: 2 },
      { kind: "finished" },
    ]);
  });
});
