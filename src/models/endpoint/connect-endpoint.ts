import type { BaseModel } from "../base-model.ts";
import { type ChatFormat, chatFormatFor, reasoningInstruction } from "../chat-format.ts";
import type { GenerationPart, GenerationRequest } from "../generation.ts";
import { aborted, ModelError } from "../model-error.ts";
import { addressesOf } from "./addresses.ts";
import { type AskedModel, askSmallest } from "./ask-completion.ts";
import { checkedKey } from "./checked-key.ts";
import { createEndpointMemory, type EndpointMemory, headerKey } from "./endpoint-memory.ts";
import { type EndpointTiming, wallTiming } from "./endpoint-timing.ts";
import { knownDialect } from "./known-dialect.ts";
import { withRetries } from "./retry.ts";
import { scoreByLadder } from "./score-by-ladder.ts";
import { streamByLadder } from "./stream-by-ladder.ts";
import { createTransport } from "./transport.ts";

export type EndpointOptions = {
  /** The server's address, with or without "/v1"; a path such as "/base" is on the page's own origin. */
  readonly baseUrl: string;
  readonly model: string;
  /** Sent as a bearer token, kept nowhere else. */
  readonly apiKey?: string;
  /** Keeps a run on one replica; sent where the endpoint is on the page's origin, where `sessionHeader` is given, or where a connection test has shown that it passes. */
  readonly session?: string;
  /** Default "X-Session-ID". On another origin the server must allow it; where it does not, requests go without it. */
  readonly sessionHeader?: string;
  /** Default: by the model's name. */
  readonly format?: ChatFormat;
  /** Default: SpecReason's own. */
  readonly instruction?: string;
  readonly contextTokens?: number;
  /** For the scores, where the server schedules by priority: lower is earlier, 0 is everybody's. */
  readonly scorePriority?: number;
  /** What was learned of endpoints before; without it this connection asks anew. */
  readonly memory?: EndpointMemory;
  readonly fetch?: typeof fetch;
  readonly timing?: Partial<EndpointTiming>;
  /** The page's origin; where absent, that of the page this runs in. */
  readonly pageOrigin?: string;
};

/**
 * A base model behind an OpenAI-compatible endpoint: vLLM, llama-server, another that serves `/v1/completions`, or Ollama.
 * Asks nothing until its first request.
 * @throws ModelError "wrong-path" or "unauthorized" where address or key cannot be one
 */
export function connectEndpoint(options: EndpointOptions): BaseModel {
  const { model, session, sessionHeader = "X-Session-ID", contextTokens, memory = createEndpointMemory() } = options;
  const addresses = addressesOf(options.baseUrl, options.pageOrigin);
  const timing = { ...wallTiming, ...options.timing };
  // On another origin the header costs a preflight that may be refused: unasked it is sent only where it is known to pass.
  const sendsSession = addresses.sameOrigin || options.sessionHeader !== undefined || memory.headers.get(headerKey(addresses.root, sessionHeader)) === true;
  const transport = createTransport({
    addresses,
    apiKey: checkedKey(options.apiKey),
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    timing,
    session: session !== undefined && sendsSession ? { header: sessionHeader, value: session } : undefined,
    memory,
  });
  const known = knownDialect(transport, model, addresses.root, memory);
  const asked: AskedModel = { transport, model, contextTokens, scorePriority: options.scorePriority };

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
      const result = await withRetries(() => scoreByLadder(asked, known, prompts, signal), timing, signal);
      known.answered();
      return result;
    },

    async *generate(request: GenerationRequest): AsyncGenerator<GenerationPart, void> {
      const { signal } = request;
      if (signal.aborted) throw aborted();
      const { first, parts } = await withRetries(() => streamByLadder(asked, known, request), timing, signal);
      known.answered();
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
      const dialect = await known.get(signal);
      const began = timing.now();
      await askSmallest(asked, dialect, signal);
      const completionSeconds = timing.now() - began;
      known.answered();
      return { roundTripSeconds: Math.min(completionSeconds, await linkSeconds(signal)) };
    },
  };
}
