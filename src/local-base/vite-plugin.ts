import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import type { LocalBase } from "./local-base.ts";

/** Under this path, too, the endpoint answers on the page's origin. */
export const basePrefix = "/base";

/**
 * Isolates the page, so that wasm gets threads. "credentialless" and not "require-corp": the latter would also block the
 * `no-cors` request that tells an endpoint closed to this page from none at all.
 */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "credentialless" } as const;

/** Connect middleware that answers the endpoint's paths, at the root and under `/base`, and passes the rest on. */
export function localBaseMiddleware(base: LocalBase): Connect.NextHandleFunction {
  return (request, response, next) => {
    const answered = request.url?.startsWith(`${basePrefix}/`) === true ? underPrefix(base, request, response) : base.handle(request, response);
    void passOn(answered, response, next);
  };
}

async function passOn(answered: Promise<boolean>, response: ServerResponse, next: Connect.NextFunction): Promise<void> {
  try {
    if (await answered) return;
    for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    next();
  } catch (error) {
    next(error);
  }
}

async function underPrefix(base: LocalBase, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const whole = request.url;
  request.url = whole?.slice(basePrefix.length) ?? "/";
  try {
    return await base.handle(request, response, true);
  } finally {
    request.url = whole;
  }
}

/** Mounts the endpoint into Vite's servers, before the page's own fallback. The model is loaded by the first request. */
export function localBasePlugin(base: LocalBase): Plugin {
  const mount = (server: { middlewares: Connect.Server; httpServer: { once(event: "close", listener: () => void): unknown } | null }): void => {
    server.middlewares.use(localBaseMiddleware(base));
    server.httpServer?.once("close", () => void base.close());
  };
  return {
    name: "local-base",
    configureServer: mount,
    configurePreviewServer: mount,
  };
}
