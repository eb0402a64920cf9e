/** The Cache API scopes WebLLM 0.2.86 keeps a model in. */
const scopes = ["webllm/model", "webllm/config", "webllm/wasm"] as const;

/** The folder a model's files are in, by WebLLM's own rule: Hugging Face's main branch unless the address names another. */
export function modelFolder(modelUrl: string): string {
  const folder = modelUrl.endsWith("/") ? modelUrl : `${modelUrl}/`;
  return new URL(/.+\/resolve\/.+\//.test(folder) ? folder : `${folder}resolve/main/`).href;
}

/**
 * Deletes what is cached of one model, and nothing of others. WebLLM's own function needs the model's index to be there,
 * which after a failed download it may not be.
 */
export async function clearModelCache(caches: CacheStorage, modelUrl: string, modelLibUrl: string): Promise<void> {
  const folder = modelFolder(modelUrl);
  for (const scope of scopes) {
    if (!(await caches.has(scope))) continue;
    const cache = await caches.open(scope);
    for (const { url } of await cache.keys()) if (url.startsWith(folder) || url === modelLibUrl) await cache.delete(url);
  }
}

/** Bytes cached of one model; 0 where nothing is. Reads the answers, since not every one says its length. */
export async function cachedModelBytes(caches: CacheStorage, modelUrl: string, modelLibUrl: string): Promise<number> {
  const folder = modelFolder(modelUrl);
  let bytes = 0;
  for (const scope of scopes) {
    if (!(await caches.has(scope))) continue;
    const cache = await caches.open(scope);
    for (const request of await cache.keys()) {
      if (!request.url.startsWith(folder) && request.url !== modelLibUrl) continue;
      bytes += (await (await cache.match(request))?.blob())?.size ?? 0;
    }
  }
  return bytes;
}
