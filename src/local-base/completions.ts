import { randomBytes } from "node:crypto";
import { asApiError } from "./api-error.ts";
import { addToken, type AnswerHead, cachedTokens, type ChoiceAnswer, newChoice, streamChunk, usageOf, wholeAnswer } from "./completion-answer.ts";
import { type CompletionRequest, parseCompletionRequest } from "./completion-request.ts";
import { generate, type GeneratedToken } from "./generate.ts";
import type { LanguageModel } from "./language-model.ts";
import type { Metrics } from "./metrics.ts";
import { readAhead } from "./read-ahead.ts";
import type { Reply } from "./reply.ts";
import type { SequencePool } from "./sequence-pool.ts";
import { pace, type Shape } from "./shape.ts";

export type CompletionServer = {
  readonly model: LanguageModel;
  readonly modelName: string;
  readonly fingerprint: string;
  readonly pool: SequencePool<LanguageModel["sequences"][number]>;
  readonly metrics: Metrics;
  readonly shape: Shape;
};

/** `POST /v1/completions`. @throws ApiError before anything is written; later failures go into the stream. */
export async function completions(server: CompletionServer, body: unknown, reply: Reply): Promise<void> {
  const { model, metrics, pool } = server;
  const { signal } = reply;
  const request = parseCompletionRequest(body, model, server.modelName);
  const oneToken = request.maxTokens.every((tokens) => tokens === 1);
  metrics.waiting += 1;
  const lease = await pool
    .acquire({ prompt: request.prompts[0] ?? [], session: reply.header("x-session-id"), brief: oneToken, signal })
    .finally(() => (metrics.waiting -= 1));
  metrics.running += 1;
  try {
    const releasing = async function* (): AsyncGenerator<GeneratedToken, void, void> {
      try {
        yield* generate(request, model, lease.sequence, metrics, signal);
      } finally {
        lease.release();
      }
    };
    const timing = pace(server.shape, reply.arrivedAt, oneToken);
    const paced = async function* (): AsyncGenerator<GeneratedToken, void, void> {
      for await (const token of readAhead(releasing())) {
        await timing.token(token.choice, signal);
        if (signal.aborted) return;
        yield token;
      }
    };
    const head: AnswerHead = {
      id: `cmpl-${reply.header("x-request-id") ?? randomBytes(8).toString("hex")}`,
      object: "text_completion",
      created: Math.floor(Date.now() / 1000),
      model: server.modelName,
    };
    const answers = Array.from({ length: request.prompts.length * request.choicesPerPrompt }, () => newChoice(request));
    if (request.stream === undefined) await answerWhole(server, request, head, answers, paced(), reply);
    else await answerStreaming(server, request, head, answers, paced(), reply);
  } finally {
    lease.release();
    metrics.running -= 1;
    if (signal.aborted) metrics.finished.abort += 1;
  }
}

type Tokens = AsyncGenerator<GeneratedToken, void, void>;

async function answerWhole(server: CompletionServer, request: CompletionRequest, head: AnswerHead, answers: ChoiceAnswer[], tokens: Tokens, reply: Reply): Promise<void> {
  for await (const token of tokens) {
    const answer = answers[token.choice];
    if (answer !== undefined) addToken(answer, token, request, server.model);
  }
  await reply.json(200, wholeAnswer(head, server.fingerprint, request, answers));
}

async function answerStreaming(server: CompletionServer, request: CompletionRequest, head: AnswerHead, answers: ChoiceAnswer[], tokens: Tokens, reply: Reply): Promise<void> {
  const { usage, continuousUsage } = request.stream ?? { usage: false, continuousUsage: false };
  const stream = reply.eventStream();
  try {
    for await (const token of tokens) {
      const answer = answers[token.choice];
      if (answer === undefined) continue;
      const first = answer.tokens.length === 0;
      const logprobs = addToken(answer, token, request, server.model);
      const ended = token.finish !== undefined && token.choice === answers.length - 1;
      stream.data({
        ...streamChunk(head, request, token, logprobs, first),
        ...(continuousUsage ? { usage: usageOf(request, answers) } : {}),
        ...(ended && !usage ? { system_fingerprint: server.fingerprint } : {}),
      });
    }
    if (usage)
      stream.data({
        ...head,
        choices: [],
        usage: { ...usageOf(request, answers), prompt_tokens_details: { cached_tokens: cachedTokens(request, answers) } },
        system_fingerprint: server.fingerprint,
      });
  } catch (thrown) {
    stream.data(asApiError(thrown).body);
  }
  await stream.done();
}
