import type { GenerationPart, GenerationRequest } from "../../src/models/generation.ts";
import { ModelError } from "../../src/models/model-error.ts";

/** A greedy step of a chain. */
export const stepRequest = (request: Partial<GenerationRequest> = {}): GenerationRequest => ({
  prompt: "Q: 1+1?\n",
  maxTokens: 64,
  stop: ["\n\n"],
  temperature: 0,
  topP: 1,
  signal: new AbortController().signal,
  ...request,
});

export type Generated = { readonly text: string; readonly tokens: number; readonly parts: readonly GenerationPart[]; readonly end: Extract<GenerationPart, { kind: "end" }> };

/** The whole generation; throws where it does not end with exactly one `end`. */
export async function generated(stream: AsyncIterable<GenerationPart>): Promise<Generated> {
  const parts: GenerationPart[] = [];
  for await (const part of stream) parts.push(part);
  const end = parts.at(-1);
  const texts = parts.slice(0, -1).map((part) => {
    if (part.kind === "end") throw new Error("an end that is not the last part");
    return part;
  });
  if (end?.kind !== "end") throw new Error("no end");
  return { text: texts.map(({ text }) => text).join(""), tokens: texts.reduce((sum, { tokens }) => sum + tokens, 0), parts, end };
}

/** What the work throws, which has to be a ModelError. */
export async function failure(work: Promise<unknown>): Promise<ModelError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
