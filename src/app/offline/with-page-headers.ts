import { pageHeaders } from "../../page-security/page-headers.ts";

/** The same response with the page's own headers (its policy, and isolation so that wasm gets threads) where a static host sends none. */
export function withPageHeaders(response: Response): Response {
  if (response.type === "opaque" || response.type === "error") return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(pageHeaders)) if (!headers.has(name)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
