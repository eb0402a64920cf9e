import type { Ended, GenerationPart, GenerationRequest, TokenSignal } from "../generation.ts";
import { createStopTexts } from "../stop-texts.ts";
import type { CompletionChunk, TokenCandidate } from "./completion-chunk.ts";
import type { EngineOutcome, WllamaEngine } from "./wllama-engine.ts";

/** The likeliest tokens that come with each token; more make long messages. */
const candidates = 10;

/** Log-probabilities below this are as good as impossible; llama.cpp gives the least double for 0. */
const leastLogProb = -100;

/** Shannon entropy in nats over the given tokens, their probabilities renormalised. */
export function entropyOf(tokens: readonly TokenCandidate[]): number {
  const probabilities = tokens.map((token) => Math.exp(token.logprob));
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  if (total === 0) return 0;
  return probabilities.reduce((sum, p) => (p === 0 ? sum : sum - (p / total) * Math.log(p / total)), 0);
}

const signalsOf = (chunk: CompletionChunk): readonly TokenSignal[] =>
  (chunk.choices[0]?.logprobs?.content ?? []).flatMap((token) =>
    "logprob" in token ? [{ logProb: Math.min(0, Math.max(leastLogProb, token.logprob)), entropy: entropyOf(token.top_logprobs) }] : [],
  );

/**
 * Continues a prompt, giving parts to `emit` as they come. Stop texts are looked for here: llama.cpp would keep to itself
 * what it held back for a stop text that never came, and the last token's log-probability.
 *
 * Log-probabilities are llama.cpp's before sampling: at temperature 1, over the whole vocabulary.
 * @returns false where `signal` ended it
 * @throws ModelError
 */
export async function generateWith(
  engine: WllamaEngine,
  request: GenerationRequest,
  shown: readonly string[],
  emit: (part: GenerationPart) => void,
): Promise<boolean> {
  const stops = createStopTexts(request.stop);
  let text = "";
  let generated = 0;
  let promptTokens: number | undefined;
  let cachedTokens = 0;
  let ended: Ended | undefined;
  let blind = 8;

  for (let segment = 0; ended === undefined; segment++) {
    // Every second one goes on without log-probabilities over the place that could not be reported.
    const seeing = segment % 2 === 0;
    const left = request.maxTokens - generated;
    const stopped = new AbortController();
    const signal = AbortSignal.any([request.signal, stopped.signal]);
    let inSegment = 0;
    const hear = (chunk: CompletionChunk) => {
      const { timings, prompt_progress: progress, choices: [choice] } = chunk;
      if (promptTokens === undefined && progress !== undefined) {
        // Of the caller's prompt, even where not one token of the first completion can be reported.
        promptTokens = progress.total;
        cachedTokens = progress.cache;
      }
      if (promptTokens === undefined && timings !== undefined && timings.predicted_n > 0) {
        promptTokens = timings.cache_n + timings.prompt_n;
        cachedTokens = timings.cache_n;
      }
      if (choice === undefined || ended !== undefined) return;
      const tokens = Math.max(0, (timings?.predicted_n ?? inSegment) - inSegment);
      inSegment += tokens;
      generated += tokens;
      const found = stops.push(choice.text);
      text += choice.text;
      const signals = signalsOf(chunk);
      if (found.text !== "" || tokens > 0) emit({ kind: "text", text: found.text, tokens, ...(signals.length === 0 ? {} : { signals }) });
      if (found.stop !== undefined) {
        ended = { kind: "stop", stop: found.stop };
        stopped.abort();
      } else if (choice.finish_reason !== null && (seeing || choice.finish_reason === "stop" || generated >= request.maxTokens)) {
        ended = choice.finish_reason === "stop" ? { kind: "end-of-text" } : { kind: "length" };
      }
    };
    const outcome: EngineOutcome = await engine.complete(
      {
        prompt: request.prompt + text,
        maxTokens: seeing ? left : Math.min(left, blind),
        temperature: request.temperature,
        topP: request.topP,
        candidates: seeing ? candidates : 0,
        shown,
        ...(request.seed === undefined ? {} : { seed: (request.seed + segment * 0x9e3779b1) >>> 0 }),
      },
      hear,
      signal,
    );
    if (ended !== undefined) break;
    if (outcome === "aborted") return false;
    // Where even the text alone cannot be reported, or nothing came, going on would go on for ever.
    if (outcome === "unprintable" ? !seeing : inSegment === 0) ended = { kind: "end-of-text" };
    if (!seeing) blind *= 2;
  }

  const rest = ended.kind === "stop" ? "" : stops.rest();
  if (rest !== "") emit({ kind: "text", text: rest, tokens: 0 });
  emit({ kind: "end", ended, usage: { promptTokens: promptTokens ?? 0, cachedTokens, generatedTokens: generated } });
  return true;
}
