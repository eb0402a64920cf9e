import * as v from "valibot";
import { ModelError, type ModelErrorKind } from "../model-error.ts";
import { askDigitIds } from "./digit-ids.ts";
import { type Dialect, firstDialect } from "./dialect.ts";
import type { Transport } from "./transport.ts";

/** Without these the request itself would fail as well. */
const away: ReadonlySet<ModelErrorKind> = new Set(["aborted", "unreachable", "timed-out"]);
/** The server has no such route: asking again is of no use. */
const final: ReadonlySet<ModelErrorKind> = new Set(["wrong-path", "bad-request", "bad-response", "unknown-model"]);

export type AskedDialect = {
  readonly dialect: Dialect;
  /** False where the server may tell more when it is asked again. */
  readonly sure: boolean;
};

/** Two small requests at most. @throws ModelError where the endpoint is away */
export async function askDialect(transport: Transport, model: string, signal: AbortSignal): Promise<AskedDialect> {
  try {
    const { kind, digitIds } = await askDigitIds(transport, model, signal);
    const server = kind === "other" && digitIds === undefined && (await isOllama(transport, signal)) ? "ollama" : kind;
    return { dialect: { ...firstDialect, server, ...(digitIds === undefined ? {} : { digitIds }) }, sure: true };
  } catch (error) {
    if (!(error instanceof ModelError) || away.has(error.kind)) throw error;
    if (!final.has(error.kind)) return { dialect: firstDialect, sure: false };
    return { dialect: { ...firstDialect, server: (await isOllama(transport, signal)) ? "ollama" : "other" }, sure: true };
  }
}

/** Ollama's own API takes raw prompts, which its `/v1/completions` would put into the model's template. */
async function isOllama(transport: Transport, signal: AbortSignal): Promise<boolean> {
  try {
    return v.is(v.object({ version: v.string() }), await transport.json({ path: "/api/version", signal }));
  } catch (error) {
    if (error instanceof ModelError && !away.has(error.kind)) return false;
    throw error;
  }
}
