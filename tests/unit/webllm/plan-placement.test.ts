import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planPlacement, type PlacementMeans } from "../../../src/models/webllm/plan-placement.ts";

const right: PlacementMeans = { rollback: true, append: "prefill", reuse: "fastest", prefillChunk: 4, secondsPerPrefilled: 1, secondsPerDecoded: 1 };
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe("where to keep and what to forward", () => {
  test("keeps the common prefix and forwards the rest in chunks", () => {
    expect(planPlacement([1, 2, 3, 9, 9], [1, 2, 3, 4, 5, 6, 7, 8, 9], right)).toEqual({
      keep: 3, lost: 0, forwards: [{ way: "prefill", from: 3, to: 7 }, { way: "prefill", from: 7, to: 9 }],
    });
  });

  test("forwards the last token again where everything is held, so that there are logits", () => {
    expect(planPlacement([1, 2, 3], [1, 2, 3], right)).toEqual({ keep: 2, lost: 0, forwards: [{ way: "prefill", from: 2, to: 3 }] });
  });

  test("without rollback keeps only what is continued", () => {
    const means = { ...right, rollback: false };
    expect(planPlacement([1, 2], [1, 2, 3], means).keep).toBe(2);
    expect(planPlacement([1, 2, 9], [1, 2, 3], means)).toMatchObject({ keep: 0, lost: 2 });
    expect(planPlacement([1, 2, 3], [1, 2, 3], means)).toMatchObject({ keep: 0, lost: 2 });
  });

  test("where one forward appends wrongly, prefills the first chunk only and steps through the rest", () => {
    const means: PlacementMeans = { ...right, append: "steps" };
    expect(planPlacement([], [1, 2, 3, 4, 5, 6], means).forwards).toEqual([
      { way: "prefill", from: 0, to: 4 }, { way: "step", from: 4, to: 5 }, { way: "step", from: 5, to: 6 },
    ]);
    expect(planPlacement([1, 2, 3], [1, 2, 3, 4, 5], means)).toEqual({ keep: 3, lost: 0, forwards: [{ way: "step", from: 3, to: 4 }, { way: "step", from: 4, to: 5 }] });
  });

  test("prefills from the start where that is faster than stepping, unless told to reuse", () => {
    const means: PlacementMeans = { ...right, append: "steps", prefillChunk: 100, secondsPerPrefilled: 0.1, secondsPerDecoded: 1 };
    const held = range(0, 20);
    expect(planPlacement(held, range(0, 23), means).keep).toBe(0);
    expect(planPlacement(held, range(0, 21), means).keep).toBe(20);
    expect(planPlacement(held, range(0, 23), { ...means, reuse: "always" }).keep).toBe(20);
    // Behind the first chunk a fresh start steps as well.
    expect(planPlacement(held, range(0, 23), { ...means, prefillChunk: 8 }).keep).toBe(20);
  });

  test("always covers exactly the tokens that are not kept, in order, within a chunk, and at least one", () => {
    const token = fc.integer({ min: 0, max: 2 });
    const means = fc.record({
      rollback: fc.boolean(), append: fc.constantFrom("prefill", "steps", "never"), reuse: fc.constantFrom("fastest", "always"),
      prefillChunk: fc.integer({ min: 1, max: 5 }), secondsPerPrefilled: fc.double({ min: 0.01, max: 2, noNaN: true }), secondsPerDecoded: fc.double({ min: 0.01, max: 2, noNaN: true }),
    });
    fc.assert(fc.property(fc.array(token), fc.array(token, { minLength: 1 }), means, (held, wanted, given) => {
      const { keep, forwards } = planPlacement(held, wanted, given);
      expect(held.slice(0, keep)).toEqual(wanted.slice(0, keep));
      expect(forwards.flatMap(({ from, to }) => range(from, to))).toEqual(range(keep, wanted.length));
      expect(forwards.length).toBeGreaterThan(0);
      for (const { way, from, to } of forwards) {
        expect(to - from).toBeLessThanOrEqual(way === "step" ? 1 : given.prefillChunk);
        if (given.append === "steps" && way === "prefill") expect(from).toBe(0);
      }
      if (!given.rollback && keep > 0) expect(keep).toBe(held.length);
      if (given.append === "never") expect(keep).toBe(0);
    }));
  });
});
