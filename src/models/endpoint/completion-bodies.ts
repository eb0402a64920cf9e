import type { GenerationRequest } from "../generation.ts";
import type { ServerKind, Tokenization } from "./digit-ids.ts";

/**
 * One token a prompt, with the raw log-probabilities of the 20 most likely: what vLLM answers safely also where it speculates.
 * `logprob_token_ids` would ask for exactly the ten digits, but can end such an engine (vLLM issue 42592); `echo` and
 * `prompt_logprobs` switch the prefix cache off.
 */
export function scoreBody(model: string, prompts: readonly string[], { digitIds }: Tokenization): unknown {
  return {
    model,
    prompt: prompts.length === 1 ? prompts[0] : prompts,
    max_tokens: 1,
    temperature: 0,
    top_p: 1,
    logprobs: 20,
    add_special_tokens: false,
    ...(digitIds === undefined ? {} : { allowed_token_ids: digitIds, return_tokens_as_token_ids: true }),
  };
}

export function generationBody(model: string, request: GenerationRequest, kind: ServerKind): unknown {
  const { prompt, maxTokens, stop, temperature, topP, seed } = request;
  return {
    model,
    prompt,
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    ...(stop.length === 0 ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
    add_special_tokens: false,
    skip_special_tokens: true,
    stream: true,
    // Tokens so far on every chunk: one that speculates puts several into a chunk.
    stream_options: { include_usage: true, ...(kind === "vllm" ? { continuous_usage_stats: true } : {}) },
    // Without these llama-server calls the stop text and the end of text alike, and samples from its own defaults.
    ...(kind === "llama-server" ? { verbose: true, response_fields: ["stop_type", "stopping_word"], top_k: 0, min_p: 0 } : {}),
  };
}
