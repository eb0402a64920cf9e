import type { BaseModel } from "../base-model.ts";
import { type ChatFormat, chatFormatFor, reasoningInstruction } from "../chat-format.ts";
import type { GenerationPart, GenerationRequest } from "../generation.ts";
import { aborted, ModelError } from "../model-error.ts";
import { type AskedModel, askSmallest } from "./ask-completion.ts";
import { knownDialect } from "./known-dialect.ts";
import { modelsOf, unknownModel } from "./list-models.ts";
import { type EndpointAccess, openTransport } from "./open-transport.ts";
import { withRetries } from "./retry.ts";
import { scoreByLadder } from "./score-by-ladder.ts";
import { streamByLadder } from "./stream-by-ladder.ts";

export type EndpointOptions = EndpointAccess & {
  readonly model: string;
  /** Default: by the model's name. */
  readonly format?: ChatFormat;
  /** Default: SpecReason's own. */
  readonly instruction?: string;
  readonly contextTokens?: number;
  /** For the scores, where the server schedules by priority: lower is earlier, 0 is everybody's. */
  readonly scorePriority?: number;
};

/**
 * A base model behind an OpenAI-compatible endpoint: vLLM, llama-server, another that serves `/v1/completions`, or Ollama.
 * Asks nothing until its first request.
 * @throws ModelError "wrong-path" or "unauthorized" where address or key cannot be one
 */
export function connectEndpoint(options: EndpointOptions): BaseModel {
  const { model, contextTokens } = options;
  const { addresses, transport, memory } = openTransport(options);
  const { timing } = transport;
  const known = knownDialect(transport, model, addresses.root, memory);
  const asked: AskedModel = { transport, model, contextTokens, scorePriority: options.scorePriority };

  /** Who asks for a model that is not there sees which are. */
  async function namingModels<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof ModelError) || error.kind !== "unknown-model") throw error;
      const served = await modelsOf(transport, signal).catch(() => []);
      throw served.length === 0 ? error : unknownModel(model, served, error);
    }
  }

  /** Seconds of a request that computes nothing; Infinity where the server has none. The first of two may open a connection. */
  async function linkSeconds(signal: AbortSignal): Promise<number> {
    try {
      let shortest = Infinity;
      for (let time = 0; time < 2; time++) {
        const began = timing.now();
        await transport.json({ path: "/v1/models", signal });
        shortest = Math.min(shortest, timing.now() - began);
      }
      return shortest;
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
      const result = await namingModels(withRetries(() => scoreByLadder(asked, known, prompts, signal), timing, signal), signal);
      known.answered();
      return result;
    },

    async *generate(request: GenerationRequest): AsyncGenerator<GenerationPart, void> {
      const { signal } = request;
      if (signal.aborted) throw aborted();
      const { first, parts } = await namingModels(withRetries(() => streamByLadder(asked, known, request), timing, signal), signal);
      known.answered();
      try {
        if (first.done === true) return;
        yield first.value;
        for await (const part of parts) {
          // A fast server has sent the rest before it was stopped; nobody wants it any more.
          if (signal.aborted) throw aborted();
          yield part;
        }
      } finally {
        await parts.return();
      }
    },

    async probe(signal) {
      if (signal.aborted) throw aborted();
      const dialect = await known.get(signal);
      const began = timing.now();
      await namingModels(askSmallest(asked, dialect, signal), signal);
      const completionSeconds = timing.now() - began;
      known.answered();
      return { roundTripSeconds: Math.min(completionSeconds, await linkSeconds(signal)) };
    },
  };
}
