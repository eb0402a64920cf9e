import { baseOnlyCost, costOf, type Prices, type TokenTotals } from "../../models/endpoint/pricing.ts";
import type { Run } from "../../reasoning/run.ts";
import { roughTokens } from "../problem/problem-size.ts";
import { summarise } from "./summarise.ts";

/** Tokens of all requests to the base model; each scored step is a digit generated. */
export const baseTokensOf = ({ totals }: Run): TokenTotals => ({
  promptTokens: totals.basePromptTokens,
  cachedTokens: Math.min(totals.baseCachedTokens, totals.basePromptTokens),
  generatedTokens: totals.baseTokens + totals.scoredSteps,
});

export type RunCost = { readonly cost: number; readonly baseOnly: number };

/** In the prices' currency. */
export const costOfRun = (run: Run, prices: Prices): RunCost => ({
  cost: costOf(baseTokensOf(run), prices),
  baseOnly: baseOnlyCost(roughTokens(run.header.problem), summarise(run).baseOnlyTokens, prices).cost,
});
