import type { ChatFormat } from "./chat-format.ts";
import type { GenerationPart, GenerationRequest } from "./generation.ts";

export type DraftModelInfo = {
  /** Stable name for storage, e.g. "wllama:arithmetic-draft". */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  readonly format: ChatFormat;
  /** Added after the problem, "" where the model was trained on the bare problem. */
  readonly instruction: string;
  /** Prompt and output together, in tokens. */
  readonly contextTokens: number;
  readonly engine: "wllama" | "webllm" | "scripted";
  /** What really computes, not what was asked for. */
  readonly computesOn: "cpu" | "webgpu";
  /** The GPU's name, or the number of CPU threads, for people. */
  readonly device: string;
};

/**
 * The small model that drafts steps on the user's device ("speculator" in SpecReason).
 *
 * `generate` continues a prompt. It keeps its KV cache between calls: the longest common prefix of the
 * last transcript and the new prompt is reused, what lies behind it is rolled back, only new tokens are prefilled;
 * `usage.cachedTokens` tells how many were reused. Calls queue; one runs at a time.
 * After `signal` aborts, the iterator throws ModelError "aborted" within a token (during prefill: within a batch),
 * and the next call starts from a sound cache.
 */
export interface DraftModel {
  readonly info: DraftModelInfo;
  generate(request: GenerationRequest): AsyncIterable<GenerationPart>;
  /** Frees the engine. What is in flight throws ModelError "aborted". */
  close(): Promise<void>;
}
