import { describe, expect, it } from "vitest";
import { addUsage, baseOnlyCost, costOf, noTokens } from "../../../src/models/endpoint/pricing.ts";

const prices = { prompt: 1, cachedPrompt: 0.1, generated: 4 };

describe("what requests cost", () => {
  it("counts cached prompt tokens at their own price", () => {
    const totals = addUsage(addUsage(noTokens, { promptTokens: 1_000_000, cachedTokens: 900_000, generatedTokens: 1 }), { promptTokens: 0, generatedTokens: 499_999 });
    expect(costOf(totals, prices)).toBeCloseTo(0.1 + 0.09 + 2, 12);
  });

  it("takes a cached token for a full one where the price or the count is not known", () => {
    const usage = { promptTokens: 500_000, cachedTokens: 400_000, generatedTokens: 0 };
    expect(costOf(addUsage(noTokens, usage), { prompt: 2, generated: 8 })).toBeCloseTo(1, 12);
    expect(costOf(addUsage(noTokens, { promptTokens: 500_000, generatedTokens: 0 }), prices)).toBeCloseTo(0.5, 12);
  });

  it("never counts more cached tokens than the prompt has", () => {
    expect(addUsage(noTokens, { promptTokens: 10, cachedTokens: 16, generatedTokens: 1 }).cachedTokens).toBe(10);
  });

  it("of the base model alone: one prompt, and every token of the chain written by it", () => {
    const { cost, tokens, assumption } = baseOnlyCost(100, 2000, prices);
    expect(tokens).toEqual({ promptTokens: 100, cachedTokens: 0, generatedTokens: 2000 });
    expect(cost).toBeCloseTo((100 + 8000) / 1e6, 12);
    expect(assumption).toMatch(/One request/);
  });
});
