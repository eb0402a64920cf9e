import * as v from "valibot";

const logProb = v.nullish(v.number());

/** vLLM: one record a written token, from token (its text, or "token_id:57") to log-probability. */
export const tokenLogProbsSchema = v.object({ top_logprobs: v.nullish(v.array(v.nullish(v.record(v.string(), logProb)))) });

/** llama-server: the shape of chat completions, with token ids. */
export const chatLogProbsSchema = v.object({
  content: v.array(v.object({ top_logprobs: v.nullish(v.array(v.object({ id: v.nullish(v.number()), token: v.string(), logprob: logProb }))) })),
});

export const usageSchema = v.object({
  prompt_tokens: v.number(),
  completion_tokens: v.nullish(v.number(), 0),
  prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.nullish(v.number()) })),
});

const choiceSchema = v.object({
  index: v.nullish(v.number(), 0),
  text: v.nullish(v.string(), ""),
  logprobs: v.nullish(v.union([chatLogProbsSchema, tokenLogProbsSchema])),
  finish_reason: v.nullish(v.string()),
  /** vLLM: the stop text or token; null at the end of text, where other servers have no such field. */
  stop_reason: v.nullish(v.union([v.string(), v.number()])),
  /** SGLang's name for it. */
  matched_stop: v.nullish(v.union([v.string(), v.number()])),
});

/** An answer of `/v1/completions`, whole or one chunk of a stream. */
export const completionSchema = v.pipe(
  v.object({
    choices: v.array(choiceSchema),
    usage: v.nullish(usageSchema),
    /** llama-server, where asked for. */
    __verbose: v.nullish(v.object({ stop_type: v.nullish(v.string()), stopping_word: v.nullish(v.string()) })),
  }),
  v.transform(({ choices, usage, __verbose: verbose }) => ({ choices, usage, verbose })),
);

export const modelsSchema = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      owned_by: v.nullish(v.string()),
      /** OpenRouter. */
      context_length: v.nullish(v.number()),
      /** vLLM and SGLang. */
      max_model_len: v.nullish(v.number()),
      /** llama-server: the context of one slot. */
      meta: v.nullish(v.object({ n_ctx: v.nullish(v.number()) })),
    }),
  ),
});

export const tokensSchema = v.object({ tokens: v.array(v.number()), max_model_len: v.nullish(v.number()) });

const errorObjectSchema = v.object({
  message: v.nullish(v.string()),
  type: v.nullish(v.string()),
  param: v.nullish(v.string()),
  code: v.nullish(v.union([v.number(), v.string()])),
});

/** vLLM and llama-server nest the error, vLLM's 401 has a text, FastAPI a `detail`, older vLLM and SGLang are flat. */
export const errorSchema = v.union([
  v.object({ error: errorObjectSchema }),
  v.object({ error: v.string() }),
  v.object({ detail: v.union([v.string(), v.array(v.unknown())]) }),
  v.object({ ...errorObjectSchema.entries, message: v.string() }),
]);

export type Choice = v.InferOutput<typeof choiceSchema>;
export type Completion = v.InferOutput<typeof completionSchema>;
export type ReportedUsage = v.InferOutput<typeof usageSchema>;
