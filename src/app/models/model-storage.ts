import type { StoredModelFile } from "../../models/model-files.ts";
import { clearModelCache, listCachedModels, type CachedWebLlmModel } from "../../models/webllm/model-cache.ts";
import { createDownloads, type DownloadParts } from "./downloads.ts";
import type { ModelTarget } from "./draft-source.ts";

/** What of models is kept by this browser. */
export type StoredModels = { readonly files: readonly StoredModelFile[]; readonly webLlm: readonly CachedWebLlmModel[] };

const hasCaches = (): boolean => typeof caches !== "undefined";

export async function listStoredModels(): Promise<StoredModels> {
  const { listModelFiles } = await import("../../models/model-files.ts");
  const [files, webLlm] = await Promise.all([listModelFiles(), hasCaches() ? listCachedModels(caches) : []]);
  return { files, webLlm };
}

/** Deletes all that is kept of one model, whole or not. */
export async function deleteStoredModel(target: ModelTarget): Promise<void> {
  if (target.kind === "webllm") {
    await clearModelCache(caches, target.modelUrl, target.modelLibUrl);
    return;
  }
  const { deleteModelFile } = await import("../../models/model-files.ts");
  await deleteModelFile(target.url);
}

const obtain: DownloadParts["obtain"] = async (target, onProgress, signal) => {
  if (target.kind === "webllm") {
    const { obtainWebLlmModel } = await import("../../models/webllm/obtain-webllm-model.ts");
    const { modelUrl, modelLibUrl } = target;
    return { downloaded: await obtainWebLlmModel({ modelUrl, modelLibUrl, onProgress, signal }) };
  }
  const { obtainModelFile } = await import("../../models/model-files.ts");
  let downloaded = false;
  const file = await obtainModelFile({
    url: target.url, signal, ...(target.sha256 === undefined ? {} : { sha256: target.sha256 }),
    onProgress(bytes, total) {
      downloaded ||= bytes !== total;
      onProgress(bytes, total);
    },
  });
  return { file, downloaded };
};

export const modelDownloads = createDownloads({
  obtain,
  persist: async () => {
    if (!(await navigator.storage?.persisted())) await navigator.storage?.persist();
  },
  now: () => performance.now() / 1000,
  onStored: () => storedListeners.forEach((listener) => listener()),
});

const storedListeners = new Set<() => void>();
/** Calls back after a download ended, however it did. */
export const onModelsStored = (listener: () => void): void => void storedListeners.add(listener);
