import type { Token } from "node-llama-cpp";
import * as v from "valibot";
import { badRequest, invalidBody, unknownModel } from "./api-error.ts";
import type { LanguageModel } from "./language-model.ts";
import { isGreedy, type Sampling } from "./sampling.ts";

/** What `POST /v1/completions` asks for, checked and tokenized. */
export type CompletionRequest = {
  readonly prompts: readonly (readonly Token[])[];
  readonly maxTokens: readonly number[];
  readonly choicesPerPrompt: number;
  readonly sampling: Sampling;
  readonly seed: number | undefined;
  readonly stops: readonly string[];
  readonly stopTokens: ReadonlySet<number>;
  readonly keepStop: boolean;
  readonly ignoreEndOfText: boolean;
  /** How many alternatives to report for each token. */
  readonly logprobs: number | undefined;
  readonly tokensAsIds: boolean;
  readonly returnTokenIds: boolean;
  readonly stream: { readonly usage: boolean; readonly continuousUsage: boolean } | undefined;
};

const integer = v.pipe(v.number(), v.integer());
export const tokenIds = v.array(v.custom<Token>((id) => Number.isInteger(id) && Number(id) >= 0, "Input should be a token id"));
const maxStops = 4;
const maxLogprobs = 20;
/** What vLLM writes where a request names no length. */
const defaultMaxTokens = 16;

const schema = v.looseObject({
  model: v.nullish(v.string()),
  prompt: v.nullish(v.union([v.string(), v.array(v.string()), tokenIds, v.array(tokenIds)])),
  max_tokens: v.optional(v.nullable(integer), defaultMaxTokens),
  n: v.nullish(integer, 1),
  temperature: v.nullish(v.number(), 1),
  top_p: v.nullish(v.number(), 1),
  top_k: v.nullish(integer, 0),
  min_p: v.nullish(v.number(), 0),
  seed: v.nullish(integer),
  stop: v.nullish(v.union([v.string(), v.pipe(v.array(v.string()), v.maxLength(maxStops))]), []),
  stop_token_ids: v.nullish(tokenIds, []),
  include_stop_str_in_output: v.nullish(v.boolean(), false),
  ignore_eos: v.nullish(v.boolean(), false),
  logprobs: v.nullish(integer),
  allowed_token_ids: v.nullish(tokenIds),
  logit_bias: v.nullish(v.record(v.string(), v.number()), {}),
  return_tokens_as_token_ids: v.nullish(v.boolean(), false),
  return_token_ids: v.nullish(v.boolean(), false),
  add_special_tokens: v.nullish(v.boolean(), true),
  stream: v.nullish(v.boolean(), false),
  stream_options: v.nullish(v.object({ include_usage: v.nullish(v.boolean(), false), continuous_usage_stats: v.nullish(v.boolean(), false) })),
});

/**
 * Fields of vLLM that change what is written and that the local base does not have, with the values that change nothing.
 * vLLM would serve them: leaving them out without a word would give a wrong answer, so they are refused.
 */
const notServed: Readonly<Record<string, readonly unknown[]>> = {
  echo: [false],
  suffix: [""],
  best_of: [1],
  use_beam_search: [false],
  prompt_logprobs: [],
  // On a vLLM that speculates this one can end the engine (vLLM issue 42592).
  logprob_token_ids: [],
  prompt_embeds: [],
  structured_outputs: [],
  response_format: [],
  min_tokens: [0],
  bad_words: [],
  presence_penalty: [0],
  frequency_penalty: [0],
  repetition_penalty: [1],
  truncate_prompt_tokens: [],
};

/** @throws ApiError with vLLM's status, type and param for everything that cannot be served. */
export function parseCompletionRequest(body: unknown, model: LanguageModel, modelName: string): CompletionRequest {
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) throw invalidBody(parsed.issues.map(asValidationIssue));
  const request = parsed.output;
  for (const [field, harmless] of Object.entries(notServed)) {
    const value = request[field];
    if (value !== undefined && value !== null && !harmless.includes(value)) throw badRequest(`${field} is not served by this endpoint`, field);
  }
  if (request.prompt === undefined || request.prompt === null || request.prompt === "")
    throw badRequest("Either prompt or prompt_embeds must be provided and non-empty.", "prompt");
  if (request.stream_options && !request.stream) throw badRequest("Stream options can only be defined when `stream=True`.", "stream_options");
  if (request.model && request.model !== modelName) throw unknownModel(request.model, modelName);

  const sampling = checkedSampling(request, model);
  const prompts = tokenized(request.prompt, request.add_special_tokens, model);
  if (prompts.length === 0) throw badRequest("You must pass at least one prompt");
  return {
    prompts,
    maxTokens: prompts.map((prompt) => fittingLength(prompt, request.max_tokens, model.contextTokens)),
    choicesPerPrompt: request.n,
    sampling,
    seed: request.seed ?? undefined,
    stops: (typeof request.stop === "string" ? [request.stop] : request.stop).filter((stop) => stop !== ""),
    stopTokens: new Set(request.stop_token_ids),
    keepStop: request.include_stop_str_in_output,
    ignoreEndOfText: request.ignore_eos,
    logprobs: request.logprobs ?? undefined,
    tokensAsIds: request.return_tokens_as_token_ids,
    returnTokenIds: request.return_token_ids,
    stream: request.stream
      ? { usage: request.stream_options?.include_usage ?? false, continuousUsage: request.stream_options?.continuous_usage_stats ?? false }
      : undefined,
  };
}

export function asValidationIssue(issue: v.BaseIssue<unknown>): { type: string; loc: string; msg: string } {
  const path = v.getDotPath(issue);
  return { type: `${issue.type}_type`, loc: path === null ? "body" : `body.${path}`, msg: issue.message };
}

function checkedSampling(request: v.InferOutput<typeof schema>, model: LanguageModel): Sampling {
  const { temperature, top_p: topP, min_p: minP, n } = request;
  if (request.logprobs != null && request.logprobs > maxLogprobs)
    throw badRequest(`Requested sample logprobs of ${request.logprobs}, which is greater than max allowed: ${maxLogprobs}`, "logprobs", request.logprobs);
  if (request.logprobs != null && request.logprobs < 0) throw badRequest("`logprobs` must be a positive value.", "logprobs", request.logprobs);
  if (request.max_tokens !== null && request.max_tokens < 1)
    throw badRequest(`max_tokens must be at least 1, got ${request.max_tokens}.`, "max_tokens", request.max_tokens);
  if (n < 1) throw badRequest(`n must be at least 1, got ${n}.`, "n", n);
  if (temperature < 0) throw badRequest(`temperature must be non-negative, got ${temperature}.`, "temperature", temperature);
  if (topP <= 0 || topP > 1) throw badRequest(`top_p must be in (0, 1], got ${topP}.`, "top_p", topP);
  if (minP < 0 || minP > 1) throw badRequest(`min_p must be in [0, 1], got ${minP}.`, "min_p", minP);
  if (request.top_k < -1) throw badRequest(`top_k must be 0 (disable), or at least 1, got ${request.top_k}.`, "top_k", request.top_k);
  const allowed = request.allowed_token_ids;
  if (allowed?.length === 0) throw badRequest("allowed_token_ids is not None and empty!", "allowed_token_ids", []);
  if (allowed?.some((token) => token >= model.vocabularySize))
    throw badRequest("allowed_token_ids contains out-of-vocab token id!", "allowed_token_ids", allowed);
  const bias = new Map(Object.entries(request.logit_bias).map(([token, value]) => [Number(token), Math.min(100, Math.max(-100, value))]));
  if ([...bias.keys()].some((token) => !Number.isInteger(token) || token < 0 || token >= model.vocabularySize))
    throw badRequest("token_id(s) in logit_bias contain out-of-vocab token ids.", "logit_bias");
  const sampling = { temperature, topP, minP, topK: Math.max(0, request.top_k), allowed: allowed ? new Set(allowed) : undefined, bias };
  if (n > 1 && isGreedy(sampling)) throw badRequest(`n must be 1 when using greedy sampling, got ${n}.`);
  return sampling;
}

type Prompt = string | string[] | Token[] | Token[][];

/** A list of numbers is one prompt, a list of anything else several. */
const isTokenPrompt = (prompt: string[] | Token[] | Token[][]): prompt is Token[] => prompt.length > 0 && typeof prompt[0] === "number";

function tokenized(prompt: Prompt, addSpecialTokens: boolean, model: LanguageModel): Token[][] {
  const prompts = typeof prompt === "string" || isTokenPrompt(prompt) ? [prompt] : prompt;
  return prompts.map((one) => tokens(one, addSpecialTokens, model));
}

function tokens(prompt: string | Token[], addSpecialTokens: boolean, model: LanguageModel): Token[] {
  // A text this long cannot fit however it is cut: it is refused without spending the time to tokenize it.
  if (typeof prompt === "string" && prompt.length > model.contextTokens * model.longestToken) throw promptTooLong(model.contextTokens);
  const result = typeof prompt === "string" ? model.tokenize(prompt, addSpecialTokens) : prompt;
  if (result.length === 0) throw badRequest("Either prompt or prompt_embeds must be provided and non-empty.", "prompt");
  const outside = result.find((token) => token >= model.vocabularySize);
  if (outside !== undefined) throw badRequest(`Token id ${outside} is out of vocabulary`, "prompt");
  return result;
}

const promptTooLong = (context: number) =>
  badRequest(
    `This model's maximum context length is ${context} tokens. However, your prompt contains at least ${context + 1} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt.`,
    "input_tokens",
    context + 1,
  );

function fittingLength(prompt: readonly Token[], maxTokens: number | null, context: number): number {
  if (maxTokens !== null && maxTokens > context)
    throw badRequest(`max_tokens=${maxTokens} cannot be greater than max_model_len=${context}. Please request fewer output tokens.`, "max_tokens", maxTokens);
  const output = maxTokens ?? Math.max(1, context - prompt.length);
  if (prompt.length > context) throw promptTooLong(context);
  if (prompt.length + output > context)
    throw badRequest(
      `This model's maximum context length is ${context} tokens. However, you requested ${output} output tokens and your prompt contains at least ${prompt.length} input tokens, for a total of at least ${prompt.length + output} tokens. Please reduce the length of the input prompt or the number of requested output tokens.`,
      "input_tokens",
      prompt.length,
    );
  return output;
}
