import { chatMl, deepSeekR1, reasoningInstruction, type ChatFormat } from "./chat-format.ts";

/** Kernels in 16-bit floats are faster and smaller, and need the adapter's `shader-f16`. */
export type Precision = "f16" | "f32";

export type ModelVariant = {
  /** WebLLM's model id; also the name of the repository. */
  readonly modelId: string;
  readonly modelUrl: string;
  readonly modelLibUrl: string;
  /** GPU memory with the default context, bytes, as WebLLM's records state it. */
  readonly gpuBytes: number;
  /** Bytes of the weights, about: 4-bit integers with a 16- or 32-bit scale for each 32 of them. */
  readonly downloadBytes: number;
};

export type CatalogueModel = {
  readonly id: string;
  readonly name: string;
  /** Billions of parameters. */
  readonly billions: number;
  readonly variants: { readonly f16?: ModelVariant; readonly f32?: ModelVariant };
  /** Prompt and output together, tokens. */
  readonly contextTokens: number;
  /** SPDX. */
  readonly licence: string;
  readonly format: ChatFormat;
  readonly instruction: string;
  /** Whether it was trained to think in steps before it answers. */
  readonly reasons: boolean;
};

const library = "https://raw.githubusercontent.com/mlc-ai/binary-mlc-llm-libs/main/web-llm-models/v0_2_86/base";
const megabyte = 1024 * 1024;

const bitsPerParameter = { f16: 4.5, f32: 5 } as const;

/** @param libraryOf the model whose compiled library it shares, where that is not its own */
const variant = (precision: Precision, billions: number, modelId: string, megabytes: number, libraryOf = modelId): ModelVariant => ({
  modelId,
  modelUrl: `https://huggingface.co/mlc-ai/${modelId}`,
  modelLibUrl: `${library}/${libraryOf.replace(/-MLC$/, "")}_cs1k-webgpu.wasm`,
  gpuBytes: Math.round(megabytes * megabyte),
  downloadBytes: Math.round(billions * 1e9 * bitsPerParameter[precision] / 8),
});

/** Mistral's reasoning models, by their published template, without its long system prompt. */
const ministral: ChatFormat = {
  id: "ministral-3",
  textStart: "<s>",
  userStart: "[INST]",
  userEnd: "[/INST]",
  assistantStart: "",
  assistantEnd: "</s>",
  thinkingStart: "[THINK]",
  thinkingEnd: "[/THINK]",
  emptyThinking: "",
};

const common = { contextTokens: 4096, licence: "Apache-2.0", format: chatMl, instruction: reasoningInstruction, reasons: true };

/** Models worth drafting with, smallest first. Addresses and sizes are those of WebLLM 0.2.86's own records. */
export const modelCatalogue: readonly CatalogueModel[] = [
  {
    ...common, id: "smollm2-360m", name: "SmolLM2 360M", billions: 0.36, reasons: false,
    variants: { f16: variant("f16", 0.36, "SmolLM2-360M-Instruct-q4f16_1-MLC", 376.06), f32: variant("f32", 0.36, "SmolLM2-360M-Instruct-q4f32_1-MLC", 579.61) },
  },
  {
    ...common, id: "qwen3-0.6b", name: "Qwen3 0.6B", billions: 0.6,
    variants: { f16: variant("f16", 0.6, "Qwen3-0.6B-q4f16_1-MLC", 1403.34), f32: variant("f32", 0.6, "Qwen3-0.6B-q4f32_1-MLC", 1924.98) },
  },
  {
    ...common, id: "qwen3-1.7b", name: "Qwen3 1.7B", billions: 1.7,
    variants: { f16: variant("f16", 1.7, "Qwen3-1.7B-q4f16_1-MLC", 2036.66), f32: variant("f32", 1.7, "Qwen3-1.7B-q4f32_1-MLC", 2635.44) },
  },
  {
    ...common, id: "ministral-3-3b-reasoning", name: "Ministral 3 3B Reasoning", billions: 3.4, format: ministral,
    variants: { f16: variant("f16", 3.4, "Ministral-3-3B-Reasoning-2512-q4f16_1-MLC", 2863.69), f32: variant("f32", 3.4, "Ministral-3-3B-Reasoning-2512-q4f32_1-MLC", 3532.37) },
  },
  {
    ...common, id: "qwen3-4b", name: "Qwen3 4B", billions: 4,
    variants: { f16: variant("f16", 4, "Qwen3-4B-q4f16_1-MLC", 3431.59), f32: variant("f32", 4, "Qwen3-4B-q4f32_1-MLC", 4327.71) },
  },
  {
    ...common, id: "deepseek-r1-distill-qwen-7b", name: "DeepSeek R1 Distill Qwen 7B", billions: 7.6, licence: "MIT", format: deepSeekR1,
    variants: { f16: variant("f16", 7.6, "DeepSeek-R1-Distill-Qwen-7B-q4f16_1-MLC", 5106.67, "Qwen2-7B-Instruct-q4f16_1-MLC"), f32: variant("f32", 7.6, "DeepSeek-R1-Distill-Qwen-7B-q4f32_1-MLC", 5900.09, "Qwen2-7B-Instruct-q4f32_1-MLC") },
  },
  {
    ...common, id: "qwen3-8b", name: "Qwen3 8B", billions: 8.2,
    variants: { f16: variant("f16", 8.2, "Qwen3-8B-q4f16_1-MLC", 5695.78), f32: variant("f32", 8.2, "Qwen3-8B-q4f32_1-MLC", 6852.55) },
  },
];

/** What WebLLM 0.2.86 asks of every device; the two buffer limits are what it falls back to. */
export const neededLimits = {
  maxBufferSize: 256 * megabyte,
  maxStorageBufferBindingSize: 128 * megabyte,
  maxComputeWorkgroupStorageSize: 32 * 1024,
  maxStorageBuffersPerShaderStage: 10,
} as const;

export type NeededLimit = keyof typeof neededLimits;
export type AdapterLimits = { readonly [limit in NeededLimit]: number };

const limitNames: readonly NeededLimit[] = ["maxBufferSize", "maxStorageBufferBindingSize", "maxComputeWorkgroupStorageSize", "maxStorageBuffersPerShaderStage"];

/** The limits an adapter falls short of, each as "name: has, needs". */
export const missingLimits = (limits: AdapterLimits): readonly string[] =>
  limitNames.filter((name) => limits[name] < neededLimits[name]).map((name) => `${name}: ${limits[name]} of ${neededLimits[name]}`);

/** What is known of the machine. `GPUAdapter` with its `limits` and `features` fits. */
export type AdapterFacts = {
  readonly limits: AdapterLimits;
  readonly features: { has(name: string): boolean };
  /** True for an adapter that computes on the CPU. */
  readonly isFallbackAdapter?: boolean;
};

export type Fit =
  | { readonly kind: "fits"; readonly precision: Precision; readonly variant: ModelVariant }
  /** The browser does not tell a GPU's memory; its largest buffer is a hint that this model is too much. */
  | { readonly kind: "may-not-fit"; readonly precision: Precision; readonly variant: ModelVariant; readonly why: "memory" }
  | { readonly kind: "does-not-fit"; readonly why: "no-webgpu" | "limits" | "no-shader-f16" | "storage"; readonly missing?: readonly string[] };

/** Browsers let one buffer take about a quarter to all of the GPU's memory, and cap it at 2 to 4 GiB. */
const buffersPerGpu = 4;

/** How much memory a GPU has, as far as its largest buffer hints at it. */
export const likelyGpuBytes = ({ limits }: Pick<AdapterFacts, "limits">): number => limits.maxBufferSize * buffersPerGpu;

/**
 * Whether a model can run on this adapter, and which of its variants.
 * @param adapter undefined where the browser has no WebGPU
 * @param freeBytes free storage for the download; undefined where unknown, or where it is downloaded already
 * @param takenGpuBytes what another model takes of the GPU's memory meanwhile
 */
export function fits({ variants }: CatalogueModel, adapter: AdapterFacts | undefined, freeBytes: number | undefined, takenGpuBytes = 0): Fit {
  if (adapter === undefined) return { kind: "does-not-fit", why: "no-webgpu" };
  const missing = missingLimits(adapter.limits);
  if (missing.length > 0) return { kind: "does-not-fit", why: "limits", missing };
  const precision = adapter.features.has("shader-f16") && variants.f16 !== undefined ? "f16" : "f32";
  const chosen = variants[precision];
  if (chosen === undefined) return { kind: "does-not-fit", why: "no-shader-f16" };
  if (freeBytes !== undefined && freeBytes < chosen.downloadBytes) return { kind: "does-not-fit", why: "storage" };
  return chosen.gpuBytes + takenGpuBytes <= likelyGpuBytes(adapter) ? { kind: "fits", precision, variant: chosen } : { kind: "may-not-fit", precision, variant: chosen, why: "memory" };
}

/** What most machines with a GPU run well: larger ones draft too slowly to gain. */
const favourite = "qwen3-1.7b";

/**
 * The model to offer first on this machine, or nothing where its CPU is the better place: the favourite where it fits, else
 * the largest smaller one that does, those that reason first.
 */
export function recommend(adapter: AdapterFacts | undefined, freeBytes: number | undefined): { readonly model: CatalogueModel; readonly fit: Extract<Fit, { kind: "fits" }> } | undefined {
  if (adapter?.isFallbackAdapter === true) return undefined;
  const most = modelCatalogue.findIndex(({ id }) => id === favourite);
  const candidates = modelCatalogue.slice(0, most + 1).toReversed();
  for (const model of [...candidates.filter(({ reasons }) => reasons), ...candidates.filter(({ reasons }) => !reasons)]) {
    const fit = fits(model, adapter, freeBytes);
    if (fit.kind === "fits") return { model, fit };
  }
  return undefined;
}
