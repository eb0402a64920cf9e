import * as v from "valibot";
import type { Usage } from "../generation.ts";

/** What a model's provider asks, in one currency for a million tokens. A cached price that is absent is the prompt price. */
export const pricesSchema = v.object({
  prompt: v.pipe(v.number(), v.minValue(0), v.finite()),
  cachedPrompt: v.optional(v.pipe(v.number(), v.minValue(0), v.finite())),
  generated: v.pipe(v.number(), v.minValue(0), v.finite()),
});

export type Prices = v.InferOutput<typeof pricesSchema>;

/** Tokens of requests, summed. */
export type TokenTotals = { readonly promptTokens: number; readonly cachedTokens: number; readonly generatedTokens: number };

export const noTokens: TokenTotals = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };

/** Where a server does not say what it had cached, nothing is taken to have been. */
export const addUsage = (totals: TokenTotals, usage: Usage): TokenTotals => ({
  promptTokens: totals.promptTokens + usage.promptTokens,
  cachedTokens: totals.cachedTokens + Math.min(usage.cachedTokens ?? 0, usage.promptTokens),
  generatedTokens: totals.generatedTokens + usage.generatedTokens,
});

/** In the prices' currency. */
export function costOf({ promptTokens, cachedTokens, generatedTokens }: TokenTotals, prices: Prices): number {
  const { prompt, cachedPrompt = prompt, generated } = prices;
  return ((promptTokens - cachedTokens) * prompt + cachedTokens * cachedPrompt + generatedTokens * generated) / 1_000_000;
}

export type BaseOnlyEstimate = {
  readonly tokens: TokenTotals;
  readonly cost: number;
  /** What the estimate rests on, for people. */
  readonly assumption: string;
};

/**
 * What the base model alone would have cost for the same chain: one request whose prompt is the problem, and which writes
 * every step and the answer at the length they have in the run (accepted drafts are counted as they stand).
 * @param promptTokens of the problem in its turn, in the base model's tokens
 * @param chainTokens of all steps and the answer
 */
export function baseOnlyCost(promptTokens: number, chainTokens: number, prices: Prices): BaseOnlyEstimate {
  const tokens: TokenTotals = { promptTokens, cachedTokens: 0, generatedTokens: chainTokens };
  return {
    tokens,
    cost: costOf(tokens, prices),
    assumption:
      "One request to the base model that writes all steps and the answer, each as long as it is in this run; nothing of its prompt cached. The draft model's tokens count as the base model's.",
  };
}
