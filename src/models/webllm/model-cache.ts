import * as v from "valibot";
import { modelIndexName, readModelIndex } from "./model-index.ts";

/** The Cache API scopes WebLLM 0.2.86 keeps a model in. */
const scopes = ["webllm/model", "webllm/config", "webllm/wasm"] as const;
export type CacheScope = (typeof scopes)[number];

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

/** A WebLLM model in the browser's cache. */
export type CachedWebLlmModel = {
  /** The folder its files came from, as `modelFolder` gives it. */
  readonly folder: string;
  /** Where its compiled library came from, where that is known. */
  readonly modelLibUrl?: string;
  /** Bytes of its weights on this device. */
  readonly storedBytes: number;
  /** Bytes of all its weights; absent before its index is there. */
  readonly bytes?: number;
  /** Whether all weights are there. */
  readonly complete: boolean;
};

/** A note of this app's beside a model's files, so that deleting a model finds its library, too. */
const noteName = "specreason-edge.json";
const note = v.object({ modelLibUrl: v.string() });

export async function noteLibrary(caches: CacheStorage, modelUrl: string, modelLibUrl: string): Promise<void> {
  const cache = await caches.open("webllm/config");
  await cache.put(new URL(noteName, modelFolder(modelUrl)).href, new Response(JSON.stringify({ modelLibUrl })));
}

const jsonOf = async (cache: Cache, url: string): Promise<unknown> => {
  const json: unknown = await (await cache.match(url))?.json().catch(() => undefined);
  return json;
};

/** Every WebLLM model of which something is cached, whole or not. */
export async function listCachedModels(caches: CacheStorage): Promise<readonly CachedWebLlmModel[]> {
  if (!(await caches.has("webllm/config")) && !(await caches.has("webllm/model"))) return [];
  const weights = await caches.open("webllm/model");
  const configs = await caches.open("webllm/config");
  const urls = new Set([...(await weights.keys()), ...(await configs.keys())].map(({ url }) => url));
  const heads = ["mlc-chat-config.json", modelIndexName, noteName];
  const folders = new Set([...urls].filter((url) => heads.some((name) => url.endsWith(`/${name}`))).map((url) => new URL(".", url).href));
  return await Promise.all(Array.from(folders, async (folder) => {
    const noted = v.safeParse(note, await jsonOf(configs, `${folder}${noteName}`));
    const shards = readModelIndex(await jsonOf(weights, `${folder}${modelIndexName}`), folder);
    const there = shards?.filter(({ url }) => urls.has(url)) ?? [];
    const sum = (some: typeof there): number => some.reduce((bytes, shard) => bytes + shard.bytes, 0);
    return {
      folder, storedBytes: sum(there), complete: shards !== undefined && there.length === shards.length,
      ...(noted.success ? noted.output : {}), ...(shards === undefined ? {} : { bytes: sum([...shards]) }),
    };
  }));
}
