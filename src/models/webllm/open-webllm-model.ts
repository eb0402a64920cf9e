import { asModelError, type ModelError } from "../model-error.ts";
import type { OnDeviceModel } from "../on-device-model.ts";
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

/** What WebLLM tells of its work, beside the answers. */
export type WebLlmReport = {
  /** The check at load: how new tokens are appended to the KV cache here, and why. */
  readonly appending: Appending;
  /** Since the model was loaded; undefined before the first call ended. */
  readonly counts: KvCounts | undefined;
  readonly deviceLosses: number;
};

export type WebLlmModel = OnDeviceModel & { readonly report: WebLlmReport };

const isLoss = ({ kind }: ModelError): boolean => kind === "device-lost" || kind === "out-of-memory";

/** Losses farther apart than this many good calls are not one trouble: a laptop that slept loses its device, too. */
const callsToForgetLoss = 50;

/**
 * A model in WebLLM on the user's GPU, in a worker of its own. WebLLM and its worker come with the first call. A device that is lost, or a
 * worker that hangs, fails the call in flight; the model is loaded again, from the browser's cache, with the next one.
 * @throws ModelError "bad-file", "download-failed", "storage-full", "out-of-memory", "timed-out", "engine-failed" or "aborted";
 * what was cached of the model is deleted where it would fail again. Another model can be opened right after
 */
export async function openWebLlmModel(request: OpenWebLlmRequest): Promise<WebLlmModel> {
  const { modelId, contextTokens, integrity, startWorker = startWebLlmWorker, onProgress = () => undefined } = request;
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
    if (isLoss(dead)) noteLoss();
    if (recentLosses > 1) throw deviceLostAgain();
    try {
      engine = await load(stop);
    } catch (thrown) {
      if (recentLosses === 0 || !isLoss(asModelError(thrown, "engine-failed"))) throw thrown;
      recentLosses += 1;
      throw deviceLostAgain();
    }
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

  async function withEngine<T>(stop: AbortSignal, work: (ready: WorkerEngine) => Promise<T>): Promise<T> {
    const ready = await running(stop);
    try {
      const result = await work(ready);
      goodCalls += 1;
      if (goodCalls >= callsToForgetLoss) recentLosses = 0;
      return result;
    } catch (thrown) {
      const error = asModelError(thrown, "engine-failed");
      if (!isLoss(error)) throw error;
      noteLoss();
      if (recentLosses > 1) throw deviceLostAgain();
      // Once, memory that gave out is a passing trouble, too: another tab may have taken it for a moment.
      throw error.kind === "device-lost" ? error : deviceLost({ cause: error });
    }
  }

  return {
    contextTokens: engine.contextTokens,
    computesOn: "webgpu",
    device: engine.adapter,
    get report() { return { appending: engine.appending, counts: engine.counts, deviceLosses }; },
    generate: (asked) => turns.generate(asked, closing.signal, (call, emit) => withEngine(call.signal, (ready) => ready.generate(call, emit))),
    weighNextToken(prompt, tokens, abort) {
      const stop = AbortSignal.any([abort, closing.signal]);
      return turns.inTurn(stop, () => withEngine(stop, (ready) => ready.weigh(prompt, tokens, stop)));
    },
    close() {
      closing.abort();
      engine.terminate();
      return Promise.resolve();
    },
  };
}

const absolute = (url: string): string => new URL(url, typeof document === "undefined" ? undefined : document.baseURI).href;
