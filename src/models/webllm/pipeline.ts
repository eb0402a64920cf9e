/** Raw scores of every token of the vocabulary to come next, before temperature. */
export type Logits = Float32Array;

/**
 * What the decode loop needs of a model with a KV cache. WebLLM's pipeline implements it (pipeline-internals.ts), and in
 * tests a scripted one. One call at a time: two forwards at once break the cache.
 */
export type Pipeline = {
  /** Most tokens the KV cache holds. Forwarding past it raises nothing, so the caller counts. */
  readonly contextTokens: number;
  /** Most tokens one forward takes; `prefill` must not be given more. */
  readonly prefillChunk: number;
  /** Tokens that end the text. */
  readonly stopTokens: ReadonlySet<number>;
  /** Whether its kernels compute in 16-bit floats, which round more. */
  readonly halfPrecision: boolean;
  /** Why held tokens cannot be taken back; absent where they can. */
  readonly noRollback?: string;
  /** Tokens in the KV cache. */
  readonly held: number;
  encode(text: string): readonly number[];
  decode(tokens: readonly number[]): string;
  /** Appends tokens in one forward; the logits after the last one. @throws what the engine throws; the cache is unknown then */
  prefill(tokens: readonly number[]): Promise<Logits>;
  /** Appends one token by the decode kernels. */
  step(token: number): Promise<Logits>;
  /** Takes the last tokens back; they must be there. Only where `noRollback` is absent. */
  popn(count: number): void;
  /** Empties the KV cache, also after a failure. */
  reset(): void;
  /** Resolves, with why, when the GPU device is gone. */
  readonly lost: Promise<string>;
};
