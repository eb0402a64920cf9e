import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { aborted, asModelError, ModelError } from "../model-error.ts";
import { pause } from "../model-files/download.ts";
import { roomFor } from "../model-files/room-for.ts";
import { readChatConfig } from "./chat-config.ts";
import { clearModelCache, modelFolder, noteLibrary, type CacheScope } from "./model-cache.ts";
import { modelIndexName, readModelIndex, type Shard } from "./model-index.ts";

export type ObtainWebLlmRequest = {
  /** Absolute; the folder of mlc-chat-config.json and the weights. */
  readonly modelUrl: string;
  /** Absolute; the compiled library (.wasm). */
  readonly modelLibUrl: string;
  /** Bytes of the weights on this device, those of an earlier visit included, and of all of them. */
  readonly onProgress?: (bytes: number, total: number) => void;
  /** Pauses: whole shards stay, and the next call goes on from there. */
  readonly signal: AbortSignal;
  /** Waits between tries; a test gives its own. */
  readonly wait?: (seconds: number, signal: AbortSignal) => Promise<void>;
};

const lanes = 3;
/** Tries in a row that fail before the download gives up. */
const mostTries = 4;
/** A body silent for so long counts as broken. */
const stallSeconds = 30;

/** WebLLM asks for libraries of these addresses at each load and caches none. */
const neverCached = (url: string): boolean => url.includes("localhost");

/**
 * Brings a model into the cache WebLLM looks in, so that it loads without a network: the package itself shows no bytes,
 * cannot pause, checks no weights, and never recovers from a download that failed. Shards are kept whole or not at all,
 * their length and hash checked.
 * @returns whether anything was downloaded
 * @throws ModelError "download-failed", "bad-file" (what is there of the model is deleted), "storage-full" or "aborted"
 */
export async function obtainWebLlmModel(request: ObtainWebLlmRequest): Promise<boolean> {
  if (request.signal.aborted) throw aborted();
  const lock = `webllm-model ${modelFolder(request.modelUrl)}`;
  try {
    return await navigator.locks.request(lock, { signal: request.signal }, () => obtain(request));
  } catch (thrown) {
    if (request.signal.aborted) throw aborted();
    throw asModelError(thrown, "download-failed");
  }
}

async function obtain(request: ObtainWebLlmRequest): Promise<boolean> {
  const { modelUrl, modelLibUrl, onProgress = () => undefined } = request;
  const folder = modelFolder(modelUrl);
  try {
    const { tokenizer_files: tokenizers } = await readChatConfig(modelUrl);
    await noteLibrary(caches, modelUrl, modelLibUrl);
    if (!neverCached(modelLibUrl)) await fetchOnce("webllm/wasm", modelLibUrl, request, checkLibrary);
    await fetchOnce("webllm/config", `${folder}mlc-chat-config.json`, request);
    await fetchOnce("webllm/model", `${folder}${tokenizers.includes("tokenizer.json") ? "tokenizer.json" : "tokenizer.model"}`, request);
    await fetchOnce("webllm/model", `${folder}${modelIndexName}`, request, (body) => {
      if (shardsOf(body, folder) === undefined) throw new ModelError("bad-file", "The list of the model's weights (tensor-cache.json) cannot be read. Check the model's address, or choose another one.");
    });
    const cache = await caches.open("webllm/model");
    const shards = shardsOf(await (await cache.match(`${folder}${modelIndexName}`))?.arrayBuffer(), folder) ?? [];
    const there = new Set((await cache.keys()).map(({ url }) => url));
    const missing = shards.filter(({ url }) => !there.has(url));
    const total = sum(shards);
    let arrived = total - sum(missing);
    onProgress(arrived, total);
    await roomFor(sum(missing));
    const add = (bytes: number): void => {
      arrived += bytes;
      onProgress(arrived, total);
    };
    const failed = new AbortController();
    const signal = AbortSignal.any([request.signal, failed.signal]);
    const waiting = [...missing];
    let failure: unknown;
    await Promise.all(Array.from({ length: lanes }, async () => {
      try {
        for (let shard = waiting.shift(); shard !== undefined && !signal.aborted; shard = waiting.shift()) await fetchShard(cache, shard, add, { ...request, signal });
      } catch (thrown) {
        // One lane's failure is the others' end, and none writes any more once this is over.
        failure ??= thrown;
        failed.abort();
      }
    }));
    if (failure !== undefined) throw failure;
    if (signal.aborted) throw aborted();
    return missing.length > 0;
  } catch (thrown) {
    const error = asModelError(thrown, "download-failed");
    const refused = error.kind === "download-failed" && error.status !== undefined;
    if (error.kind === "bad-file" || refused || (await nothingArrived(folder))) await clearModelCache(caches, modelUrl, modelLibUrl);
    throw error;
  }
}

const sum = (shards: readonly Shard[]): number => shards.reduce((bytes, shard) => bytes + shard.bytes, 0);

async function nothingArrived(folder: string): Promise<boolean> {
  const keys = await (await caches.open("webllm/model")).keys();
  return !keys.some(({ url }) => url.startsWith(folder) && url.endsWith(".bin"));
}

function shardsOf(body: ArrayBuffer | undefined, folder: string): readonly Shard[] | undefined {
  try {
    return body === undefined ? undefined : readModelIndex(JSON.parse(new TextDecoder().decode(body)), folder);
  } catch {
    return undefined;
  }
}

function checkLibrary(body: ArrayBuffer): void {
  const magic = new Uint8Array(body, 0, Math.min(4, body.byteLength));
  if (magic[0] !== 0 || magic[1] !== 0x61 || magic[2] !== 0x73 || magic[3] !== 0x6d)
    throw new ModelError("bad-file", "The model's library is not made for WebLLM 0.2.86: it is no WebAssembly. Check its address (it ends in .wasm).");
}

/** A connection that broke or fell silent. */
class Broken extends Error {}

/** @throws ModelError "download-failed" with the status for what the server does not have, Broken for what may come with another try */
async function answerOf(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal, cache: "no-store" }).catch((cause: unknown) => { throw new Broken("no answer", { cause }); });
  if (response.status === 429 || response.status >= 500) throw new Broken(`HTTP ${response.status}`);
  if (!response.ok) throw new ModelError("download-failed", `A file of the model could not be downloaded: HTTP ${response.status} for ${url}. Check the model's address, or choose another one.`, { status: response.status });
  return response;
}

async function insistently<T>({ signal, wait = pause }: Pick<ObtainWebLlmRequest, "signal" | "wait">, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (thrown) {
      if (signal.aborted) throw aborted();
      if (!(thrown instanceof Broken)) throw thrown;
      if (tries >= mostTries) throw new ModelError("download-failed", "The download was interrupted again and again. What has arrived is kept; go on when the connection is better.", { cause: thrown });
      await wait(0.5 * 2 ** (tries - 1), signal).catch(() => { throw aborted(); });
    }
  }
}

/** A small file, where it is not there yet. */
async function fetchOnce(scope: CacheScope, url: string, request: ObtainWebLlmRequest, check: (body: ArrayBuffer) => void = () => undefined): Promise<void> {
  const cache = await caches.open(scope);
  if ((await cache.match(url)) !== undefined) return;
  const body = await insistently(request, async () =>
    await (await answerOf(url, request.signal)).arrayBuffer().catch((cause: unknown) => { throw new Broken("cut off", { cause }); }));
  check(body);
  await stored(cache.put(url, new Response(body)));
}

async function fetchShard(cache: Cache, shard: Shard, add: (bytes: number) => void, request: ObtainWebLlmRequest): Promise<void> {
  await insistently(request, async () => {
    const stalled = new AbortController();
    const response = await answerOf(shard.url, AbortSignal.any([request.signal, stalled.signal]));
    const hash = shard.md5 === undefined ? undefined : md5.create();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), stallSeconds * 1000);
    };
    let bytes = 0;
    let failure: unknown;
    const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        heard();
        bytes += chunk.byteLength;
        hash?.update(chunk);
        add(chunk.byteLength);
        controller.enqueue(chunk);
      },
      flush() {
        if (bytes < shard.bytes) failure = new Broken("ended early");
        else if (bytes > shard.bytes || (hash !== undefined && bytesToHex(hash.digest()) !== shard.md5))
          failure = new ModelError("bad-file", "A file of the model is not the one it should be (its length or hash is wrong). What was downloaded of it was deleted; download it again, or choose another source.");
        // A stream that fails is not kept.
        if (failure !== undefined) throw failure;
      },
    });
    heard();
    try {
      if (response.body === null) throw new Broken("an answer without a body");
      // Without the server's headers, of which "Vary" could hide it from WebLLM.
      await stored(cache.put(shard.url, new Response(response.body.pipeThrough(counted))));
    } catch (thrown) {
      add(-bytes);
      if (failure !== undefined) throw failure;
      if (thrown instanceof ModelError || thrown instanceof Broken) throw thrown;
      throw new Broken("cut off", { cause: thrown });
    } finally {
      clearTimeout(timer);
    }
  });
}

/** @throws ModelError "storage-full" */
async function stored(put: Promise<void>): Promise<void> {
  await put.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "QuotaExceededError")
      throw new ModelError("storage-full", "There is no room left for the model. Delete models you no longer need or free space on this device, then go on with the download.", { cause });
    throw cause;
  });
}
