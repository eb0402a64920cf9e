import type { ChatFormat } from "../chat-format.ts";
import type { DraftModel } from "../draft-model.ts";
import type { GenerationPart, GenerationRequest } from "../generation.ts";
import { asModelError } from "../model-error.ts";
import { createTurns } from "../turns.ts";
import type { Appending } from "./check-appending.ts";
import type { KvCounts } from "./kv-session.ts";
import type { LoadProgress } from "./messages.ts";
import { deviceLost, deviceLostAgain } from "./webllm-error.ts";
import { startWebLlmWorker, startWorkerEngine, type StartWorker, type WorkerEngine, type WorkerEngineOptions } from "./worker-engine.ts";

export type OpenWebLlmRequest = WorkerEngineOptions & {
  /** WebLLM's name for the model, e.g. "Qwen3-1.7B-q4f16_1-MLC". */
  readonly modelId: string;
  /** Folder of mlc-chat-config.json and the weights; relative to the page, or absolute. */
  readonly modelUrl: string;
  /** The compiled library (.wasm), made for WebLLM 0.2.86. */
  readonly modelLibUrl: string;
  readonly name: string;
  readonly format: ChatFormat;
  /** Added after the problem, "" where the model was trained on the bare problem. */
  readonly instruction: string;
  /** Prompt and output together; by default what the model was trained for, at most 4096. */
  readonly contextTokens?: number;
  /**
   * Where a library appends wrongly in one forward: "always" appends one by one even where prefilling everything again would
   * be faster. For measuring what the KV cache is good for.
   */
  readonly reuse?: "fastest" | "always";
  /** Subresource Integrity hashes of the config, the library and tokenizer.json, where they are known. */
  readonly integrity?: { readonly config?: string; readonly modelLib?: string; readonly tokenizer?: string };
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  /** The page's own worker unless a test brings another. */
  readonly startWorker?: StartWorker;
};

/** What the draft pane shows of WebLLM's work. */
export type WebLlmReport = {
  /** The check at load: how new tokens are appended to the KV cache here, and why. */
  readonly appending: Appending;
  /** Since the model was loaded; undefined before the first call ended. */
  readonly counts: KvCounts | undefined;
  readonly deviceLosses: number;
};

export type WebLlmDraft = DraftModel & { readonly report: WebLlmReport };

/** Losses farther apart than this many good calls are not one trouble: a laptop that slept loses its device, too. */
const callsToForgetLoss = 50;

/**
 * A draft model in WebLLM on the user's GPU. WebLLM and its worker come with the first call. A device that is lost, or a
 * worker that hangs, fails the call in flight; the model is loaded again, from the browser's cache, with the next one.
 * @throws ModelError "bad-file", "download-failed", "storage-full", "out-of-memory", "timed-out", "engine-failed" or "aborted";
 * what was cached of the model is deleted where it would fail again. Another model can be opened right after
 */
export async function openWebLlmDraft(request: OpenWebLlmRequest): Promise<WebLlmDraft> {
  const { modelId, contextTokens, integrity, name, format, instruction, startWorker = startWebLlmWorker, onProgress = () => undefined } = request;
  const load = (signal: AbortSignal) =>
    startWorkerEngine(
      startWorker,
      {
        modelId, reuse: request.reuse ?? "fastest", modelUrl: absolute(request.modelUrl), modelLibUrl: absolute(request.modelLibUrl),
        ...(contextTokens === undefined ? {} : { contextTokens }), ...(integrity === undefined ? {} : { integrity }),
      },
      request, onProgress, signal,
    );
  let engine: WorkerEngine = await load(request.signal ?? new AbortController().signal);
  const turns = createTurns();
  const closing = new AbortController();
  let deviceLosses = 0;
  let recentLosses = 0;
  let goodCalls = 0;

  /** Only here losses are counted, so that one noticed between two calls counts as well, and once. */
  async function running(stop: AbortSignal): Promise<WorkerEngine> {
    const { dead } = engine;
    if (dead === undefined) return engine;
    if (dead.kind === "device-lost" || dead.kind === "out-of-memory") noteLoss();
    if (recentLosses > 1) throw deviceLostAgain();
    engine = await load(stop);
    return engine;
  }

  const noted = new WeakSet<WorkerEngine>();
  function noteLoss(): void {
    if (noted.has(engine)) return;
    noted.add(engine);
    deviceLosses += 1;
    recentLosses += 1;
    goodCalls = 0;
  }

  async function continued(asked: GenerationRequest, emit: (part: GenerationPart) => void): Promise<void> {
    const ready = await running(asked.signal);
    try {
      await ready.generate(asked, emit);
      goodCalls += 1;
      if (goodCalls >= callsToForgetLoss) recentLosses = 0;
    } catch (thrown) {
      const error = asModelError(thrown, "engine-failed");
      if (error.kind !== "device-lost" && error.kind !== "out-of-memory") throw error;
      noteLoss();
      if (recentLosses > 1) throw deviceLostAgain();
      // Once, memory that gave out is a passing trouble, too: another tab may have taken it for a moment.
      throw error.kind === "device-lost" ? error : deviceLost({ cause: error });
    }
  }

  return {
    info: { id: `webllm:${modelId}`, name, format, instruction, contextTokens: engine.contextTokens, engine: "webllm", computesOn: "webgpu", device: engine.adapter },
    get report() { return { appending: engine.appending, counts: engine.counts, deviceLosses }; },
    generate: (asked) => turns.generate(asked, closing.signal, continued),
    close() {
      closing.abort();
      engine.terminate();
      return Promise.resolve();
    },
  };
}

const absolute = (url: string): string => new URL(url, typeof document === "undefined" ? undefined : document.baseURI).href;
