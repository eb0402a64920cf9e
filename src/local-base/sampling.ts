import type { Token } from "node-llama-cpp";

export type Sampling = {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 is no limit. */
  readonly topK: number;
  readonly minP: number;
  /** Only these may be written, where given. */
  readonly allowed: ReadonlySet<number> | undefined;
  /** Added to a token's logit before sampling, never to the probabilities reported. */
  readonly bias: ReadonlyMap<number, number>;
};

/** Below this vLLM, too, calls a temperature greedy. */
const greedyBelow = 1e-5;

export const isGreedy = (sampling: Sampling): boolean => sampling.temperature < greedyBelow;

/**
 * Draws the next token from the model's raw probabilities, in vLLM's order: mask and bias, temperature, min_p, top_k, top_p.
 * @param probabilities most likely first, at temperature 1.
 * @param random uniform in [0, 1).
 * @returns undefined where no allowed token is among the probabilities.
 */
export function sample(probabilities: ReadonlyMap<Token, number>, sampling: Sampling, random: () => number): Token | undefined {
  const { allowed, bias } = sampling;
  let candidates: { token: Token; weight: number }[] = [];
  for (const [token, probability] of probabilities)
    if (allowed === undefined || allowed.has(token)) candidates.push({ token, weight: Math.log(probability) + (bias.get(token) ?? 0) });
  if (bias.size > 0) candidates.sort((a, b) => b.weight - a.weight);
  const best = candidates[0];
  if (best === undefined || isGreedy(sampling)) return best?.token;

  // A best weight of -Infinity (every allowed token underflowed) would make all weights NaN.
  const top = Number.isFinite(best.weight) ? best.weight : 0;
  candidates = candidates.map(({ token, weight }) => ({ token, weight: Math.exp((weight - top) / sampling.temperature) }));
  if (sampling.minP > 0) candidates = candidates.filter(({ weight }) => weight >= sampling.minP);
  if (sampling.topK > 0) candidates = candidates.slice(0, sampling.topK);
  if (sampling.topP < 1) candidates = nucleus(candidates, sampling.topP);
  let left = random() * total(candidates);
  for (const { token, weight } of candidates) if ((left -= weight) < 0) return token;
  return best.token;
}

const total = (candidates: readonly { weight: number }[]): number => candidates.reduce((sum, { weight }) => sum + weight, 0);

/** The fewest most likely candidates that together reach `topP`. */
function nucleus<T extends { weight: number }>(candidates: readonly T[], topP: number): T[] {
  const wanted = topP * total(candidates);
  let reached = 0;
  const end = candidates.findIndex(({ weight }) => (reached += weight) >= wanted);
  return candidates.slice(0, end === -1 ? candidates.length : end + 1);
}

/** Uniform numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
