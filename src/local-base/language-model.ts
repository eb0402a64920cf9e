import { availableParallelism } from "node:os";
import type { Llama, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import * as v from "valibot";
import { checkGgufFile } from "./gguf-file.ts";
import { LocalBaseError } from "./local-base-error.ts";

export type LanguageModelOptions = {
  readonly modelPath: string;
  /** Most tokens of prompt and output together; the model's training context where that is smaller. */
  readonly maxContextTokens: number;
  /** How many prompts are kept and computed side by side. */
  readonly sequences: number;
};

/** A loaded GGUF: its tokenizer, and sequences that each keep one KV cache. */
export type LanguageModel = {
  readonly contextTokens: number;
  readonly vocabularySize: number;
  /** The longest token's text, in characters: bounds how few tokens a text can have. */
  readonly longestToken: number;
  /** Tokens of a prompt to compute at a time, to begin with. */
  readonly prefillChunk: number;
  readonly sequences: readonly LlamaContextSequence[];
  readonly chatTemplate: string | undefined;
  readonly textStart: string;
  readonly textEnd: string;
  tokenize(text: string, addSpecialTokens: boolean): Token[];
  detokenize(tokens: readonly Token[], special: boolean, before?: readonly Token[]): string;
  /** As the vocabulary file spells it ("Ġ" for a space). */
  tokenString(token: Token): string;
  isEndOfText(token: Token): boolean;
  close(): Promise<void>;
};

/** The embedded models are slower with a second thread than with one. */
const oneThreadBelowBytes = 50_000_000;

/** About a tenth of a second on two slow cores. A small model takes any prompt at once, which keeps its sums, and so its seeds, reproducible. */
const prefillChunkFor = (bytes: number): number => Math.min(512, Math.max(8, Math.round(6.4e9 / bytes)));

const metadata = v.object({
  tokenizer: v.object({ chat_template: v.optional(v.string()), ggml: v.object({ tokens: v.array(v.string()) }) }),
});

let shared: Promise<Llama> | undefined;

/** One llama.cpp for all models of this process; CPU only, never built or downloaded here. */
const llama = (): Promise<Llama> => (shared ??= startLlama());

/** Imported late: Vite's configuration mounts the endpoint, and most of Vite's runs never ask it anything. */
async function startLlama(): Promise<Llama> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  return getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false, logLevel: LlamaLogLevel.disabled });
}

/** @throws LocalBaseError where the file is missing, no GGUF, cut short, or too large for this machine. */
export async function loadLanguageModel(options: LanguageModelOptions): Promise<LanguageModel> {
  const path = options.modelPath;
  const { bytes } = await checkGgufFile(path);
  const engine = await llama().catch((cause: unknown) => {
    shared = undefined;
    throw new LocalBaseError("llama.cpp does not run on this machine: no prebuilt binary of node-llama-cpp fits it.", { cause });
  });
  const model = await engine.loadModel({ modelPath: path, gpuLayers: 0 }).catch((cause: unknown) => {
    if (cause instanceof Error && cause.name === "InsufficientMemoryError")
      throw new LocalBaseError(`${path} does not fit into memory. Choose a smaller model.`, { cause });
    throw new LocalBaseError(
      `${path} (${bytes} bytes) cannot be loaded: it is cut short, damaged, or of an architecture this llama.cpp does not know. Download it again or choose another.`,
      { cause },
    );
  });
  const contextTokens = Math.min(model.trainContextSize, options.maxContextTokens);
  const context = await model
    .createContext({
      contextSize: contextTokens,
      sequences: options.sequences,
      threads: bytes < oneThreadBelowBytes ? 1 : availableParallelism(),
    })
    .catch(async (cause: unknown) => {
      await model.dispose();
      throw new LocalBaseError(`${path}: no memory for ${options.sequences} contexts of ${contextTokens} tokens. Lower --context or --sequences.`, { cause });
    });
  return describe(model, bytes, contextTokens, Array.from({ length: options.sequences }, () => context.getSequence()));
}

function describe(model: LlamaModel, bytes: number, contextTokens: number, sequences: LlamaContextSequence[]): LanguageModel {
  const { tokenizer } = v.parse(metadata, model.fileInfo.metadata);
  const vocabulary = tokenizer.ggml.tokens;
  const { bos } = model.tokens;
  return {
    contextTokens,
    vocabularySize: vocabulary.length,
    longestToken: vocabulary.reduce((longest, token) => Math.max(longest, token.length), 1),
    prefillChunk: prefillChunkFor(bytes),
    sequences,
    chatTemplate: tokenizer.chat_template,
    textStart: model.tokens.bosString ?? "",
    textEnd: model.tokens.eosString ?? "",
    tokenize: (text, addSpecialTokens) => {
      const tokens = model.tokenize(text, true, "trimLeadingSpace");
      return addSpecialTokens && bos !== null && model.tokens.shouldPrependBosToken ? [bos, ...tokens] : tokens;
    },
    detokenize: (tokens, special, before) => model.detokenize(tokens, special, before),
    tokenString: (token) => vocabulary[token] ?? "",
    isEndOfText: (token) => model.isEogToken(token),
    close: () => model.dispose(),
  };
}
