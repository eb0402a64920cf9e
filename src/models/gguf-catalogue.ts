import { chatMl, reasoningInstruction, type ChatFormat } from "./chat-format.ts";

/** A model in one GGUF file, for llama.cpp on the CPU (on the GPU where its shaders know 16-bit floats). */
export type GgufModel = {
  readonly id: string;
  readonly name: string;
  /** Billions of parameters. */
  readonly billions: number;
  /** Of one fixed revision. */
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Prompt and output together, tokens. */
  readonly contextTokens: number;
  /** SPDX. */
  readonly licence: string;
  readonly format: ChatFormat;
  readonly instruction: string;
};

const common = { contextTokens: 4096, licence: "Apache-2.0", format: chatMl, instruction: reasoningInstruction };

/** For machines without a GPU, fastest first. Lengths and hashes are those Hugging Face gives for these revisions. */
export const ggufCatalogue: readonly GgufModel[] = [
  {
    ...common, id: "qwen3-0.6b-gguf", name: "Qwen3 0.6B, GGUF Q8_0", billions: 0.6, bytes: 639_446_688,
    url: "https://huggingface.co/Qwen/Qwen3-0.6B-GGUF/resolve/23749fefcc72300e3a2ad315e1317431b06b590a/Qwen3-0.6B-Q8_0.gguf",
    sha256: "9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031",
  },
  {
    ...common, id: "qwen3-1.7b-gguf", name: "Qwen3 1.7B, GGUF Q4_K_M", billions: 1.7, bytes: 1_282_439_264,
    url: "https://huggingface.co/ggml-org/Qwen3-1.7B-GGUF/resolve/daeb8e2d528a760970442092f6bf1e55c3b659eb/Qwen3-1.7B-Q4_K_M.gguf",
    sha256: "d2387ca2dbfee2ffabce7120d3770dadca0b293052bc2f0e138fdc940d9bc7b5",
  },
];
