import type { GenerationPart, GenerationRequest } from "../generation.ts";
import { ModelError } from "../model-error.ts";
import type { AskedModel } from "./ask-completion.ts";
import { generationBody } from "./completion-bodies.ts";
import { completionStream } from "./completion-stream.ts";
import { afterRefusedStream, type Dialect } from "./dialect.ts";
import type { KnownDialect } from "./known-dialect.ts";
import { ollamaGenerationBody } from "./ollama.ts";

/** A stream of which the first part is there: from here on it may not be asked for again. */
export type BegunStream = { readonly first: IteratorResult<GenerationPart, void>; readonly parts: AsyncGenerator<GenerationPart, void> };

/** Leaves out what the endpoint refuses. @throws ModelError; of several refusals the first */
export async function streamByLadder(asked: AskedModel, known: KnownDialect, request: GenerationRequest): Promise<BegunStream> {
  let dialect = await known.get(request.signal);
  let refusal: ModelError | undefined;
  for (;;) {
    try {
      const begun = await begin(asked, dialect, request);
      if (refusal !== undefined) known.learned(dialect);
      return begun;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const next = afterRefusedStream(dialect, error);
      if (next === undefined) throw error.kind === "bad-request" ? (refusal ?? error) : error;
      refusal ??= error;
      dialect = next;
    }
  }
}

async function begin({ transport, model, contextTokens }: AskedModel, dialect: Dialect, request: GenerationRequest): Promise<BegunStream> {
  const ollama = dialect.server === "ollama";
  const body = ollama ? ollamaGenerationBody(model, request, contextTokens) : generationBody(model, request, dialect);
  const answer = await transport.open({ path: ollama ? "/api/generate" : "/v1/completions", body, signal: request.signal });
  const { answerSeconds: firstSeconds, idleSeconds } = transport.timing;
  const parts = completionStream(answer, { stops: request.stop, firstSeconds, idleSeconds, apiKey: transport.apiKey, ollama });
  return { first: await parts.next(), parts };
}
