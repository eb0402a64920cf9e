import type { Usage } from "../generation.ts";
import { cannotScore } from "../model-error.ts";
import type { WeighedTokens } from "../on-device-model.ts";
import type { WllamaEngine } from "./wllama-engine.ts";

/**
 * How likely each of a few tokens is to come next, at temperature 1 and among themselves only. Exact for all of them: the
 * likeliest tokens of the whole vocabulary need not hold every one, and can hold what wllama cannot report.
 * @returns undefined where `signal` ended it
 * @throws ModelError "cannot-score" where one of them is no token of the model's
 */
export async function weighNextToken(
  engine: WllamaEngine, prompt: string, tokens: readonly string[], signal: AbortSignal,
): Promise<WeighedTokens | undefined> {
  let probabilities: readonly number[] | undefined;
  let usage: Usage = { promptTokens: 0, generatedTokens: 0 };
  const outcome = await engine.complete(
    { prompt, maxTokens: 1, temperature: 1, topP: 1, candidates: tokens.length, among: tokens },
    ({ timings, choices: [choice] }) => {
      if (timings !== undefined && timings.predicted_n > 0)
        usage = { promptTokens: timings.cache_n + timings.prompt_n, cachedTokens: timings.cache_n, generatedTokens: timings.predicted_n };
      const [token] = choice?.logprobs?.content ?? [];
      if (token === undefined || !("top_probs" in token)) return;
      const found = new Map(token.top_probs.map(({ token: text, prob }) => [text, prob]));
      probabilities = tokens.map((text) => found.get(text) ?? 0);
    },
    signal,
  );
  if (outcome === "aborted") return undefined;
  const total = probabilities?.reduce((sum, probability) => sum + probability, 0) ?? 0;
  if (outcome === "unprintable" || probabilities === undefined || total < 0.99)
    throw cannotScore();
  return { probabilities: probabilities.map((probability) => probability / total), usage };
}
