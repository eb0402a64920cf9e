import * as v from "valibot";

/** One token's place in the vocabulary and how likely it was, before temperature and cut-offs. */
const candidate = v.object({ id: v.number(), token: v.string(), logprob: v.number() });

const tokenLogprob = v.object({ id: v.number(), token: v.string(), logprob: v.number(), top_logprobs: v.array(candidate) });

/** The same after sampling's own weights and temperature. */
const tokenProbability = v.object({
  token: v.string(),
  top_probs: v.array(v.object({ token: v.string(), prob: v.number() })),
});

const timings = v.object({
  /** Prompt tokens that were in the KV cache. */
  cache_n: v.number(),
  /** Prompt tokens prefilled so far. */
  prompt_n: v.number(),
  /** Tokens generated so far. */
  predicted_n: v.number(),
});

/** One message of a streamed completion, as wllama 3.8.1 gives it (its own types say otherwise about logprobs). */
export const completionChunk = v.object({
  choices: v.pipe(
    v.array(
      v.object({
        text: v.string(),
        finish_reason: v.nullable(v.picklist(["stop", "length"])),
        logprobs: v.nullish(v.object({ content: v.nullable(v.array(v.union([tokenLogprob, tokenProbability]))) })),
      }),
    ),
    v.minLength(1),
  ),
  timings: v.optional(timings),
  prompt_progress: v.optional(v.object({ total: v.number(), cache: v.number(), processed: v.number() })),
});

export type CompletionChunk = v.InferOutput<typeof completionChunk>;
export type TokenCandidate = v.InferOutput<typeof candidate>;

/** What wllama logs when a prompt is longer than the context; the error it throws keeps only the sentence. */
export const contextExceeded = v.object({
  type: v.literal("exceed_context_size_error"),
  n_prompt_tokens: v.number(),
  n_ctx: v.number(),
});
