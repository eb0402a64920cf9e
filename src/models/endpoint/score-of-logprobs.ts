import type { Judgement } from "../base-model.ts";
import type { Choice } from "./schemas.ts";

/** vLLM writes minus infinity as -9999. */
const asGoodAsImpossible = -9998;

/**
 * The judgement in one answer of one token: the raw log-probabilities of the digits among the most likely tokens, renormalised;
 * the written digit where the server gives none.
 * @param digitIds token ids of the digits 0-9, where known; a digit is then known by its id rather than its text
 * @param constrained whether the written token could only be a digit
 */
export function judgementOf(choice: Choice, digitIds: readonly number[] | undefined, constrained: boolean): Judgement {
  const logProbs = digitLogProbs(choice.logprobs, digitIds);
  const written = writtenDigit(choice.text);
  if (logProbs.size === 0)
    return { rung: constrained ? "constrained-digit" : "sampled-digit", ...(written === undefined ? {} : { digit: written }) };
  const highest = Math.max(...logProbs.values());
  const weights = Array.from({ length: 10 }, (_, digit) => Math.exp((logProbs.get(digit) ?? -Infinity) - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const probabilities = weights.map((weight) => weight / sum);
  return { rung: "top-logprobs", probabilities, digit: probabilities.indexOf(Math.max(...probabilities)) };
}

function digitLogProbs(logprobs: Choice["logprobs"], digitIds: readonly number[] | undefined): Map<number, number> {
  const found = new Map<number, number>();
  const note = (digit: number, logProb: number | null | undefined): void => {
    if (digit < 0 || logProb === null || logProb === undefined || !(logProb > asGoodAsImpossible)) return;
    // "9" and " 9" are two tokens for the same digit.
    const before = found.get(digit);
    found.set(digit, before === undefined ? logProb : Math.max(before, logProb) + Math.log1p(Math.exp(-Math.abs(before - logProb))));
  };
  if (logprobs === null || logprobs === undefined) return found;
  if ("content" in logprobs) {
    for (const { id, token, logprob } of logprobs.content[0]?.top_logprobs ?? [])
      note(id !== null && id !== undefined && digitIds !== undefined ? digitIds.indexOf(id) : digitOf(token), logprob);
    return found;
  }
  for (const [key, logProb] of Object.entries(logprobs.top_logprobs?.[0] ?? {})) {
    const id = /^token_id:(\d+)$/.exec(key)?.[1];
    note(id === undefined ? digitOf(key) : (digitIds?.indexOf(Number(id)) ?? -1), logProb);
  }
  return found;
}

const digitOf = (token: string): number => Number(/^[\s▁Ġ]*([0-9])$/.exec(token)?.[1] ?? -1);

/** The digit a free answer says; "10" is none, and neither is a number later in a sentence. */
function writtenDigit(text: string): number | undefined {
  const digit = /^\s*(?:score\s*:?)?[\s*_"'(]*([0-9])(?![0-9])/i.exec(text)?.[1];
  return digit === undefined ? undefined : Number(digit);
}
