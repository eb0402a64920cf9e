import * as fc from "fast-check";
import type { Token } from "node-llama-cpp";
import { describe, expect, it } from "vitest";
import { sample, type Sampling, seededRandom } from "../../../src/local-base/sampling.ts";

const plain: Sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, allowed: undefined, bias: new Map() };
/** Token ids 0, 1, 2, … with these probabilities. */
function distribution(probabilities: readonly number[]): ReadonlyMap<Token, number> {
  const tokens = new Map<Token, number>();
  const ids: readonly unknown[] = probabilities.map((_, id) => id);
  ids.forEach((id, place) => {
    if (isToken(id)) tokens.set(id, probabilities[place] ?? 0);
  });
  return tokens;
}
const isToken = (id: unknown): id is Token => typeof id === "number";
const draws = (sampling: Sampling, probabilities: readonly number[], count: number): number[] => {
  const random = seededRandom(5);
  return Array.from({ length: count }, () => sample(distribution(probabilities), sampling, random) ?? -1);
};

const shareOfFirst = (temperature: number): number =>
  draws({ ...plain, temperature }, [0.6, 0.4], 5000).filter((token) => token === 0).length / 5000;

describe("sampling", () => {
  it("takes the most likely token at temperature 0, the most likely allowed one under a mask", () => {
    const probabilities = [0.6, 0.3, 0.1];
    expect(draws({ ...plain, temperature: 0 }, probabilities, 3)).toEqual([0, 0, 0]);
    expect(draws({ ...plain, temperature: 0, allowed: new Set([2, 1]) }, probabilities, 1)).toEqual([1]);
    expect(draws({ ...plain, temperature: 0, bias: new Map([[2, 100]]) }, probabilities, 1)).toEqual([2]);
  });

  it("draws each token as often as it is likely", () => {
    const drawn = draws(plain, [0.5, 0.3, 0.2], 20_000);
    for (const [token, probability] of [0.5, 0.3, 0.2].entries())
      expect(drawn.filter((one) => one === token).length / drawn.length).toBeCloseTo(probability, 1);
  });

  it("sharpens with a low temperature", () => {
    // 0.6² against 0.4²
    expect(shareOfFirst(0.5)).toBeCloseTo(0.36 / 0.52, 1);
    expect(shareOfFirst(0.05)).toBeGreaterThan(0.99);
  });

  it("leaves out the tail by top_p after temperature, by top_k and by min_p", () => {
    expect(new Set(draws({ ...plain, topP: 0.79 }, [0.5, 0.3, 0.15, 0.05], 2000))).toEqual(new Set([0, 1]));
    expect(new Set(draws({ ...plain, topK: 3 }, [0.5, 0.3, 0.15, 0.05], 2000))).toEqual(new Set([0, 1, 2]));
    expect(new Set(draws({ ...plain, minP: 0.5 }, [0.5, 0.3, 0.15, 0.05], 2000))).toEqual(new Set([0, 1]));
    // At temperature 0.5 the first alone has 0.25 of 0.365.
    expect(new Set(draws({ ...plain, temperature: 0.5, topP: 0.68 }, [0.5, 0.3, 0.15, 0.05], 2000))).toEqual(new Set([0]));
  });

  it("always finds a token among the allowed ones, even where all of them underflowed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.integer(),
        (weights, temperature, topP, seed) => {
          const sorted = weights.toSorted((a, b) => b - a);
          const allowed = new Set([sorted.length - 1]);
          expect(sample(distribution(sorted), { ...plain, temperature, topP, allowed }, seededRandom(seed))).toBe(sorted.length - 1);
          expect(sample(distribution(sorted), { ...plain, temperature, topP }, seededRandom(seed))).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
