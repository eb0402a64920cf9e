import type { GenerationRequest } from "../generation.ts";
import type { Dialect } from "./dialect.ts";

const digits = Array.from({ length: 10 }, (_, digit) => String(digit));

/** Only a digit may be written, in the words of vLLM now and before 0.12, SGLang, and llama-server. Each ignores the others'. */
const onlyDigits = { structured_outputs: { choice: digits }, guided_choice: digits, regex: "[0-9]", grammar: "root ::= [0-9]" } as const;

/** Tokens in which a model that is free to write says its score. */
const sampleTokens = 4;

/**
 * One token a prompt, with the raw log-probabilities of the 20 most likely: what vLLM answers safely also where it speculates.
 * `logprob_token_ids` would ask for exactly the ten digits, but can end such an engine (vLLM issue 42592); `echo` and
 * `prompt_logprobs` switch the prefix cache off, `logit_bias` and `min_p` are refused where the server speculates.
 * @param priority lower is served earlier, where the server schedules by it
 */
export function scoreBody(model: string, prompts: readonly string[], { digitIds, scoreWay, extras, priority: takesPriority }: Dialect, priority?: number): Readonly<Record<string, unknown>> {
  const ids = extras && digitIds !== undefined ? digitIds : undefined;
  return {
    model,
    prompt: prompts.length === 1 ? prompts[0] : prompts,
    max_tokens: scoreWay === "sampled-digit" ? sampleTokens : 1,
    temperature: 0,
    top_p: 1,
    ...(scoreWay === "top-20" ? { logprobs: 20 } : scoreWay === "top-5" ? { logprobs: 5 } : {}),
    ...(extras ? { add_special_tokens: false } : {}),
    ...(ids === undefined ? {} : { allowed_token_ids: ids, ...(scoreWay === "top-20" || scoreWay === "top-5" ? { return_tokens_as_token_ids: true } : {}) }),
    ...(scoreWay === "constrained-digit" && extras ? onlyDigits : {}),
    ...(priority !== undefined && extras && takesPriority ? { priority } : {}),
  };
}

export const smallestBody = (model: string): unknown => ({ model, prompt: "1", max_tokens: 1, temperature: 0, top_p: 1 });

export function generationBody(model: string, request: GenerationRequest, { server, extras, streamUsage }: Dialect): unknown {
  const { prompt, maxTokens, stop, temperature, topP, seed } = request;
  return {
    model,
    prompt,
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    ...(stop.length === 0 ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
    ...(extras ? { add_special_tokens: false, skip_special_tokens: true } : {}),
    stream: true,
    // Tokens so far on every chunk: one that speculates puts several into a chunk.
    ...(streamUsage ? { stream_options: { include_usage: true, ...(server === "vllm" ? { continuous_usage_stats: true } : {}) } } : {}),
    // Without these llama-server calls the stop text and the end of text alike, and samples from its own defaults.
    ...(server === "llama-server" ? { verbose: true, response_fields: ["stop_type", "stopping_word"], top_k: 0, min_p: 0 } : {}),
  };
}
