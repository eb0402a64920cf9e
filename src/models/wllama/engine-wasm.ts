import wasmUrl from "@wllama/wllama/esm/wasm/wllama.wasm?url";
import { asModelError, ModelError } from "../model-error.ts";

const cacheName = "wllama-engine";

let kept: Promise<string> | undefined;

/**
 * llama.cpp as a `blob:` URL. wllama fetches its wasm at every load and waits forever where that fails; from a blob it
 * loads without a network. The bytes are kept in Cache Storage, so that a cached model works offline.
 * @throws ModelError "download-failed"
 */
export function engineWasm(): Promise<string> {
  kept ??= fetchWasm().then(
    (blob) => URL.createObjectURL(blob),
    (error: unknown) => {
      kept = undefined;
      throw asModelError(error, "download-failed");
    },
  );
  return kept;
}

/** An app that is installed has it already: not twice in storage. */
async function keptByServiceWorker(): Promise<boolean> {
  if (typeof navigator === "undefined" || !("serviceWorker" in navigator) || navigator.serviceWorker.controller === null) return false;
  for (const name of await caches.keys()) {
    if (name === cacheName || (await (await caches.open(name)).match(wasmUrl)) === undefined) continue;
    await caches.delete(cacheName);
    return true;
  }
  return false;
}

async function fetchWasm(): Promise<Blob> {
  const cache = typeof caches === "undefined" || (await keptByServiceWorker().catch(() => false)) ? undefined : await caches.open(cacheName).catch(() => undefined);
  const cached = await cache?.match(wasmUrl);
  if (cached !== undefined) return await cached.blob();
  const response = await fetch(wasmUrl).catch((cause: unknown) => {
    throw new ModelError("download-failed", "The engine for models on this device could not be loaded. Check the connection and try again.", { cause });
  });
  const blob = await response.blob();
  const magic = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  if (!response.ok || magic[0] !== 0 || magic[1] !== 0x61 || magic[2] !== 0x73 || magic[3] !== 0x6d)
    throw new ModelError("download-failed", "The engine for models on this device is missing from this site. Reload the page; if that does not help, its copy on the server is incomplete.", { status: response.status });
  const wasm = new Blob([blob], { type: "application/wasm" });
  if (cache !== undefined) {
    // A new version of the app has a new address; the old engine is of no more use.
    for (const old of await cache.keys()) await cache.delete(old);
    await cache.put(wasmUrl, new Response(wasm)).catch(() => undefined);
  }
  return wasm;
}
