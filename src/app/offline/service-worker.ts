/// <reference lib="webworker" />
import { PrecacheController, type PrecacheEntry } from "workbox-precaching";
import { withPageHeaders } from "./with-page-headers.ts";
import { keepLateFile, lateFile } from "./late-files.ts";
import { updateNow } from "./update-message.ts";

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly (PrecacheEntry | string)[] };

/** The built app, the engine and the built-in models: all that is needed to solve without a network. */
const app = new PrecacheController();
app.addToCacheList([...self.__WB_MANIFEST]);
const start = new URL("index.html", self.registration.scope).href;

self.addEventListener("install", (event) => void app.install(event));
// From the first visit on, so that what is loaded late is kept, too.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// A new version waits until the reader asks for it, or the last tab of the old one is closed.
self.addEventListener("message", ({ data }) => {
  if (data === updateNow) void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // An endpoint's answers, on this origin or another, are none of the service worker's business.
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname !== new URL(self.registration.scope).pathname && url.pathname !== new URL(start).pathname) return;
    event.waitUntil(forgetOldVersion(event));
    event.respondWith(kept(start, request));
  } else if (app.getCacheKeyForURL(withoutSearch(url)) !== undefined) event.respondWith(kept(withoutSearch(url), request));
  else if (lateFile(url.pathname)) event.respondWith(keepLateFile(request).then(withPageHeaders));
});

const withoutSearch = (url: URL): string => url.origin + url.pathname;

async function kept(url: string, request: Request): Promise<Response> {
  // The browser may have cleared the cache.
  const response = await app.matchPrecache(url) ?? await fetch(request);
  return withPageHeaders(response);
}

/**
 * Open tabs of the old version may still load parts of it: its files go once none is open. All versions share one
 * cache, so not while the next one is being put there.
 */
async function forgetOldVersion(event: FetchEvent): Promise<void> {
  const { installing, waiting } = self.registration;
  if (installing !== null || waiting !== null) return;
  if ((await self.clients.matchAll({ type: "window" })).length === 0) await app.activate(event);
}
