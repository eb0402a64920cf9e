import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allBranches } from "../../../src/reasoning/branches.ts";
import { eventsOfChange, holdsBlankLine, type Change } from "../../../src/reasoning/changes.ts";
import type { Mode } from "../../../src/reasoning/policy.ts";
import { foldEvent, type Run } from "../../../src/reasoning/run.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { runToEnd } from "../../support/run-to-end.ts";
import { scriptedPair, type ScriptedPairSettings } from "../../support/scripted-pair.ts";

const usual = { luck: 1, script: 2, steps: 5, rejected: 0.3 };

async function goOn(run: Run | undefined, settings: Partial<ScriptedPairSettings> = {}, mode: Mode = "sync") {
  const clock = createVirtualClock();
  const pair = scriptedPair({ ...usual, ...settings, clock });
  const seeds: (number | undefined)[] = [];
  const draft = { ...pair.draft, generate: (request: Parameters<typeof pair.draft.generate>[0]) => {
    seeds.push(request.seed);
    return pair.draft.generate(request);
  } };
  const ended = await clock.run(runToEnd({ draft, base: pair.base, clock, ...(run === undefined ? { settings: { mode } } : { run }) }));
  return { ...ended, pair, seeds };
}

const changed = (run: Run, change: Change): Run =>
  eventsOfChange(run, change).reduce((latest, body) => foldEvent(latest, { ...body, at: latest.seconds }), run);
const idAt = (run: Run, index: number): number => run.steps[index]?.id ?? -1;
const texts = (run: { readonly steps: readonly { readonly text: string }[] }): string[] => run.steps.map(({ text }) => text);

describe("a finished run the reader changes", () => {
  test("goes on from the reader's own step with another answer, and keeps the old branch whole", async () => {
    const { run: first } = await goOn(undefined);
    const { run, events } = await goOn(changed(first, { kind: "edit", step: idAt(first, 2), text: "  mine,\n\nin two lines " }));
    expect(run.steps[2]).toMatchObject({ author: "reader", verdict: "edited", text: "mine,\nin two lines" });
    expect(texts(run).slice(0, 2)).toEqual(texts(first).slice(0, 2));
    expect(run.steps).toHaveLength(5);
    expect(run.answer?.text).not.toBe(first.answer?.text);
    expect(run.status).toBe("finished");
    expect(run.branches).toMatchObject([{ number: 1, steps: first.steps, answer: first.answer, finished: true }]);
    expect(run.branch).toMatchObject({ number: 2, parted: { index: 2, why: "edited", from: 1 } });
    expect(events.some((event) => event.kind === "scored" && event.step === run.steps[2]?.id)).toBe(false);
  });

  test("has the base model write the step it is asked for, and nobody judge it", async () => {
    const { run: first } = await goOn(undefined, { rejected: 0 });
    const { run, pair } = await goOn(changed(first, { kind: "ask-base", step: idAt(first, 1) }), { rejected: 0 });
    expect(run.steps[1]).toMatchObject({ author: "base", verdict: "accepted", why: "asked", text: pair.baseOf(`${first.steps[0]?.text}\n\n`) });
    expect(run.steps[2]?.author).toBe("draft");
    expect(run.status).toBe("finished");
  });

  test("waits at rest where the base model it asks is away, and asks it when taken up again", async () => {
    const { run: first } = await goOn(undefined, { rejected: 0 });
    const { run: waiting } = await goOn(changed(first, { kind: "ask-base", step: idAt(first, 1) }), { away: [0, Infinity] });
    expect(waiting).toMatchObject({ status: "failed", failure: { kind: "server-failed" } });
    expect(waiting.steps).toHaveLength(1);
    expect(waiting.branches[0]?.steps).toEqual(first.steps);
    const { run } = await goOn(waiting, { rejected: 0 });
    expect(run.steps[1]).toMatchObject({ author: "base", why: "asked" });
    expect(run.status).toBe("finished");
  });

  test.each(["draft-again", "drop"] as const)("drafts with a seed never used at that place before (%s)", async (kind) => {
    const { run: first, seeds: before } = await goOn(undefined, { rejected: 0 });
    const again = await goOn(changed(first, { kind, step: idAt(first, 3) }), { rejected: 0 });
    expect(before).not.toContain(again.seeds[0]);
    const third = await goOn(changed(again.run, { kind, step: idAt(again.run, 3) }), { rejected: 0 });
    expect([...before, again.seeds[0]]).not.toContain(third.seeds[0]);
    expect(again.seeds.slice(1)).toEqual(before.slice(4));
  });

  test("is as it was after a switch and back, and can go on in either branch", async () => {
    const { run: first } = await goOn(undefined);
    const dropped = changed(first, { kind: "drop", step: idAt(first, 1) });
    expect(dropped).toMatchObject({ status: "stopped", steps: first.steps.slice(0, 1) });
    const back = changed(dropped, { kind: "switch", branch: 1 });
    expect(back).toMatchObject({ status: "finished", steps: first.steps, answer: first.answer, branch: { number: 1 } });
    const there = changed(back, { kind: "switch", branch: 2 });
    expect({ ...there, seconds: 0 }).toEqual({ ...dropped, seconds: 0 });
    expect((await goOn(there)).run.status).toBe("finished");
  });

  test("stays as it is where the step or the branch is gone, or nothing is written", async () => {
    const { run } = await goOn(undefined);
    expect(eventsOfChange(run, { kind: "drop", step: 999 })).toEqual([]);
    expect(eventsOfChange(run, { kind: "switch", branch: 7 })).toEqual([]);
    expect(eventsOfChange(run, { kind: "edit", step: idAt(run, 0), text: " \n " })).toEqual([]);
    expect(holdsBlankLine("one\n \ntwo")).toBe(true);
    expect(holdsBlankLine("one\ntwo\n\n")).toBe(false);
  });
});

test("whatever the reader changes, wherever, in whatever mode and with the base model away or not: the run ends, every step has its verdict, no branch loses a step", async () => {
  const change = fc.record({ kind: fc.constantFrom("edit", "ask-base", "draft-again", "drop", "switch"), where: fc.nat(9), away: fc.boolean() });
  await fc.assert(fc.asyncProperty(fc.nat(), fc.constantFrom<Mode>("sync", "async", "auto"), fc.array(change, { minLength: 1, maxLength: 5 }), async (script, mode, changes) => {
    let { run } = await goOn(undefined, { script }, mode);
    for (const { kind, where, away } of changes) {
      const step = idAt(run, where % Math.max(1, run.steps.length));
      const before = allBranches(run);
      const wanted: Change = kind === "switch" ? { kind, branch: 1 + (where % before.length) }
        : kind === "edit" ? { kind, step, text: `mine ${where}` } : { kind: kind as "drop", step };
      const next = changed(run, wanted);
      for (const branch of before) {
        expect(allBranches(next).find(({ number }) => number === branch.number)?.steps.map(({ id }) => id)).toEqual(branch.steps.map(({ id }) => id));
      }
      ({ run } = await goOn(next, { script, ...(away ? { away: [0, Infinity] } : {}) }, mode));
      expect(["finished", "failed"]).toContain(run.status);
      if (run.status === "finished") for (const { verdict } of run.steps) expect(verdict).not.toBe("pending");
      if (!away) expect(run.status).toBe("finished");
    }
  }), { numRuns: Number(process.env["PROPERTY_RUNS"] ?? 300) });
}, 240_000);
