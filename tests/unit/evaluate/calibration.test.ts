import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptedForCertainty, areaInterval, areaUnderRoc, chooseThreshold, histogram, rocCurve, thresholdCost } from "../../../src/evaluate/calibration.ts";
import type { JudgedStep } from "../../../src/evaluate/judged-steps.ts";
import { wilson } from "../../../src/evaluate/statistics.ts";
import { seededRandom } from "../../../src/models/seeded-random.ts";

const of = (right: boolean, ...scores: readonly number[]): JudgedStep[] => scores.map((score, place) => ({ run: `run ${place}`, score, right }));
/** So many steps of each, whose scores overlap. */
function overlapping(right: number, wrong: number, seed: number): JudgedStep[] {
  const random = seededRandom(seed);
  return [...of(true, ...Array.from({ length: right }, () => 9 * Math.sqrt(random()))), ...of(false, ...Array.from({ length: wrong }, () => 9 * random() ** 2))];
}
const anySteps = fc.array(fc.record({ run: fc.constantFrom("a", "b", "c", "d"), score: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 9, noNaN: true })), right: fc.boolean() }), { maxLength: 60 });

describe("the histogram", () => {
  test("counts every step once, 0 in its first bin and 9 in its last", () => {
    fc.assert(fc.property(anySteps, (steps) => {
      const bins = histogram(steps);
      expect(bins.reduce((sum, { right }) => sum + right, 0)).toBe(steps.filter(({ right }) => right).length);
      expect(bins.reduce((sum, { wrong }) => sum + wrong, 0)).toBe(steps.filter(({ right }) => !right).length);
    }));
    expect(histogram([...of(true, 9, 8.6, 8.4), ...of(false, 0)]).filter(({ right, wrong }) => right + wrong > 0)).toEqual([
      { from: 0, to: 0.5, right: 0, wrong: 1 }, { from: 8, to: 8.5, right: 1, wrong: 0 }, { from: 8.5, to: 9, right: 2, wrong: 0 },
    ]);
  });
});

describe("the ROC", () => {
  test("rises from nothing accepted to all accepted, and the area under it is the share of pairs in the right order, ties half", () => {
    fc.assert(fc.property(anySteps, (steps) => {
      const [right, wrong] = [steps.filter((step) => step.right), steps.filter((step) => !step.right)];
      const curve = rocCurve(steps);
      const area = areaUnderRoc(steps);
      if (right.length === 0 || wrong.length === 0) {
        expect([curve, area]).toEqual([[], undefined]);
        return;
      }
      const pairs = right.flatMap(({ score }) => wrong.map((other) => (score > other.score ? 1 : score === other.score ? 0.5 : 0)));
      expect(area).toBeCloseTo(pairs.reduce((sum: number, one) => sum + one, 0) / pairs.length, 10);
      let trapezia = 0;
      for (const [place, point] of curve.slice(1).entries()) {
        const before = curve[place];
        if (before === undefined) throw new Error("no point before");
        expect(point.rightAccepted).toBeGreaterThanOrEqual(before.rightAccepted);
        expect(point.wrongAccepted).toBeGreaterThanOrEqual(before.wrongAccepted);
        trapezia += (point.wrongAccepted - before.wrongAccepted) * (point.rightAccepted + before.rightAccepted) / 2;
      }
      expect(trapezia).toBeCloseTo(area ?? Number.NaN, 10);
      expect(curve.at(-1)).toMatchObject({ rightAccepted: 1, wrongAccepted: 1 });
    }));
  });

  test("has an interval that holds the area, narrows with more steps and covers the truth about as often as it says", () => {
    const few = overlapping(40, 20, 1);
    const many = overlapping(800, 400, 1);
    const width = (steps: readonly JudgedStep[]): number => {
      const { low, high } = areaInterval(steps);
      const area = areaUnderRoc(steps) ?? Number.NaN;
      expect(low).toBeLessThanOrEqual(area);
      expect(high).toBeGreaterThanOrEqual(area);
      return high - low;
    };
    expect(width(many)).toBeLessThan(width(few) / 2);
    // P(9 sqrt(u) > 9 v²) = 1 - E[v⁴] = 0.8.
    const holding = Array.from({ length: 60 }, (_, seed) => areaInterval(overlapping(60, 40, seed + 1))).filter(({ low, high }) => low <= 0.8 && high >= 0.8);
    expect(holding.length).toBeGreaterThanOrEqual(50);
  });

  test("is not sure of itself where few steps happen to be told apart", () => {
    const steps = [...of(true, 9, 9, 9, 8, 8), ...of(false, 1, 1, 0)];
    expect(areaUnderRoc(steps)).toBe(1);
    expect(areaInterval(steps)).toEqual({ low: wilson(3, 3).low, high: 1 });
    expect(areaInterval([])).toEqual({ low: 0, high: 1 });
  });

  test("counts steps of one run as less than steps of many", () => {
    const apart = overlapping(200, 100, 3).map((step, place) => ({ ...step, run: String(place) }));
    const width = (steps: readonly JudgedStep[]): number => areaInterval(steps).high - areaInterval(steps).low;
    // Ten copies of each step within a run are no more knowledge than one.
    const copied = apart.slice(0, 30).concat(apart.slice(200, 230)).flatMap((step) => Array.from({ length: 10 }, () => step));
    expect(width(copied)).toBeGreaterThan(2 * width(apart));
  });
});

describe("the threshold for a wanted error rate", () => {
  const times = (count: number, score: number): number[] => Array.from({ length: count }, () => score);

  test("is the lowest that meets it, in the middle of those alike, and says what it costs", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0, max: 0.5, noNaN: true }), (seed, wanted) => {
      const drawn = overlapping(60, 30, seed);
      const choice = chooseThreshold(drawn, wanted);
      if (choice.kind === "too-few") throw new Error("too few");
      const meeting = Array.from({ length: 91 }, (_, tenths) => thresholdCost(drawn, tenths / 10)).filter(({ accepted, errorRate }) => accepted > 0 && errorRate <= wanted);
      if (choice.kind === "none") expect(meeting).toEqual([]);
      else expect({ ...choice.cost, threshold: 0 }).toEqual({ ...meeting[0], threshold: 0 });
    }));
    const steps = [...of(true, ...times(30, 5), ...times(30, 8)), ...of(false, ...times(10, 4), ...times(5, 6), 8.5)];
    expect(chooseThreshold(steps, 0.05)).toMatchObject({ kind: "found", sure: false, cost: { threshold: 7, wrongAccepted: 1, accepted: 31, rightRejected: 30, rejected: 45 / 76 } });
    expect(chooseThreshold(steps, 0.1)).toMatchObject({ kind: "found", cost: { threshold: 4.5, wrongAccepted: 6, accepted: 66, rightRejected: 0 } });
  });

  test("is not named where too few steps are right or wrong", () => {
    expect(chooseThreshold([...of(true, 9, 9, 9), ...of(false, 1)], 0.1)).toEqual({ kind: "too-few", right: 3, wrong: 1 });
    expect(chooseThreshold([], 0.1)).toEqual({ kind: "too-few", right: 0, wrong: 0 });
  });

  test("does not exist where the base model cannot tell", () => {
    const blind = [...of(true, ...times(30, 9)), ...of(false, ...times(30, 9))];
    expect(chooseThreshold(blind, 0.1)).toMatchObject({ kind: "none", best: { errorRate: 0.5 } });
  });

  test("is sure once the interval's upper end meets it", () => {
    const needed = acceptedForCertainty(0, 0.05) ?? Number.NaN;
    expect(wilson(0, needed).high).toBeLessThanOrEqual(0.05);
    expect(wilson(0, needed - 1).high).toBeGreaterThan(0.05);
    const many = [...of(true, ...times(needed, 8)), ...of(false, ...times(10, 1))];
    expect(chooseThreshold(many, 0.05)).toMatchObject({ kind: "found", sure: true });
    expect(chooseThreshold(many.slice(1), 0.05)).toMatchObject({ kind: "found", sure: false });
    expect(acceptedForCertainty(0.05, 0.05)).toBeUndefined();
    const more = acceptedForCertainty(0.04, 0.05) ?? Number.NaN;
    expect(wilson(0.04 * more, more).high).toBeLessThanOrEqual(0.05);
    expect(wilson(0.04 * (more - 1), more - 1).high).toBeGreaterThan(0.05);
  });
});
