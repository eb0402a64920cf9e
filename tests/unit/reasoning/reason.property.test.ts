import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Mode, Objective } from "../../../src/reasoning/policy.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { runToEnd } from "../../support/run-to-end.ts";
import { scriptedPair, type ScriptedPairSettings } from "../../support/scripted-pair.ts";

/** Thousands over the file; each run takes a few milliseconds. */
const often = { numRuns: Number(process.env["PROPERTY_RUNS"] ?? 1000) };
const patience = 240_000;

const scripts = fc.record({
  luck: fc.nat(),
  script: fc.nat(),
  steps: fc.integer({ min: 0, max: 9 }),
  rejected: fc.constantFrom(0, 0.1, 0.3, 0.6, 1),
  slowest: fc.constantFrom(0, 0.05, 1),
});

async function solve(settings: Omit<ScriptedPairSettings, "clock">, mode: Mode, more: { objective?: Objective; window?: number; stopAt?: number } = {}) {
  const clock = createVirtualClock();
  const pair = scriptedPair({ ...settings, clock });
  const stop = new AbortController();
  const { stopAt, ...policy } = more;
  if (stopAt !== undefined) void clock.wait(stopAt).then(() => stop.abort());
  const ended = await clock.run(runToEnd({ draft: pair.draft, base: pair.base, clock, signal: stop.signal, settings: { mode, ...policy } }));
  return { ...ended, pair, clock };
}

const transcript = (run: { readonly steps: readonly { readonly author: string; readonly text: string }[] }) =>
  run.steps.map(({ author, text }) => ({ author, text }));

describe("reason(), whatever the order and delay of what its models do", () => {
  test("sync and async arrive at the same transcript, that of SpecReason's loop", async () => {
    await fc.assert(fc.asyncProperty(scripts, fc.integer({ min: 1, max: 9 }), fc.nat(), async (settings, window, otherLuck) => {
      const sync = await solve(settings, "sync");
      const overlapped = await solve({ ...settings, luck: otherLuck }, "async", { window });
      expect(transcript(sync.run)).toEqual(sync.pair.expected());
      expect(transcript(overlapped.run)).toEqual(sync.pair.expected());
      expect(overlapped.run.answer?.text).toBe(sync.run.answer?.text);
    }), often);
  }, patience);

  test("in auto every step follows from those before it, accepted by score or written by the base model, and nothing drafted behind a rejection survives", async () => {
    await fc.assert(fc.asyncProperty(scripts, fc.constantFrom<Objective>("latency", "balanced", "cloud"), async (settings, objective) => {
      const { run, pair } = await solve(settings, "auto", { objective });
      let before = "";
      for (const step of run.steps) {
        expect(step.text).toBe(step.author === "draft" ? pair.draftOf(before) : pair.baseOf(before));
        if (step.author === "draft") expect(pair.digitOf(before + step.text)).toBeGreaterThanOrEqual(7);
        before += `${step.text}\n\n`;
      }
      expect(run.steps).toHaveLength(settings.steps);
      expect(run.status).toBe("finished");
    }), often);
  }, patience);

  test("no step is left without a verdict, none is scored twice, no request is left open", async () => {
    await fc.assert(fc.asyncProperty(scripts, fc.constantFrom<Mode>("sync", "async", "auto"), fc.constantFrom(0, 0.2), async (settings, mode, failing) => {
      const { run, events, pair } = await solve({ ...settings, failing }, mode);
      expect(run.status).toBe("finished");
      expect(run.steps.map(({ verdict }) => verdict)).not.toContain("pending");
      const scored = events.flatMap((event) => (event.kind === "scored" ? [event.step] : []));
      expect(new Set(scored).size).toBe(scored.length);
      expect(new Set(pair.scoredPrompts).size).toBe(pair.scoredPrompts.length);
      expect(pair.active).toBe(0);
      expect(run.totals.scoreRequests).toBe(events.filter(({ kind }) => kind === "score-answered" || kind === "score-dropped").length);
      expect(events.filter(({ kind }) => kind === "base-started").length).toBe(events.filter(({ kind }) => kind === "base-ended").length);
    }), often);
  }, patience);

  test("a base model that is away never fails a run; taken up again, verification goes on from the first unverified step", async () => {
    await fc.assert(fc.asyncProperty(scripts, fc.constantFrom<Mode>("sync", "async", "auto"), fc.double({ min: 0, max: 6, noNaN: true }), async (settings, mode, from) => {
      const first = await solve({ ...settings, away: [from, Infinity] }, mode);
      expect(first.run.status).toBe("finished");
      expect(first.run.answer).toBeDefined();
      for (const step of first.run.steps) expect(["accepted", "corrected", "unverified"]).toContain(step.verdict);
      const clock = createVirtualClock();
      const pair = scriptedPair({ ...settings, clock });
      const { run } = await clock.run(runToEnd({ draft: pair.draft, base: pair.base, clock, run: first.run }));
      expect(run.status).toBe("finished");
      for (const step of run.steps) expect(["accepted", "corrected"]).toContain(step.verdict);
      const twice = pair.scoredPrompts.filter((prompt) => first.pair.scoredPrompts.includes(prompt));
      expect(twice).toEqual([]);
    }), often);
  }, patience);

  test("a run that is stopped at any time keeps what was finished, leaves no request open, and goes on to the same end", async () => {
    await fc.assert(fc.asyncProperty(scripts, fc.constantFrom<Mode>("sync", "async"), fc.double({ min: 0, max: 12, noNaN: true }), async (settings, mode, stopAt) => {
      const first = await solve(settings, mode, { stopAt });
      expect(first.pair.active).toBe(0);
      if (first.run.status === "finished") return;
      expect(first.run.status).toBe("stopped");
      const clock = createVirtualClock();
      const pair = scriptedPair({ ...settings, clock });
      const { run } = await clock.run(runToEnd({ draft: pair.draft, base: pair.base, clock, run: first.run }));
      expect(transcript(run)).toEqual(pair.expected());
    }), often);
  }, patience);
});
