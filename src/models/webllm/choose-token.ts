import { ModelError } from "../model-error.ts";
import type { Logits } from "./pipeline.ts";

export type ChosenToken = {
  readonly token: number;
  /** Natural logarithm of its probability at temperature 1, over the whole vocabulary. */
  readonly logProb: number;
  /** Shannon entropy in nats at temperature 1, over the whole vocabulary. */
  readonly entropy: number;
};

/** Numbers in [0, 1) that depend on the seed alone: mulberry32, whose 32 bits are plenty for a few thousand tokens. */
export function seededRandom(seed: number): () => number {
  let state = Math.trunc(seed) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Samples the next token from raw logits. Done here and not by WebLLM's sampler: the logits come to the CPU anyway for the
 * log-probability, and the same seed gives the same token whatever was sampled before.
 * @param temperature 0 is greedy
 * @param topP probability mass of the nucleus (Holtzman et al., arXiv 1904.09751); 1 is the whole vocabulary
 */
export function chooseToken(logits: Logits, temperature: number, topP: number, random: () => number): ChosenToken {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (at(logits, token) > at(logits, best)) best = token;
  const highest = at(logits, best);
  let total = 0;
  let weighted = 0;
  for (const logit of logits) {
    const weight = Math.exp(logit - highest);
    total += weight;
    if (weight > 0) weighted += weight * (logit - highest);
  }
  if (!Number.isFinite(total) || !Number.isFinite(highest))
    throw new ModelError("engine-failed", "The GPU computed numbers that are none. Reload the page, update the graphics driver, or choose another model.");
  const token = temperature > 0 ? sample(logits, highest, temperature, topP, random()) : best;
  return {
    token,
    logProb: Math.min(0, at(logits, token) - highest - Math.log(total)),
    entropy: Math.max(0, Math.log(total) - weighted / total),
  };
}

const at = (logits: Logits, token: number): number => logits[token] ?? Number.NEGATIVE_INFINITY;

function sample(logits: Logits, highest: number, temperature: number, topP: number, luck: number): number {
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - highest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (topP >= 1) return pick(weights.keys(), weights, luck * total);
  // All tokens below this together weigh less than what the nucleus leaves out, so only the others are sorted.
  const least = ((1 - topP) * total) / weights.length;
  const likely: number[] = [];
  for (const [token, weight] of weights.entries()) if (weight >= least) likely.push(token);
  likely.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  const nucleus: number[] = [];
  let mass = 0;
  for (const token of likely) {
    nucleus.push(token);
    mass += weights[token] ?? 0;
    if (mass >= topP * total) break;
  }
  return pick(nucleus, weights, luck * mass);
}

function pick(tokens: Iterable<number>, weights: Float64Array, upTo: number): number {
  let mass = 0;
  let last = 0;
  for (const token of tokens) {
    const weight = weights[token] ?? 0;
    if (weight === 0) continue;
    last = token;
    mass += weight;
    if (mass > upTo) break;
  }
  return last;
}
