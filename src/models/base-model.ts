import type { ChatFormat } from "./chat-format.ts";
import type { GenerationPart, GenerationRequest, Usage } from "./generation.ts";

export type BaseModelInfo = {
  /** Stable name for storage: endpoint and model, never a key. */
  readonly id: string;
  readonly name: string;
  readonly format: ChatFormat;
  /** Added after the problem, "" where the model was trained on the bare problem. */
  readonly instruction: string;
  /** Prompt and output together, in tokens; absent where the server does not say. */
  readonly contextTokens?: number;
};

/** Where a score's digit came from, best first. */
export type ScoreRung = "top-logprobs" | "constrained-digit" | "sampled-digit";

/** The base model's judgement of one step, as the endpoint gave it. */
export type Judgement = {
  /** Probabilities of the digits 0-9, renormalised to sum to 1; absent where the server gives none. */
  readonly probabilities?: readonly number[];
  /** The most likely digit; absent where the model wrote none (a rejection). */
  readonly digit?: number;
  readonly rung: ScoreRung;
};

export type ScoreRequest = {
  /** One prompt a step, each ending right before the digit. Sent as one request where the server takes lists. */
  readonly prompts: readonly string[];
  readonly signal: AbortSignal;
};

export type ScoreResult = {
  /** In the order of the prompts. */
  readonly judgements: readonly Judgement[];
  /** Of all prompts together. */
  readonly usage: Usage;
};

/**
 * The large model that scores and corrects ("base model" in SpecReason), behind an endpoint or on the device.
 * Requests run side by side. Every request ends: answered, a ModelError, or "aborted" (which frees the server within 250 ms).
 * Retries, where they are safe, happen inside; a text part once given is never repeated.
 */
export interface BaseModel {
  readonly info: BaseModelInfo;
  score(request: ScoreRequest): Promise<ScoreResult>;
  /** Streams a continuation: corrections, answers. */
  generate(request: GenerationRequest): AsyncIterable<GenerationPart>;
  /** Resolves as soon as the model answers, with the seconds a smallest request takes there and back; throws a ModelError otherwise. */
  probe(signal: AbortSignal): Promise<{ readonly roundTripSeconds: number }>;
}
