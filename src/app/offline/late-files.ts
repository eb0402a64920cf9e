const cacheName = "specreason-late";

/** Parts of the app too large for everyone to have (WebLLM), kept once they were used. Their names change with their content. */
export const lateFile = (path: string): boolean => /\/assets\/[^/]+-[\w-]{8}\.\w+$/.test(path);

const stem = (path: string): string => path.replace(/-[\w-]{8}(\.\w+)$/, "$1");

/** From any cache, for an open tab of an old version finds its parts there, or from the network and then kept in place of its earlier versions. */
export async function keepLateFile(request: Request): Promise<Response> {
  const cached = await caches.match(request.url);
  if (cached !== undefined) return cached;
  const response = await fetch(request);
  // A server's page for what it does not have is no part of the app.
  if (!response.ok || (response.headers.get("Content-Type") ?? "").startsWith("text/html")) return response;
  const copy = response.clone();
  try {
    const cache = await caches.open(cacheName);
    const path = new URL(request.url).pathname;
    for (const old of await cache.keys()) if (stem(new URL(old.url).pathname) === stem(path)) await cache.delete(old);
    await cache.put(request.url, copy);
  } catch {
    // Without room it is loaded again next time.
  }
  return response;
}
