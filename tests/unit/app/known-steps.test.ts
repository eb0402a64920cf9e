import { describe, expect, test } from "vitest";
import { withKnownSteps } from "../../../src/app/run/known-steps.ts";
import type { RunEvent, RunEventBody } from "../../../src/reasoning/events.ts";
import { foldEvent, foldRun } from "../../../src/reasoning/run.ts";
import { headerOf } from "../../support/run-to-end.ts";

const drafted = (step: number, index: number): RunEventBody => ({
  kind: "drafted", step, index, text: `step ${index}`, end: "blank-line", tokens: 9, promptTokens: 50, prefilledTokens: 10, firstTokenSeconds: 0.1, seconds: 1,
});
const timed = (bodies: readonly RunEventBody[]) => bodies.map((body, index): RunEvent => ({ ...body, at: index }));
const begun = timed([{ kind: "started" }, drafted(0, 0), drafted(1, 1)]);
const read = (events: readonly RunEvent[], id = "run") => foldRun({ ...headerOf(), id }, structuredClone([...events]));

describe("a run that is read again", () => {
  test("keeps the objects of the steps that say the same, and only those", () => {
    const known = read(begun);
    const more = [...begun, ...timed([{ kind: "accepted", step: 1 }, drafted(2, 2)])];
    const run = withKnownSteps(read(more), known);
    expect(run).toEqual(read(more));
    expect(run.steps.map((step, index) => step === known.steps[index])).toEqual([true, false, false]);
  });

  test("has nothing of another run, nor of none", () => {
    const run = read(begun);
    expect(withKnownSteps(run, read(begun, "other"))).toBe(run);
    expect(withKnownSteps(run, undefined)).toBe(run);
  });

  test("goes on like the run itself where branches share a step: its verdict counts in all of them", () => {
    const parted = [...begun, ...timed([{ kind: "branched", toIndex: 1, why: "dropped", steps: [1] }, drafted(2, 1)])];
    const after = foldEvent(withKnownSteps(read(parted), read(parted)), { kind: "accepted", step: 0, at: 9 });
    expect(after).toEqual(read([...parted, { kind: "accepted", step: 0, at: 9 }]));
    expect(after.branches[0]?.steps[0]?.verdict).toBe("accepted");
  });
});
