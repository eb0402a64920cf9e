import { smallestBody } from "./completion-bodies.ts";
import type { Dialect } from "./dialect.ts";
import { completionOfOllama, ollamaSmallestBody } from "./ollama.ts";
import { parseCompletion } from "./parse-completion.ts";
import type { Completion } from "./schemas.ts";
import type { Transport } from "./transport.ts";

/** What is asked, wherever and however. */
export type AskedModel = { readonly transport: Transport; readonly model: string; readonly contextTokens?: number | undefined; readonly scorePriority?: number | undefined };

/** One request that is no stream. @throws ModelError */
export async function askCompletion({ transport }: AskedModel, { server }: Dialect, body: unknown, signal: AbortSignal): Promise<Completion> {
  const ollama = server === "ollama";
  const value = await transport.json({ path: ollama ? "/api/generate" : "/v1/completions", body, signal });
  return parseCompletion(ollama ? completionOfOllama(value) : value, transport.apiKey);
}

/** The least a model can be asked. @throws ModelError */
export async function askSmallest(asked: AskedModel, dialect: Dialect, signal: AbortSignal): Promise<void> {
  await askCompletion(asked, dialect, dialect.server === "ollama" ? ollamaSmallestBody(asked.model, asked.contextTokens) : smallestBody(asked.model), signal);
}
