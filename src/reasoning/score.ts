import type { Judgement } from "../models/base-model.ts";
import type { Policy } from "./policy.ts";

/**
 * The base model's 0-9 judgement of a step: the expectation over the ten digits' probabilities, or the most likely digit
 * where the policy asks for it or the server gives no probabilities. Undefined where the model wrote no digit.
 */
export function scoreOf(judgement: Judgement, scoring: Policy["scoring"]): number | undefined {
  const { probabilities, digit } = judgement;
  if (probabilities === undefined) return digit;
  if (scoring === "greedy") return digit ?? probabilities.indexOf(Math.max(...probabilities));
  return probabilities.reduce((sum, probability, value) => sum + probability * value, 0);
}
