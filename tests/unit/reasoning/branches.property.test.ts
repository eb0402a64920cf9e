import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allBranches } from "../../../src/reasoning/branches.ts";
import type { RunEvent } from "../../../src/reasoning/events.ts";
import { emptyRun, foldEvent, foldRun, type Run } from "../../../src/reasoning/run.ts";
import { repairEvent } from "../../../src/runs/repair.ts";
import { headerOf } from "../../support/run-to-end.ts";

const often = { numRuns: Number(process.env["PROPERTY_RUNS"] ?? 1000) };

/** One thing that may happen next, drawn by two numbers: which, and where. */
const doing = fc.record({
  what: fc.constantFrom("draft", "base", "edit", "branch", "late", "switch", "accept", "leave", "roll-back", "answer", "end", "resume"),
  where: fc.nat(50),
});

function next(run: Run, { what, where }: { readonly what: string; readonly where: number }, at: number): readonly RunEvent[] {
  const { steps, nextStep, branches } = run;
  const index = where % (steps.length + 1);
  const step = steps[where % Math.max(1, steps.length)];
  const other = branches[where % Math.max(1, branches.length)];
  const branched = (why: "dropped" | "late-rejection"): RunEvent[] => [{ kind: "branched", toIndex: index, why, steps: steps.slice(index).map(({ id }) => id), at }];
  switch (what) {
    case "draft":
      return [{
        kind: "drafted", step: nextStep, index: steps.length, text: `step ${nextStep}`, end: "blank-line", tokens: 3, promptTokens: 1, prefilledTokens: 1,
        firstTokenSeconds: 0, seconds: 0.1, at,
      }];
    case "base":
      return [{ kind: "base-step", request: 0, step: nextStep, index: steps.length, text: `base ${nextStep}`, end: "blank-line", tokens: 3, seconds: 1, why: "correction", needed: true, at }];
    case "edit":
      return [{ kind: "edited", step: nextStep, index: steps.length, text: `mine ${nextStep}`, at }];
    case "branch":
      return branched("dropped");
    case "late":
      return step === undefined ? [] : [{ kind: "rejected", step: step.id, why: "score", at }, ...branched("late-rejection")];
    case "switch":
      return other === undefined ? [] : [{ kind: "switched", branch: other.number, finished: other.finished, at }];
    case "accept":
      return step === undefined ? [] : [{ kind: "accepted", step: step.id, at }];
    case "leave":
      return step === undefined ? [] : [{ kind: "unverified", step: step.id, why: "later", at }];
    case "roll-back":
      return [{ kind: "rolled-back", toIndex: index, steps: steps.slice(index).map(({ id }) => id), tokens: 0, at }];
    case "answer":
      return [{ kind: "thinking-ended", why: "model", at }, { kind: "answered", request: 1, by: "draft", text: `answer ${at}`, cut: false, tokens: 1, promptTokens: 1, firstTokenSeconds: 0, seconds: 0, at }];
    case "end":
      return [{ kind: "finished", at }];
    default:
      return [{ kind: "resumed", at }];
  }
}

const ids = (steps: readonly { readonly id: number }[]): number[] => steps.map(({ id }) => id);

describe("branches, whatever happens in a run", () => {
  test("lose no step and no answer, are left as they were by what happens in others, and fold the same after a store and a load", () => {
    fc.assert(fc.property(fc.array(doing, { maxLength: 60 }), (doings) => {
      const events: RunEvent[] = [];
      let run = emptyRun(headerOf());
      for (const [at, one] of doings.entries()) {
        for (const event of next(run, one, at)) {
          const before = run;
          run = foldEvent(run, event);
          events.push(event);
          const parts = event.kind === "branched" || event.kind === "switched";
          // What stood stands in some branch, its answer with it; other branches have the same steps as ever.
          for (const branch of parts ? allBranches(before) : before.branches) {
            const after = allBranches(run).find(({ number }) => number === branch.number);
            expect(ids(after?.steps ?? [])).toEqual(ids(branch.steps));
            expect(after?.answer).toEqual(branch.answer);
          }
          expect(allBranches(run).map(({ number }) => number)).toEqual(Array.from({ length: run.branches.length + 1 }, (_, index) => index + 1));
        }
      }
      // A step that branches share is one object with one verdict.
      const seen = new Map<number, unknown>();
      for (const step of allBranches(run).flatMap(({ steps }) => steps)) {
        if (seen.has(step.id)) expect(step).toBe(seen.get(step.id));
        seen.set(step.id, step);
      }
      const stored: unknown[] = JSON.parse(JSON.stringify(events)) as unknown[];
      const loaded = stored.map((event) => repairEvent(event, "event", 0));
      expect(loaded.flatMap(({ repairs }) => repairs)).toEqual([]);
      expect(foldRun(headerOf(), loaded.flatMap(({ value }) => (value === undefined ? [] : [value])))).toEqual(run);
    }), often);
  });
});
