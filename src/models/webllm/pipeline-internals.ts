import type { MLCEngine } from "@mlc-ai/web-llm";
import * as v from "valibot";
import { ModelError } from "../model-error.ts";
import type { Logits, Pipeline } from "./pipeline.ts";

/**
 * The only file that touches what @mlc-ai/web-llm keeps to itself: its public calls prefill the whole chain again for each
 * step. The names are those of version 0.2.86, which package.json pins.
 */
export const neededNames = {
  engine: ["loadedModelIdToPipeline", "loadedModelIdToLock"],
  /** Without these nothing works. */
  methods: ["forwardKnownTokens", "forwardDecodeToken", "updateLogitsOnCPU", "resetChat"],
  fields: ["tokenizer", "tvm", "device", "stopTokens", "contextWindowSize", "slidingWindowSize", "prefillChunkSize", "filledKVCacheLength"],
  /** Without these there is no rollback. */
  rollbackFields: ["kvStateKind", "kvCache"],
} as const;

/** In every model library's runtime, though WebLLM itself never calls it. */
const popnName = "vm.builtin.kv_state_popn";

type Disposable = { dispose(): void };
type Tensor = Disposable & { toArray(): unknown };
type KvState = object;
type Scalar = object;
type PackedFunction = (...args: readonly unknown[]) => unknown;

type Runtime = {
  beginScope(): void;
  endScope(): void;
  detachFromCurrentScope<T>(value: T): T;
  getGlobalFunc(name: string): PackedFunction;
  scalar(value: number, type: "int32" | "int64"): Scalar;
  readonly lib: { readonly webGPUContext?: { readonly device: { readonly lost: Promise<{ readonly message: string }> } } };
};

/** The pipeline of @mlc-ai/web-llm 0.2.86, as far as it is used. */
export type PackagePipeline = {
  readonly tokenizer: { encode(text: string): ArrayLike<number>; decode(tokens: Int32Array): string };
  readonly tvm: Runtime;
  readonly device: { sync(): Promise<void> };
  readonly stopTokens: readonly number[];
  readonly kvStateKind: string;
  readonly kvCache: KvState | undefined;
  readonly contextWindowSize: number;
  readonly slidingWindowSize: number;
  readonly prefillChunkSize: number;
  filledKVCacheLength: number;
  forwardKnownTokens(tokens: readonly number[], isPrefill: boolean): Promise<Tensor | undefined>;
  forwardDecodeToken(token: number): Promise<Tensor>;
  updateLogitsOnCPU(logits: Tensor): Tensor;
  resetChat(): void;
};

/** The engine of @mlc-ai/web-llm 0.2.86, as far as it is used; private only to TypeScript. */
type PackageEngine = {
  readonly loadedModelIdToPipeline: ReadonlyMap<string, object>;
  readonly loadedModelIdToLock: ReadonlyMap<string, { acquire(): Promise<void> }>;
};

const missingIn = (holder: object, names: readonly string[]) => names.filter((name) => !(name in holder));
const notCallable = (holder: object, names: readonly string[]) => names.filter((name) => typeof Reflect.get(holder, name) !== "function");
const missingInPipeline = (found: object) => [...notCallable(found, neededNames.methods), ...missingIn(found, neededNames.fields)];
const isPackageEngine = (found: object): found is PackageEngine => missingIn(found, neededNames.engine).length === 0;
const isPackagePipeline = (found: object): found is PackagePipeline => missingInPipeline(found).length === 0;
const moved = (names: readonly string[]) =>
  new ModelError("engine-failed", `This version of WebLLM has no ${names.join(", ")}. Reload the page; if it stays so, choose a model that runs without WebLLM.`);

/** The pipeline of a model that an engine has loaded; its lock is taken for good, so that no public call comes between. */
export async function pipelineOf(engine: MLCEngine, modelId: string): Promise<Pipeline> {
  const inside: object = engine;
  if (!isPackageEngine(inside)) throw moved(missingIn(inside, neededNames.engine));
  const pipeline = inside.loadedModelIdToPipeline.get(modelId);
  if (pipeline === undefined) throw new ModelError("out-of-memory", "The GPU was lost while the model was loading, most likely because its memory is full. Choose a smaller model, or close other tabs.");
  await inside.loadedModelIdToLock.get(modelId)?.acquire();
  return adaptPipeline(pipeline);
}

/** @throws ModelError "engine-failed" where the pipeline lacks what nothing works without */
export function adaptPipeline(found: object): Pipeline {
  if (!isPackagePipeline(found)) throw moved(missingInPipeline(found));
  const inside: PackagePipeline = found;
  const { tvm, tokenizer } = inside;
  const popn = rollbackOf(inside);

  async function logitsOf(tensor: Tensor | undefined): Promise<Logits> {
    if (tensor === undefined) throw new ModelError("engine-failed", "WebLLM gave no logits.");
    try {
      tvm.beginScope();
      let onCpu: Tensor;
      try {
        onCpu = inside.updateLogitsOnCPU(tensor);
      } finally {
        tvm.endScope();
      }
      await inside.device.sync();
      return v.parse(v.instance(Float32Array), onCpu.toArray());
    } finally {
      tensor.dispose();
    }
  }

  return {
    contextTokens: inside.contextWindowSize > 0 ? inside.contextWindowSize : inside.slidingWindowSize,
    prefillChunk: inside.prefillChunkSize,
    stopTokens: new Set(inside.stopTokens),
    halfPrecision: isHalfPrecision(inside),
    ...("why" in popn ? { noRollback: popn.why } : {}),
    get held() { return inside.filledKVCacheLength; },
    encode: (text) => Array.from(tokenizer.encode(text)),
    decode: (tokens) => (tokens.length === 0 ? "" : tokenizer.decode(Int32Array.from(tokens))),
    prefill: async (tokens) => logitsOf(await inside.forwardKnownTokens(tokens, true)),
    step: async (token) => logitsOf(await inside.forwardDecodeToken(token)),
    popn(count) {
      if ("why" in popn) throw new ModelError("engine-failed", popn.why);
      // Popping more than is held is a trap in wasm.
      if (count > inside.filledKVCacheLength) throw new ModelError("engine-failed", `${count} tokens cannot be taken back of ${inside.filledKVCacheLength}.`);
      popn.call(count);
      inside.filledKVCacheLength -= count;
    },
    reset: () => inside.resetChat(),
    lost: lossOf(tvm),
  };
}

function rollbackOf(inside: PackagePipeline): { readonly call: (count: number) => void } | { readonly why: string } {
  const { tvm, kvCache, kvStateKind } = inside;
  const missing = missingIn(inside, neededNames.rollbackFields);
  if (missing.length > 0) return { why: `This version of WebLLM has no ${missing.join(", ")}.` };
  if (kvStateKind !== "kv_cache") return { why: `The model keeps recurrent state (${kvStateKind}), which cannot be taken back.` };
  if (inside.slidingWindowSize !== -1) return { why: "The model forgets behind a sliding window, so that nothing can be taken back." };
  if (kvCache === undefined) return { why: "The model has no KV cache." };
  const scoped = <T>(work: () => T): T => {
    tvm.beginScope();
    try {
      return work();
    } finally {
      tvm.endScope();
    }
  };
  try {
    const popn = scoped(() => tvm.detachFromCurrentScope(tvm.getGlobalFunc(popnName)));
    // A bare number would be passed as a float.
    return { call: (count) => { scoped(() => popn(kvCache, tvm.scalar(0, "int64"), tvm.scalar(count, "int32"))); } };
  } catch {
    return { why: `The model's library has no ${popnName}.` };
  }
}

/** mlc-chat-config.json says how the model was quantised, e.g. "q4f16_1"; the package keeps it as `config`. */
const withQuantization = v.object({ config: v.object({ quantization: v.string() }) });
const isHalfPrecision = (pipeline: object): boolean => v.is(withQuantization, pipeline) && pipeline.config.quantization.includes("f16");

/** The package notices a lost device and unloads the model, but tells nobody. */
function lossOf(tvm: Runtime): Promise<string> {
  const lost = tvm.lib.webGPUContext?.device.lost;
  // Where it cannot be watched, the next call fails instead.
  return lost === undefined ? new Promise(() => undefined) : lost.then(({ message }) => message);
}
