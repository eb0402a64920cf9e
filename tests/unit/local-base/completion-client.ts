import * as v from "valibot";
import { type Answer, send, type Sending } from "../../support/http-client.ts";

const usage = v.object({
  prompt_tokens: v.number(),
  completion_tokens: v.number(),
  total_tokens: v.number(),
  prompt_tokens_details: v.optional(v.object({ cached_tokens: v.number() })),
});
const choice = v.object({
  index: v.number(),
  text: v.string(),
  finish_reason: v.nullable(v.string()),
  stop_reason: v.nullable(v.union([v.string(), v.number()])),
  logprobs: v.nullable(v.object({ tokens: v.array(v.string()), token_logprobs: v.array(v.number()), top_logprobs: v.array(v.record(v.string(), v.number())) })),
});
const completion = v.object({ id: v.string(), choices: v.array(choice), usage: v.optional(usage) });
const failure = v.object({ error: v.object({ message: v.string(), type: v.string(), param: v.nullable(v.string()), code: v.number() }) });

export type Completion = v.InferOutput<typeof completion>;

export const parseCompletion = (text: string): Completion => v.parse(completion, JSON.parse(text));
export const parseFailure = (answer: Answer): v.InferOutput<typeof failure>["error"] => v.parse(failure, JSON.parse(answer.text)).error;

export async function complete(url: string, body: object, sending: Sending = {}): Promise<Completion> {
  const answer = await send(`${url}/v1/completions`, { ...sending, body: { model: "arithmetic-base", temperature: 0, ...body } });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return parseCompletion(answer.text);
}

export const cachedTokens = ({ usage: used }: Completion): number => used?.prompt_tokens_details?.cached_tokens ?? Number.NaN;

const problem = "Take the number 74. Add 31. Increase it by 37. Take away 97. Put in 49 more. Subtract 46. What is the result?";
export const problemPrompt = `<|im_start|>user\n${problem}<|im_end|>\n<|im_start|>assistant\n<think>\n`;
export const scoreSuffix =
  "<|im_end|>\n<|im_start|>user\nRate the last reasoning step above from 0 to 9. Judge only whether it is correct and follows from the problem and the steps before it; ignore style. Answer with a single digit.<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\nScore: ";
/** "0" to "9" in the embedded pair's vocabulary. */
export const digitIds = [48, 49, 50, 51, 52, 53, 54, 55, 56, 57];
export const scoreFields = { max_tokens: 1, logprobs: 20, allowed_token_ids: digitIds, return_tokens_as_token_ids: true, add_special_tokens: false };

/** Expectation over the digits among the top log-probabilities, keyed by token id or by text. */
export function expectedDigit(top: Readonly<Record<string, number>>): number {
  let total = 0;
  let sum = 0;
  for (let digit = 0; digit < 10; digit += 1) {
    const probability = Math.exp(top[`token_id:${digitIds[digit]}`] ?? top[String(digit)] ?? Number.NEGATIVE_INFINITY);
    total += probability;
    sum += digit * probability;
  }
  return sum / total;
}
