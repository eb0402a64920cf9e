import type { GenerationPart, GenerationRequest, Usage } from "./generation.ts";

export type WeighedTokens = {
  /** Probabilities of the given tokens, in their order; they sum to 1. */
  readonly probabilities: readonly number[];
  readonly usage: Usage;
};

/**
 * A model on this device, in whatever engine and for whatever role: calls wait for their turn, an engine that died is
 * started again with the next one, and the KV cache keeps the longest common prefix from call to call.
 */
export type OnDeviceModel = {
  readonly contextTokens: number;
  readonly computesOn: "cpu" | "webgpu";
  readonly device: string;
  generate(request: GenerationRequest): AsyncIterable<GenerationPart>;
  /**
   * How likely each of a few tokens is to come next, at temperature 1 and among themselves only.
   * @throws ModelError, "aborted" with the signal, "cannot-score" where one of them is no token of the model's
   */
  weighNextToken(prompt: string, tokens: readonly string[], signal: AbortSignal): Promise<WeighedTokens>;
  close(): Promise<void>;
};
