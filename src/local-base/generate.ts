import type { Token } from "node-llama-cpp";
import type { CompletionRequest } from "./completion-request.ts";
import { decode, type DecodedToken } from "./decode.ts";
import { generatedText } from "./generated-text.ts";
import type { LanguageModel } from "./language-model.ts";
import type { Metrics } from "./metrics.ts";
import type { SequenceLease } from "./sequence-pool.ts";
import { seededRandom } from "./sampling.ts";

/** Why a choice ended; `stop` is the stop string, the stop token's id, or null at the end of text. */
export type Finish = { readonly reason: "stop" | "length"; readonly stop: string | number | null };

/** One token of one choice, with the text it set free. */
export type GeneratedToken = DecodedToken & {
  /** Place of the choice in the answer: prompts in order, `n` choices each. */
  readonly choice: number;
  readonly text: string;
  /** Of this choice's prompt, how many tokens came from the KV cache. */
  readonly cachedTokens: number;
  readonly finish: Finish | undefined;
};

type Sequence = SequenceLease<LanguageModel["sequences"][number]>["sequence"];

/** Writes every choice of a request on one sequence, one after the other, so that a list of growing prompts shares its prefix. */
export async function* generate(
  request: CompletionRequest,
  model: LanguageModel,
  sequence: Sequence,
  metrics: Metrics,
  signal: AbortSignal,
): AsyncGenerator<GeneratedToken, void, void> {
  const seed = request.seed ?? Math.floor(Math.random() * 2 ** 31);
  for (const [place, prompt] of request.prompts.entries())
    for (let copy = 0; copy < request.choicesPerPrompt; copy += 1) {
      const choice = place * request.choicesPerPrompt + copy;
      yield* generateChoice({ request, model, sequence, metrics, signal, prompt, choice, maxTokens: request.maxTokens[place] ?? 1, seed: seed + copy });
      if (signal.aborted) return;
    }
}

type ChoiceRequest = {
  readonly request: CompletionRequest;
  readonly model: LanguageModel;
  readonly sequence: Sequence;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  readonly prompt: readonly Token[];
  readonly choice: number;
  readonly maxTokens: number;
  readonly seed: number;
};

async function* generateChoice(options: ChoiceRequest): AsyncGenerator<GeneratedToken, void, void> {
  const { request, model, metrics, prompt, choice } = options;
  const text = generatedText(request.stops, request.keepStop);
  const pieces = tokenTexts(model, prompt);
  let cachedTokens = 0;
  let count = 0;
  const tokens = decode(options.sequence, {
    prompt,
    sampling: request.sampling,
    random: seededRandom(options.seed),
    alternatives: request.logprobs,
    model,
    signal: options.signal,
    onPrefilled: (cached) => {
      cachedTokens = cached;
      metrics.prefixCacheQueries += prompt.length;
      metrics.prefixCacheHits += cached;
      metrics.promptTokens += prompt.length;
    },
  });
  for await (const decoded of tokens) {
    count += 1;
    metrics.generationTokens += 1;
    const finish = finishAfter(decoded.token);
    yield { ...decoded, choice, text: text.take(finish !== undefined), cachedTokens, finish };
    if (finish === undefined) continue;
    metrics.finished[finish.reason] += 1;
    return;
  }

  function finishAfter(token: Token): Finish | undefined {
    if (model.isEndOfText(token) && !request.ignoreEndOfText) return { reason: "stop", stop: null };
    if (request.stopTokens.has(token)) return { reason: "stop", stop: token };
    const last = count === options.maxTokens;
    const { stop } = text.append(pieces(token, last));
    if (stop !== undefined) return { reason: "stop", stop };
    return last ? { reason: "length", stop: null } : undefined;
  }
}

/** Most bytes of a character in UTF-8, each possibly a token of its own, with one to spare. */
const mostTokensOfACharacter = 5;

/** Turns tokens into text one by one; a character cut across tokens waits for its last one. */
function tokenTexts(model: LanguageModel, prompt: readonly Token[]): (token: Token, last: boolean) => string {
  let before = prompt.slice(-mostTokensOfACharacter);
  let pending: Token[] = [];
  return (token, last) => {
    pending.push(token);
    const text = model.detokenize(pending, false, before);
    if (text.endsWith("\uFFFD") && !last && pending.length < mostTokensOfACharacter) return "";
    before = [...before, ...pending].slice(-mostTokensOfACharacter);
    pending = [];
    return text;
  };
}
