import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { LanguageModel } from "./language-model.ts";
import { isGreedy, sample, type Sampling } from "./sampling.ts";

export type TokenProbability = readonly [token: Token, probability: number];

export type DecodedToken = {
  readonly token: Token;
  /** Raw, at temperature 1, before masking; absent where nobody asked for them. */
  readonly probabilities?: { readonly chosen: number; /** Most likely first. */ readonly top: readonly TokenProbability[] };
};

export type DecodeRequest = {
  readonly prompt: readonly Token[];
  readonly sampling: Sampling;
  readonly random: () => number;
  /** How many alternatives to report for each token; undefined reports nothing. */
  readonly alternatives: number | undefined;
  readonly model: Pick<LanguageModel, "vocabularySize" | "prefillChunk">;
  readonly signal: AbortSignal;
  /** Told once, before the first token: how many of the prompt's tokens came from the KV cache. */
  readonly onPrefilled: (cachedTokens: number) => void;
};

/** A vocabulary this small is copied whole for each sampled token; of a larger one the head carries all that sampling can reach. */
const wholeVocabularyUpTo = 4096;
const headTokens = 512;
/** A prefill cannot be interrupted inside a chunk: chunks that take this long keep an abort under 250 ms. */
const chunkSeconds = 0.1;

/**
 * Continues a prompt on a sequence without end (the caller stops it). What the sequence holds is reused as far as it is the
 * same; the rest is rolled back. Leaves a sound cache behind wherever it is stopped.
 */
export async function* decode(sequence: LlamaContextSequence, request: DecodeRequest): AsyncGenerator<DecodedToken, void, void> {
  const { prompt, sampling, signal } = request;
  await rollBack(sequence, prompt);
  const cached = sequence.nextTokenIndex;
  let rest = prompt.slice(cached);
  let chunk = request.model.prefillChunk;
  while (rest.length > 1 && !signal.aborted) {
    const started = performance.now();
    const part = rest.slice(0, Math.min(chunk, rest.length - 1));
    await sequence.controlledEvaluate(part);
    rest = rest.slice(part.length);
    const seconds = Math.max((performance.now() - started) / 1000, 1e-4);
    chunk = Math.min(512, Math.max(8, Math.round((part.length / seconds) * chunkSeconds)));
  }
  request.onPrefilled(cached);

  const masked = sampling.allowed !== undefined || sampling.bias.size > 0;
  const { alternatives } = request;
  const nativeArgmax = isGreedy(sampling) && !masked && alternatives === undefined;
  const whole = masked || alternatives !== undefined || request.model.vocabularySize <= wholeVocabularyUpTo;
  let last = rest[0];
  while (last !== undefined && !signal.aborted) {
    const [output] = await sequence.controlledEvaluate([
      [
        last,
        {
          generateNext: {
            token: nativeArgmax,
            probabilities: !nativeArgmax,
            options: { temperature: whole || nativeArgmax ? 0 : 1, topK: whole ? 0 : headTokens, topP: 1, minP: 0, seed: 0 },
          },
        },
      ],
    ]);
    const probabilities = output?.next.probabilities;
    const token = probabilities === undefined ? (output?.next.token ?? undefined) : sample(probabilities, sampling, request.random);
    if (token === undefined) throw new Error("The model gave no next token.");
    if (signal.aborted) return;
    yield probabilities === undefined || alternatives === undefined
      ? { token }
      : { token, probabilities: { chosen: probabilities.get(token) ?? 0, top: [...firstOf(probabilities, alternatives)] } };
    last = token;
  }
}

/** The whole vocabulary of every token would soon fill the memory: only its head is kept. */
function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

/** Drops what the sequence holds behind its common prefix with the prompt; the prompt's last token is always computed again, for its logits. */
async function rollBack(sequence: LlamaContextSequence, prompt: readonly Token[]): Promise<void> {
  const held = sequence.contextTokens;
  const keep = Math.min(commonPrefix(held, prompt), prompt.length - 1);
  if (keep < held.length) await sequence.eraseContextTokenRanges([{ start: keep, end: held.length }]);
}

export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let same = 0;
  while (same < end && a[same] === b[same]) same += 1;
  return same;
}
