import * as v from "valibot";
import type { ChatFormat } from "../chat-format.ts";
import { ModelError } from "../model-error.ts";
import type { ServerKind } from "./dialect.ts";
import { tokensSchema } from "./schemas.ts";
import type { Transport } from "./transport.ts";
import { markedMessages, turnStructureOf } from "./turn-structure.ts";

const promptSchema = v.object({ prompt: v.string() });

/** The model's own turn structure as its server renders it; undefined where the server does not. @throws ModelError "aborted" */
export async function askTurnStructure(transport: Transport, model: string, server: ServerKind, signal: AbortSignal): Promise<ChatFormat | undefined> {
  try {
    const rendered = await render(transport, model, server, signal);
    return rendered === undefined ? undefined : turnStructureOf(rendered, model);
  } catch (error) {
    if (error instanceof ModelError && error.kind !== "aborted") return undefined;
    throw error;
  }
}

async function render(transport: Transport, model: string, server: ServerKind, signal: AbortSignal): Promise<string | undefined> {
  if (server === "llama-server") {
    const answer = await transport.json({ path: "/apply-template", body: { messages: markedMessages }, signal });
    return v.is(promptSchema, answer) ? answer.prompt : undefined;
  }
  if (server !== "vllm") return undefined;
  const tokenized = v.safeParse(tokensSchema, await transport.json({ path: "/tokenize", body: { model, messages: markedMessages, add_generation_prompt: true }, signal }));
  if (!tokenized.success) return undefined;
  const answer = await transport.json({ path: "/detokenize", body: { model, tokens: tokenized.output.tokens }, signal });
  return v.is(promptSchema, answer) ? answer.prompt : undefined;
}
