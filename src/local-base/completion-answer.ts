import type { Token } from "node-llama-cpp";
import type { CompletionRequest } from "./completion-request.ts";
import type { Finish, GeneratedToken } from "./generate.ts";
import type { LanguageModel } from "./language-model.ts";

/** vLLM's logprobs object: one entry a token in each list. */
export type Logprobs = {
  text_offset: number[];
  token_logprobs: number[];
  tokens: string[];
  top_logprobs: Record<string, number>[];
};

/** What vLLM writes for a probability of zero. */
const leastLogprob = -9999;

const logprob = (probability: number): number => Math.max(leastLogprob, Math.log(probability));

/** Collects what the answer says of one choice. */
export type ChoiceAnswer = {
  readonly tokens: Token[];
  text: string;
  cachedTokens: number;
  finish: Finish | undefined;
  readonly logprobs: Logprobs | null;
  /** Characters of all token texts so far. */
  offset: number;
};

export const newChoice = (request: CompletionRequest): ChoiceAnswer => ({
  tokens: [],
  text: "",
  cachedTokens: 0,
  finish: undefined,
  logprobs: request.logprobs === undefined ? null : { text_offset: [], token_logprobs: [], tokens: [], top_logprobs: [] },
  offset: 0,
});

/** Adds a token to its choice. @returns the logprobs of this token alone, for a stream. */
export function addToken(answer: ChoiceAnswer, generated: GeneratedToken, request: CompletionRequest, model: LanguageModel): Logprobs | null {
  answer.tokens.push(generated.token);
  answer.text += generated.text;
  answer.cachedTokens = generated.cachedTokens;
  answer.finish = generated.finish;
  if (answer.logprobs === null || generated.probabilities === undefined) return null;

  const name = (token: Token): string => (request.tokensAsIds ? `token_id:${token}` : model.detokenize([token], true));
  const chosen = name(generated.token);
  const chosenLogprob = logprob(generated.probabilities.chosen);
  const top: Record<string, number> = { [chosen]: chosenLogprob };
  for (const [token, probability] of generated.probabilities.top) if (token !== generated.token) top[name(token)] = logprob(probability);
  const entry: Logprobs = { text_offset: [answer.offset], token_logprobs: [chosenLogprob], tokens: [chosen], top_logprobs: [top] };
  answer.offset += chosen.length;
  for (const key of ["text_offset", "token_logprobs", "tokens"] as const) (answer.logprobs[key] as unknown[]).push(...entry[key]);
  answer.logprobs.top_logprobs.push(top);
  return entry;
}

export type Usage = { prompt_tokens: number; total_tokens: number; completion_tokens: number };

export function usageOf(request: CompletionRequest, answers: readonly ChoiceAnswer[]): Usage {
  const prompt = request.prompts.reduce((sum, tokens) => sum + tokens.length, 0);
  const completion = answers.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return { prompt_tokens: prompt, total_tokens: prompt + completion, completion_tokens: completion };
}

/** Prompt tokens that came from the KV cache, each prompt counted once. */
export const cachedTokens = (request: CompletionRequest, answers: readonly ChoiceAnswer[]): number =>
  request.prompts.reduce((sum, _, place) => sum + (answers[place * request.choicesPerPrompt]?.cachedTokens ?? 0), 0);

export type AnswerHead = { readonly id: string; readonly object: "text_completion"; readonly created: number; readonly model: string };

export function wholeAnswer(head: AnswerHead, fingerprint: string, request: CompletionRequest, answers: readonly ChoiceAnswer[]): object {
  return {
    ...head,
    choices: answers.map((answer, index) => ({
      index,
      text: answer.text,
      logprobs: answer.logprobs,
      finish_reason: answer.finish?.reason ?? null,
      stop_reason: answer.finish?.stop ?? null,
      token_ids: request.returnTokenIds ? answer.tokens : null,
      prompt_logprobs: null,
      prompt_token_ids: request.returnTokenIds ? request.prompts[Math.floor(index / request.choicesPerPrompt)] : null,
      routed_experts: null,
    })),
    service_tier: null,
    system_fingerprint: fingerprint,
    usage: {
      ...usageOf(request, answers),
      prompt_tokens_details: { cached_tokens: cachedTokens(request, answers), created_cache_tokens: null, multimodal_tokens: null },
      completion_tokens_details: null,
    },
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  };
}

export function streamChunk(head: AnswerHead, request: CompletionRequest, generated: GeneratedToken, logprobs: Logprobs | null, first: boolean): object {
  return {
    ...head,
    choices: [
      {
        index: generated.choice,
        text: generated.text,
        logprobs,
        finish_reason: generated.finish?.reason ?? null,
        stop_reason: generated.finish?.stop ?? null,
        prompt_token_ids: request.returnTokenIds && first ? request.prompts[Math.floor(generated.choice / request.choicesPerPrompt)] : null,
        token_ids: request.returnTokenIds ? [generated.token] : null,
      },
    ],
  };
}
