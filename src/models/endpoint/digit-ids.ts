import * as v from "valibot";
import type { ServerKind } from "./dialect.ts";
import { tokensSchema } from "./schemas.ts";
import type { Transport } from "./transport.ts";

export type Tokenization = {
  readonly kind: ServerKind;
  /** Token ids of "0" to "9"; absent where the server does not tell, or a digit is no token of its own. */
  readonly digitIds?: readonly number[];
};

/**
 * Asks `/tokenize` for the digits' ids. What it answers tells vLLM from llama-server, too, which wants another field for the text
 * and answers vLLM's with no tokens.
 * @throws ModelError
 */
export async function askDigitIds(transport: Transport, model: string, signal: AbortSignal): Promise<Tokenization> {
  const asVllm = async (text: string) => ask(transport, { model, prompt: text, add_special_tokens: false }, signal);
  const asLlamaServer = async (text: string) => ask(transport, { content: text, add_special: false }, signal);
  const first = await asVllm(digits);
  if (first === undefined) return { kind: "other" };
  const kind: ServerKind = first.tokens.length === 0 ? "llama-server" : typeof first.max_model_len === "number" ? "vllm" : "other";
  const together = kind === "llama-server" ? await asLlamaServer(digits) : first;
  // Where several digits are one token (Llama 3, DeepSeek), they are asked for apart.
  const ids = idsIn(together?.tokens, 1) ?? idsIn((await (kind === "llama-server" ? asLlamaServer : asVllm)(digitsApart))?.tokens, 2);
  return { kind, ...(ids === undefined ? {} : { digitIds: ids }) };
}

const digits = "0123456789";
const digitsApart = digits.split("").join(" ");

/** Ten different ids at every `stride`-th place; a tokenizer may put one token before the text. */
function idsIn(tokens: readonly number[] | undefined, stride: number): readonly number[] | undefined {
  if (tokens === undefined) return undefined;
  const length = 9 * stride + 1;
  if (tokens.length !== length && tokens.length !== length + 1) return undefined;
  const ids = tokens.slice(-length).filter((_, place) => place % stride === 0);
  return new Set(ids).size === 10 ? ids : undefined;
}

async function ask(transport: Transport, body: unknown, signal: AbortSignal): Promise<v.InferOutput<typeof tokensSchema> | undefined> {
  const answer = v.safeParse(tokensSchema, await transport.json({ path: "/tokenize", body, signal }));
  return answer.success ? answer.output : undefined;
}
