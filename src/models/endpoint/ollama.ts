import * as v from "valibot";
import type { GenerationRequest } from "../generation.ts";
import { ModelError } from "../model-error.ts";
import type { Dialect } from "./dialect.ts";
import type { Completion } from "./schemas.ts";
import type { Transport } from "./transport.ts";

/** Ollama cuts longer prompts at their beginning without a word; what is asked for holds for as long as the model is loaded. */
const usualContextTokens = 16_384;

const wholeDigit = { type: "integer", minimum: 0, maximum: 9 } as const;

const raw = (model: string, prompt: string) => ({ model, prompt, raw: true, truncate: false });
const settings = (contextTokens: number | undefined) => ({ num_ctx: contextTokens ?? usualContextTokens, top_k: 0, min_p: 0 });

/** `/api/generate` for one score. */
export function ollamaScoreBody(model: string, prompt: string, { scoreWay }: Dialect, contextTokens: number | undefined): unknown {
  return {
    ...raw(model, prompt),
    stream: false,
    ...(scoreWay === "top-20" || scoreWay === "top-5" ? { logprobs: true, top_logprobs: scoreWay === "top-20" ? 20 : 5 } : {}),
    ...(scoreWay === "constrained-digit" ? { format: wholeDigit } : {}),
    options: { ...settings(contextTokens), temperature: 0, top_p: 1, num_predict: scoreWay === "sampled-digit" ? 4 : 1 },
  };
}

export const ollamaSmallestBody = (model: string, contextTokens: number | undefined): unknown => ({
  ...raw(model, "1"),
  stream: false,
  options: { ...settings(contextTokens), temperature: 0, top_p: 1, num_predict: 1 },
});

export function ollamaGenerationBody(model: string, request: GenerationRequest, contextTokens: number | undefined): unknown {
  const { prompt, maxTokens, stop, temperature, topP, seed } = request;
  return {
    ...raw(model, prompt),
    stream: true,
    options: { ...settings(contextTokens), temperature, top_p: topP, num_predict: maxTokens, ...(stop.length === 0 ? {} : { stop }), ...(seed === undefined ? {} : { seed }) },
  };
}

const logProbSchema = v.object({ token: v.string(), logprob: v.nullish(v.number()) });

/** An answer of `/api/generate`, whole or one line of a stream. */
const answerSchema = v.object({
  response: v.nullish(v.string(), ""),
  done: v.nullish(v.boolean(), false),
  done_reason: v.nullish(v.string()),
  prompt_eval_count: v.nullish(v.number(), 0),
  eval_count: v.nullish(v.number(), 0),
  logprobs: v.nullish(v.array(v.object({ ...logProbSchema.entries, top_logprobs: v.nullish(v.array(logProbSchema)) }))),
});

/** As an answer of `/v1/completions`; what is no answer is given back as it is, for the next schema to refuse. */
export function completionOfOllama(value: unknown): unknown {
  const parsed = v.safeParse(answerSchema, value);
  if (!parsed.success || typeof value !== "object" || value === null || "error" in value || !("done" in value)) return value;
  const { response, done, done_reason, prompt_eval_count, eval_count, logprobs } = parsed.output;
  const completion: Completion = {
    choices: [
      {
        index: 0,
        text: response,
        logprobs: logprobs === null || logprobs === undefined ? null : { content: logprobs.map(({ top_logprobs }) => ({ top_logprobs: top_logprobs?.map((top) => ({ ...top, id: undefined })) })) },
        finish_reason: done ? (done_reason ?? "stop") : null,
        stop_reason: undefined,
        matched_stop: undefined,
      },
    ],
    usage: done ? { prompt_tokens: prompt_eval_count, completion_tokens: eval_count, prompt_tokens_details: undefined } : null,
    verbose: undefined,
  };
  return completion;
}

const shownSchema = v.object({ model_info: v.record(v.string(), v.unknown()) });

/** The context that will be asked for: the model's own, or the usual one where that is shorter. @throws ModelError "aborted" */
export async function ollamaContextTokens(transport: Transport, model: string, signal: AbortSignal): Promise<number> {
  try {
    const shown = v.safeParse(shownSchema, await transport.json({ path: "/api/show", body: { model }, signal }));
    const length = shown.success ? Object.entries(shown.output.model_info).find(([name]) => name.endsWith(".context_length"))?.[1] : undefined;
    return typeof length === "number" && length > 0 ? Math.min(length, usualContextTokens) : usualContextTokens;
  } catch (error) {
    if (error instanceof ModelError && error.kind !== "aborted") return usualContextTokens;
    throw error;
  }
}
