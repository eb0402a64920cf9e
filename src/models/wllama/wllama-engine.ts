import { Wllama, type RawCompletionParams } from "@wllama/wllama/esm/index.js";
import * as v from "valibot";
import { aborted, ModelError } from "../model-error.ts";
import { checkModelFile } from "../gguf/check-model-file.ts";
import { completionChunk, type CompletionChunk } from "./completion-chunk.ts";
import { createBufferLog, usableGpu } from "./computing-device.ts";
import { engineWasm } from "./engine-wasm.ts";
import { isNativeException, isUnprintable, loggedError, wllamaError } from "./wllama-error.ts";

export type EngineSettings = {
  /** Prompt and output together; by default what the model was trained for, at most 4096. */
  readonly contextTokens?: number;
  /** CPU threads; by default one for tiny models, otherwise half of the processor's. More than one needs cross-origin isolation. */
  readonly threads?: number;
  /** "cpu" keeps the model off the GPU; by default the GPU where its shaders know 16-bit floats and the model is worth it. */
  readonly compute?: "auto" | "cpu";
  /** Longest time a load may take once the file is there; by default a minute and a second for every 10 MB. */
  readonly loadSeconds?: number;
  /** Longest silence in a generation before the engine counts as hung; by default two minutes. */
  readonly stallSeconds?: number;
};

export type EngineRequest = {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed?: number;
  /** How many of the most likely tokens come with each token, with their log-probabilities. */
  readonly candidates: number;
  /** Special tokens that are to be part of the text. */
  readonly shown?: readonly string[];
  /** Only one of these tokens may come next, and the probabilities are those among them. */
  readonly among?: readonly string[];
};

/**
 * How a completion ended: `unprintable` after a token among whose likeliest ones one is no text by itself (part of a
 * character), which wllama cannot report; that token is lost, the engine is sound.
 */
export type EngineOutcome = "finished" | "aborted" | "unprintable";

export type WllamaEngine = {
  readonly contextTokens: number;
  readonly computesOn: "cpu" | "webgpu";
  readonly device: string;
  /** Set when the engine can no longer be used. */
  readonly dead: boolean;
  /** One completion at a time. @throws ModelError */
  complete(request: EngineRequest, onChunk: (chunk: CompletionChunk) => void, signal: AbortSignal): Promise<EngineOutcome>;
  exit(): Promise<void>;
};

/** Below this size a model is fastest on one thread: handing work over costs more than it saves. */
const tinyBytes = 32 * 1024 * 1024;
const defaultContextTokens = 4096;

/** Half of the processor's threads, which are two to a core; but two where there are two. */
const usualThreads = (processors: number): number => Math.max(Math.min(2, processors), Math.floor(processors / 2));

/** An abort waits for the batch being prefilled, so batches are small. */
const batchTokens = { cpu: 64, webgpu: 128 } as const;

/** Holds the text to UTF-8: one broken character and wllama could not report the token. It does not disturb sampling otherwise. */
const utf8Grammar = String.raw`root ::= [\x00-\U0010FFFF]*`;

/** `logger` of wllama: llama.cpp's log comes here as text, some of wllama's own lines as objects. */
function createLog() {
  const buffers = createBufferLog();
  let native: string[] = [];
  let answer: ModelError | undefined;
  const read = (...parts: readonly unknown[]) => {
    for (const part of parts) if (typeof part === "string") buffers.line(part);
  };
  const error = (...parts: readonly unknown[]) => {
    for (const part of parts) {
      if (typeof part === "string" && !part.startsWith("Stack trace") && !part.startsWith("Model returned")) native.push(part);
      else answer ??= loggedError(part);
    }
  };
  return {
    logger: { debug: read, log: read, warn: read, error },
    buffers,
    get native() { return native.join(" · "); },
    get answer() { return answer; },
    forget() { native = []; answer = undefined; },
  };
}

/**
 * Loads a GGUF file into llama.cpp in its own worker.
 * @throws ModelError "bad-file", "out-of-memory", "timed-out", "download-failed", "engine-failed" or "aborted"; nothing is left running then
 */
export async function loadWllamaEngine(file: Blob, settings: EngineSettings, signal: AbortSignal): Promise<WllamaEngine> {
  const header = await checkModelFile(file);
  const tiny = file.size < tinyBytes;
  const gpu = settings.compute === "cpu" || tiny ? undefined : await usableGpu();
  const wasm = await engineWasm();
  if (signal.aborted) throw aborted();

  const trained = header.trainedContextTokens ?? defaultContextTokens;
  const batch = gpu === undefined ? batchTokens.cpu : batchTokens.webgpu;
  const threads = settings.threads ?? (tiny ? 1 : usualThreads(navigator.hardwareConcurrency));
  const log = createLog();
  const wllama = new Wllama({ default: wasm }, { logger: log.logger });
  let dead = false;
  const exit = async () => {
    dead = true;
    await wllama.exit();
  };

  const loading = wllama.loadModel([file], {
    n_ctx: Math.min(settings.contextTokens ?? defaultContextTokens, trained),
    n_threads: threads,
    n_batch: batch,
    n_ubatch: batch,
    n_parallel: 1,
    n_gpu_layers: gpu === undefined ? 0 : 99_999,
    warmup: false,
  });
  const seconds = settings.loadSeconds ?? 60 + file.size / 1e7;
  try {
    await settled(loading, seconds, signal);
    const info = wllama.getLoadedContextInfo();
    // wllama's promise resolves for models it could not load, too.
    if (!("success" in info) || info.success !== true || !(info.n_vocab > 0) || !(info.n_ctx > 0))
      throw new Error("it was not loaded");
    const computesOn = log.buffers.computesOn;
    const running = wllama.getNumThreads();
    const cpu = wllama.isMultithread() ? `${running} CPU threads` : "1 CPU thread";
    return {
      contextTokens: info.n_ctx,
      computesOn,
      device: computesOn === "webgpu" ? (gpu?.name ?? "GPU") : cpu,
      get dead() { return dead; },
      complete: (request, onChunk, abort) => complete(request, onChunk, abort),
      exit,
    };
  } catch (error) {
    await exit();
    throw loadError(error, log.native);
  }

  async function complete(request: EngineRequest, onChunk: (chunk: CompletionChunk) => void, abort: AbortSignal): Promise<EngineOutcome> {
    if (dead) throw new ModelError("engine-failed", "The model on this device is no longer loaded.");
    if (abort.aborted) return "aborted";
    log.forget();
    const stall = createStall(settings.stallSeconds ?? 120);
    try {
      const completion = wllama.createCompletion({
        ...completionParams(request),
        abortSignal: abort,
        onData: (data) => {
          stall.heard();
          const chunk = v.safeParse(completionChunk, data);
          if (!chunk.success) throw new ModelError("engine-failed", "The engine on this device answers in a form this page does not know. Reload the page.");
          onChunk(chunk.output);
        },
      });
      await Promise.race([completion, stall.promise]);
      return abort.aborted ? "aborted" : "finished";
    } catch (error) {
      if (abort.aborted && error instanceof Error && error.name === "AbortError") return "aborted";
      if (isNativeException(error) && isUnprintable(log.native)) return "unprintable";
      const failure = log.answer ?? wllamaError(error, log.native);
      // After anything but a refused request or a C++ exception the memory of the engine is not to be trusted.
      if (log.answer === undefined && !isNativeException(error)) await exit();
      throw failure;
    } finally {
      stall.stop();
    }
  }
}

/** Added to the logits of the only tokens allowed; leaves nothing to the others, and the differences among them as they are. */
const onlyBias = 100;

function completionParams(request: EngineRequest): RawCompletionParams & { readonly stream: true } {
  const { among, seed } = request;
  // llama.cpp's own fields, which wllama passes on and its types do not know, or know otherwise.
  const native: Record<string, unknown> = {
    timings_per_token: true,
    preserved_tokens: request.shown ?? [],
    ...(among === undefined ? { grammar: utf8Grammar } : { post_sampling_probs: true, logit_bias: among.map((token) => [token, onlyBias]) }),
  };
  return {
    ...native,
    prompt: request.prompt,
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    // llama.cpp would add these two by itself.
    top_k: 0,
    min_p: 0,
    n_probs: request.candidates,
    stream: true,
    return_progress: true,
    ...(seed === undefined ? {} : { seed }),
  };
}

/** A promise that rejects once nothing was heard for so long. */
function createStall(seconds: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let fail: ((error: ModelError) => void) | undefined;
  const promise = new Promise<never>((_resolve, reject) => { fail = reject; });
  // Nobody waits for it once the completion has settled.
  promise.catch(() => undefined);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => fail?.(new ModelError("engine-failed", "The model on this device no longer answers. It is started again with the next step.")), seconds * 1000);
  };
  heard();
  return { promise, heard, stop: () => clearTimeout(timer) };
}

/** A load that never settles is one of wllama's failures, so time and the caller can end the waiting. */
async function settled(loading: Promise<void>, seconds: number, signal: AbortSignal): Promise<void> {
  loading.catch(() => undefined);
  let release: (() => void) | undefined;
  const given = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(
      () => reject(new ModelError("timed-out", "The model did not load in time. Close other tabs or choose a smaller model.")),
      seconds * 1000,
    );
    const stop = () => reject(aborted());
    signal.addEventListener("abort", stop, { once: true });
    release = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
  });
  try {
    await Promise.race([loading, given]);
  } finally {
    release?.();
  }
}

function loadError(error: unknown, native: string): ModelError {
  const failure = wllamaError(error, native);
  if (failure.kind !== "engine-failed") return failure;
  return new ModelError("bad-file", `The engine cannot load this model (${(native || failure.message).slice(0, 200)}). Download it again or choose another one.`, { cause: error });
}
