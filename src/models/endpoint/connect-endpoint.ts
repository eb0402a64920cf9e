import * as v from "valibot";
import type { BaseModel, ScoreResult } from "../base-model.ts";
import { type ChatFormat, chatFormatFor, reasoningInstruction } from "../chat-format.ts";
import type { GenerationPart, GenerationRequest } from "../generation.ts";
import { aborted, ModelError } from "../model-error.ts";
import { addressesOf } from "./addresses.ts";
import { checkedKey } from "./checked-key.ts";
import { generationBody } from "./completion-bodies.ts";
import { completionStream } from "./completion-stream.ts";
import { notTheProtocol } from "./endpoint-error.ts";
import { type EndpointTiming, wallTiming } from "./endpoint-timing.ts";
import { withRetries } from "./retry.ts";
import { completionSchema } from "./schemas.ts";
import { scoreSteps } from "./score-steps.ts";
import { createTokenizationMemory } from "./tokenization-memory.ts";
import { createTransport } from "./transport.ts";

export type EndpointOptions = {
  /** The server's address, with or without "/v1"; a path such as "/base" is on the page's own origin. */
  readonly baseUrl: string;
  readonly model: string;
  /** Sent as a bearer token, kept nowhere else. */
  readonly apiKey?: string;
  /** Keeps a run on one replica; sent where the endpoint is on the page's origin, or where `sessionHeader` is given. */
  readonly session?: string;
  /** Default "X-Session-ID". On another origin the server must allow it; where it does not, requests go without it. */
  readonly sessionHeader?: string;
  /** Default: by the model's name. */
  readonly format?: ChatFormat;
  /** Default: SpecReason's own. */
  readonly instruction?: string;
  readonly contextTokens?: number;
  readonly fetch?: typeof fetch;
  readonly timing?: Partial<EndpointTiming>;
  /** The page's origin; where absent, that of the page this runs in. */
  readonly pageOrigin?: string;
};

/**
 * A base model behind an OpenAI-compatible endpoint: vLLM, llama-server, or another that serves `/v1/completions`.
 * Asks nothing until its first request.
 * @throws ModelError "wrong-path" or "unauthorized" where address or key cannot be one
 */
export function connectEndpoint(options: EndpointOptions): BaseModel {
  const { model, session, sessionHeader, contextTokens } = options;
  const addresses = addressesOf(options.baseUrl, options.pageOrigin);
  const timing = { ...wallTiming, ...options.timing };
  const transport = createTransport({
    addresses,
    apiKey: checkedKey(options.apiKey),
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    timing,
    session:
      session !== undefined && (addresses.sameOrigin || sessionHeader !== undefined) ? { header: sessionHeader ?? "X-Session-ID", value: session } : undefined,
  });
  const tokenization = createTokenizationMemory(transport, model);
  let takesLists = true;

  async function score(prompts: readonly string[], signal: AbortSignal): Promise<ScoreResult> {
    const known = await tokenization.get(signal);
    if (prompts.length < 2 || takesLists) {
      try {
        return await scoreSteps(transport, model, prompts, known, signal);
      } catch (error) {
        const mayWantOne = error instanceof ModelError && (error.kind === "bad-request" || error.kind === "bad-response");
        if (!mayWantOne || prompts.length < 2 || known.kind !== "other") throw error;
      }
    }
    const single = await Promise.all(prompts.map((prompt) => scoreSteps(transport, model, [prompt], known, signal)));
    takesLists = false;
    return together(single);
  }

  /** Seconds of a request that computes nothing; Infinity where the server has none. */
  async function linkSeconds(signal: AbortSignal): Promise<number> {
    const began = timing.now();
    try {
      await transport.json({ path: "/v1/models", signal });
      return timing.now() - began;
    } catch (error) {
      if (error instanceof ModelError && error.kind === "aborted") throw error;
      return Infinity;
    }
  }

  return {
    info: {
      id: `${addresses.root} ${model}`,
      name: model,
      format: options.format ?? chatFormatFor(model),
      instruction: options.instruction ?? reasoningInstruction,
      ...(contextTokens === undefined ? {} : { contextTokens }),
    },

    async score({ prompts, signal }) {
      if (signal.aborted) throw aborted();
      if (prompts.length === 0) return { judgements: [], usage: { promptTokens: 0, generatedTokens: 0 } };
      const result = await withRetries(() => score(prompts, signal), timing, signal);
      tokenization.answered();
      return result;
    },

    async *generate(request: GenerationRequest): AsyncGenerator<GenerationPart, void> {
      const { signal } = request;
      if (signal.aborted) throw aborted();
      const { first, parts } = await withRetries(
        async () => {
          const { kind } = await tokenization.get(signal);
          const answer = await transport.open({ path: "/v1/completions", body: generationBody(model, request, kind), signal });
          const stream = completionStream(answer, { stops: request.stop, firstSeconds: timing.answerSeconds, idleSeconds: timing.idleSeconds, apiKey: transport.apiKey });
          return { first: await stream.next(), parts: stream };
        },
        timing,
        signal,
      );
      tokenization.answered();
      try {
        if (first.done === true) return;
        yield first.value;
        yield* parts;
      } finally {
        await parts.return();
      }
    },

    async probe(signal) {
      if (signal.aborted) throw aborted();
      await tokenization.get(signal);
      const began = timing.now();
      const body = { model, prompt: "1", max_tokens: 1, temperature: 0, top_p: 1, add_special_tokens: false };
      const answer = await transport.json({ path: "/v1/completions", body, signal });
      const completionSeconds = timing.now() - began;
      if (!v.is(completionSchema, answer)) throw notTheProtocol("", 200);
      tokenization.answered();
      return { roundTripSeconds: Math.min(completionSeconds, await linkSeconds(signal)) };
    },
  };
}

function together(results: readonly ScoreResult[]): ScoreResult {
  const sum = (count: (result: ScoreResult) => number): number => results.reduce((total, result) => total + count(result), 0);
  const cachedKnown = results.every(({ usage }) => usage.cachedTokens !== undefined);
  return {
    judgements: results.flatMap(({ judgements }) => judgements),
    usage: {
      promptTokens: sum(({ usage }) => usage.promptTokens),
      generatedTokens: sum(({ usage }) => usage.generatedTokens),
      ...(cachedKnown ? { cachedTokens: sum(({ usage }) => usage.cachedTokens ?? 0) } : {}),
    },
  };
}
