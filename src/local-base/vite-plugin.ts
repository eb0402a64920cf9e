import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import { answerHeaders, devHeaders, pageHeaders } from "../page-security/page-headers.ts";
import type { LocalBase } from "./local-base.ts";

/** Under this path, too, the endpoint answers on the page's origin. */
export const basePrefix = "/base";

/**
 * Connect middleware that answers the endpoint's paths, at the root and under `/base`, and passes the rest on.
 * @param headers of what is passed on: the page's files
 */
export function localBaseMiddleware(base: LocalBase, headers: Readonly<Record<string, string>> = pageHeaders): Connect.NextHandleFunction {
  return (request, response, next) => {
    set(response, answerHeaders);
    const answered = request.url?.startsWith(`${basePrefix}/`) === true ? underPrefix(base, request, response) : base.handle(request, response);
    void passOn(answered, response, headers, next);
  };
}

const set = (response: ServerResponse, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
};

async function passOn(answered: Promise<boolean>, response: ServerResponse, headers: Readonly<Record<string, string>>, next: Connect.NextFunction): Promise<void> {
  try {
    if (await answered) return;
    for (const name of Object.keys(answerHeaders)) response.removeHeader(name);
    set(response, headers);
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
  type Server = { readonly middlewares: Connect.Server; readonly httpServer: { once(event: "close", listener: () => void): unknown } | null };
  const mount = (headers: Readonly<Record<string, string>>) => (server: Server): void => {
    server.middlewares.use(localBaseMiddleware(base, headers));
    server.httpServer?.once("close", () => void base.close());
  };
  return {
    name: "local-base",
    configureServer: mount(devHeaders),
    configurePreviewServer: mount(pageHeaders),
  };
}
