import { MLCEngine, type ModelRecord } from "@mlc-ai/web-llm";
import { missingLimits } from "../model-catalogue.ts";
import { ModelError } from "../model-error.ts";
import { readChatConfig } from "./chat-config.ts";
import type { LoadProgress, LoadRequest } from "./messages.ts";
import { clearModelCache, listCachedModels, modelFolder } from "./model-cache.ts";
import { pipelineOf } from "./pipeline-internals.ts";
import type { LoadedPipeline, LoadPipeline } from "./serve-model.ts";
import { loadError } from "./webllm-error.ts";

/** In the worker only: this is what draws in 2 MB of WebLLM. */

/** A larger cache costs GPU memory whether it is used or not; WebLLM's own records set the same. */
const defaultContextTokens = 4096;

/** Failures after which what was downloaded would fail again. */
const spoilt: ReadonlySet<string> = new Set(["bad-file", "download-failed", "storage-full"]);

export const loadPipeline: LoadPipeline = async (request, onProgress) => {
  let stage: "library" | "weights" = "library";
  try {
    return await load(request, (progress) => {
      stage = "weights";
      onProgress(progress);
    });
  } catch (thrown) {
    const error = loadError(thrown, stage);
    if (spoilt.has(error.kind)) await clearSpoilt(request, stage).catch(() => undefined);
    throw error;
  }
};

/** Weights that are all there are not fetched again because of a library, or of a server that is away. */
async function clearSpoilt({ modelUrl, modelLibUrl }: LoadRequest, stage: "library" | "weights"): Promise<void> {
  const cached = (await listCachedModels(caches)).find(({ folder }) => folder === modelFolder(modelUrl));
  if (cached?.complete === true && stage === "library") await (await caches.open("webllm/wasm")).delete(modelLibUrl);
  else await clearModelCache(caches, modelUrl, modelLibUrl);
}

async function load({ modelId, modelUrl, modelLibUrl, contextTokens, integrity }: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<LoadedPipeline> {
  // Before gigabytes are fetched.
  const adapter = await suitableAdapter();
  const config = await readChatConfig(modelUrl);
  const trained = config.context_window_size;
  const record: ModelRecord = {
    model: modelUrl, model_id: modelId, model_lib: modelLibUrl,
    ...(trained > 0 ? { overrides: { context_window_size: Math.min(contextTokens ?? defaultContextTokens, trained) } } : {}),
    ...(integrity === undefined ? {} : {
      integrity: {
        ...(integrity.config === undefined ? {} : { config: integrity.config }),
        ...(integrity.modelLib === undefined ? {} : { model_lib: integrity.modelLib }),
        ...(integrity.tokenizer === undefined ? {} : { tokenizer: { "tokenizer.json": integrity.tokenizer } }),
      },
    }),
  };
  const engine = new MLCEngine({
    appConfig: { model_list: [record], cacheBackend: "cache" },
    logLevel: "ERROR",
    initProgressCallback: ({ progress, text }) => onProgress({ phase: phaseOf(text), fraction: Number.isFinite(progress) ? Math.min(1, Math.max(0, progress)) : 0 }),
  });
  await engine.reload(modelId);
  return { pipeline: await pipelineOf(engine, modelId), adapter };
}

/** The package tells what it does only in words. */
function phaseOf(text: string): LoadProgress["phase"] {
  if (/shader/i.test(text)) return "shaders";
  return /^(Start to fetch|Fetching)/.test(text) ? "download" : "load";
}

/** @returns the adapter's name for people */
async function suitableAdapter(): Promise<string> {
  const adapter = "gpu" in navigator ? await navigator.gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null) : null;
  if (adapter === null) throw new ModelError("engine-failed", "This browser gives no access to a GPU. Choose a model that runs on the CPU.");
  const missing = missingLimits(adapter.limits);
  if (missing.length > 0) throw new ModelError("engine-failed", `This GPU is too small for WebLLM (${missing.join("; ")}). Choose a model that runs on the CPU.`);
  const { description, vendor, architecture } = adapter.info;
  return description || [vendor, architecture].filter(Boolean).join(" ") || "GPU";
}
