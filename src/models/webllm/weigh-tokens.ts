import { cannotScore } from "../model-error.ts";
import { noNumbers } from "./choose-token.ts";
import type { Logits, Pipeline } from "./pipeline.ts";

/**
 * The token of each text, on its own and not in a prompt, as llama.cpp's bias finds it.
 * @throws ModelError "cannot-score" where one of them is not one token
 */
export function tokensOf({ encode, decode }: Pick<Pipeline, "encode" | "decode">, texts: readonly string[]): readonly number[] {
  return texts.map((text) => {
    const [token, ...more] = encode(text);
    if (token === undefined || more.length > 0 || decode([token]) !== text) throw cannotScore();
    return token;
  });
}

/**
 * The probabilities of a few tokens at temperature 1, as the softmax over the whole vocabulary gives them, renormalised to
 * sum to 1: what all the others weigh cancels out, so that tokens that are all unlikely lose no precision.
 * @throws ModelError "engine-failed" for logits that are no numbers
 */
export function weighTokens(logits: Logits, tokens: readonly number[]): readonly number[] {
  const raw = tokens.map((token) => logits[token] ?? Number.NaN);
  const highest = Math.max(...raw);
  const weights = raw.map((logit) => Math.exp(logit - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!Number.isFinite(total)) throw noNumbers();
  return weights.map((weight) => weight / total);
}
