/** Why a generation ended. A blank line is `stop` with "\n\n"; a cap reached is `length`. */
export type Ended =
  | { readonly kind: "stop"; readonly stop: string }
  | { readonly kind: "end-of-text" }
  | { readonly kind: "length" };

export type GenerationRequest = {
  /** The whole prompt, rendered with the model's own chat format, special tokens written out. */
  readonly prompt: string;
  /** Most tokens to generate, at least 1. */
  readonly maxTokens: number;
  /** Texts that end the generation; they are not part of what is returned. At most 4 (vLLM's limit). */
  readonly stop: readonly string[];
  readonly temperature: number;
  readonly topP: number;
  readonly seed?: number;
  readonly signal: AbortSignal;
};

/** What the model thought of one token it chose. */
export type TokenSignal = {
  /** Natural logarithm of the chosen token's probability at temperature 1. */
  readonly logProb: number;
  /** Entropy in nats over the most likely tokens known, where the engine gives them. */
  readonly entropy?: number;
};

export type Usage = {
  /** Tokens of the whole prompt. */
  readonly promptTokens: number;
  /** How many of them came from a KV cache; absent where the engine does not say. */
  readonly cachedTokens?: number;
  /** Tokens generated, those of the removed stop text included. */
  readonly generatedTokens: number;
};

/** A generation as a stream: any number of `text` parts, then exactly one `end`. A failure throws a ModelError instead. */
export type GenerationPart =
  | {
      readonly kind: "text";
      readonly text: string;
      /** Tokens this part took (0 where text was held back and is released with a later token). */
      readonly tokens: number;
      readonly signals?: readonly TokenSignal[];
    }
  | { readonly kind: "end"; readonly ended: Ended; readonly usage: Usage };
