import { ModelError } from "../model-error.ts";
import type { Logits } from "./pipeline.ts";

export type ChosenToken = {
  readonly token: number;
  /** Natural logarithm of its probability at temperature 1, over the whole vocabulary. */
  readonly logProb: number;
  /** Shannon entropy in nats at temperature 1, over the whole vocabulary. */
  readonly entropy: number;
};

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
  for (let token = 0; token < logits.length; token++) {
    const below = at(logits, token) - highest;
    // Not a number fails this test and so reaches the sum, where it is noticed.
    if (below < negligible) continue;
    const weight = Math.exp(below);
    total += weight;
    weighted += weight * below;
  }
  if (!Number.isFinite(total) || !Number.isFinite(highest))
    throw noNumbers();
  const token = temperature > 0 ? sample(logits, highest, temperature, topP, random()) : best;
  return {
    token,
    logProb: Math.min(0, at(logits, token) - highest - Math.log(total)),
    entropy: Math.max(0, Math.log(total) - weighted / total),
  };
}

export const noNumbers = (): ModelError =>
  new ModelError("engine-failed", "The GPU computed numbers that are none. Reload the page, update the graphics driver, or choose another model.");

/** Natural logarithm of a weight so small that a whole vocabulary of them is under a billionth of the likeliest token's. */
const negligible = -40;

const at = (logits: Logits, token: number): number => logits[token] ?? Number.NEGATIVE_INFINITY;

function sample(logits: Logits, highest: number, temperature: number, topP: number, luck: number): number {
  // Plain loops: a vocabulary is 150,000 tokens, and this runs for each token written.
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let token = 0; token < logits.length; token++) {
    const below = (at(logits, token) - highest) / temperature;
    if (below < negligible) continue;
    const weight = Math.exp(below);
    weights[token] = weight;
    total += weight;
  }
  if (topP >= 1) return pick(atLeast(weights, Number.MIN_VALUE), weights, luck * total);
  // The likeliest token weighs 1. Few tokens make up most of the mass, so few need to be sorted.
  let likely: readonly number[] = [];
  for (const least of [1e-2, 1e-4, 1e-7, Number.MIN_VALUE]) {
    likely = atLeast(weights, least);
    if (likely.reduce((sum, token) => sum + (weights[token] ?? 0), 0) >= topP * total) break;
  }
  likely = likely.toSorted((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  const nucleus: number[] = [];
  let mass = 0;
  for (const token of likely) {
    nucleus.push(token);
    mass += weights[token] ?? 0;
    if (mass >= topP * total) break;
  }
  return pick(nucleus, weights, luck * mass);
}

function atLeast(weights: Float64Array, least: number): readonly number[] {
  const found: number[] = [];
  for (let token = 0; token < weights.length; token++) if ((weights[token] ?? 0) >= least) found.push(token);
  return found;
}

/** The token at which the summed weights pass `upTo`. */
function pick(tokens: readonly number[], weights: Float64Array, upTo: number): number {
  let mass = 0;
  for (const token of tokens) {
    mass += weights[token] ?? 0;
    if (mass > upTo) return token;
  }
  return tokens.at(-1) ?? 0;
}
