/**
 * The same response with the headers that isolate the page, so that wasm gets threads where a static host sends none.
 * "credentialless" and not "require-corp": the latter would also block the `no-cors` request that tells an endpoint
 * closed to this page from none at all.
 */
export function isolated(response: Response): Response {
  if (response.type === "opaque" || response.type === "error" || response.headers.has("Cross-Origin-Embedder-Policy")) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "credentialless");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
