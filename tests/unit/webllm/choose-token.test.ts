import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../../src/models/model-error.ts";
import { seededRandom } from "../../../src/models/seeded-random.ts";
import { chooseToken } from "../../../src/models/webllm/choose-token.ts";

const logits = (...values: readonly number[]) => Float32Array.from(values);
/** Softmax by the book. */
const probabilities = (values: ArrayLike<number>, temperature = 1) => {
  const weights = Array.from(values, (value) => Math.exp(value / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};
const someLogits = fc.array(fc.float({ min: -12, max: 12, noNaN: true }), { minLength: 1, maxLength: 40 });

describe("choosing a token", () => {
  test("is greedy at temperature 0", () => {
    expect(chooseToken(logits(1, 5, 2), 0, 1, () => 0.99).token).toBe(1);
  });

  test("tells the log-probability and the entropy at temperature 1, whatever the temperature", () => {
    fc.assert(fc.property(someLogits, fc.constantFrom(0, 0.3, 1, 2), fc.double({ min: 0, max: 0.999, noNaN: true }), (values, temperature, luck) => {
      const chosen = chooseToken(Float32Array.from(values), temperature, 1, () => luck);
      const p = probabilities(values);
      expect(chosen.logProb).toBeCloseTo(Math.log(p[chosen.token] ?? 0), 4);
      expect(chosen.entropy).toBeCloseTo(-p.reduce((sum, one) => sum + (one === 0 ? 0 : one * Math.log(one)), 0), 4);
    }));
  });

  test("samples by the probabilities", () => {
    const values = [0, Math.log(2), Math.log(5)];
    const random = seededRandom(3);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 8000; draw++) {
      const { token } = chooseToken(Float32Array.from(values), 1, 1, random);
      counts[token] = (counts[token] ?? 0) + 1;
    }
    for (const [token, p] of probabilities(values).entries()) expect((counts[token] ?? 0) / 8000).toBeCloseTo(p, 1);
  });

  test("with top-p writes nothing outside the smallest set of that mass, and everything in it", () => {
    fc.assert(fc.property(someLogits, fc.double({ min: 0.01, max: 0.999, noNaN: true }), fc.constantFrom(0.5, 1, 1.7), (values, topP, temperature) => {
      const p = probabilities(Float32Array.from(values), temperature);
      const sumOf = (counts: (probability: number) => boolean) => p.filter(counts).reduce((sum, one) => sum + one, 0);
      const { token } = chooseToken(Float32Array.from(values), temperature, topP, () => 0.999999);
      const own = p[token] ?? 0;
      // The likelier ones do not reach the mass yet; with those as likely as this one it is reached.
      expect(sumOf((one) => one > own * (1 + 1e-6))).toBeLessThan(topP + 1e-6);
      expect(sumOf((one) => one >= own * (1 - 1e-6))).toBeGreaterThan(topP - 1e-6);
      expect(p[chooseToken(Float32Array.from(values), temperature, topP, () => 0).token]).toBeCloseTo(Math.max(...p), 6);
    }));
  });

  test("never writes a masked token", () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 0.9999999, noNaN: true }), fc.constantFrom(0, 1, 3), fc.constantFrom(0.5, 1), (luck, temperature, topP) => {
      const chosen = chooseToken(logits(Number.NEGATIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, 2), temperature, topP, () => luck);
      expect([1, 3]).toContain(chosen.token);
      expect(chosen.entropy).toBeGreaterThan(0);
    }));
  });

  test("refuses logits that are no numbers", () => {
    for (const bad of [logits(Number.NaN, Number.NaN), logits(1, Number.NaN), logits(Number.POSITIVE_INFINITY, 0), logits()])
      expect(() => chooseToken(bad, 0, 1, () => 0)).toThrow(ModelError);
  });
});

describe("seeded numbers", () => {
  test("depend on the seed alone and spread over [0, 1)", () => {
    const draw = (seed: number) => Array.from({ length: 2000 }, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    const drawn = draw(1);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    expect(drawn.reduce((sum, one) => sum + one, 0) / drawn.length).toBeCloseTo(0.5, 1);
  });
});
