import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp, type RequestOptions, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import type { Connect, Plugin } from "vite";
import { answerHeaders } from "../page-security/page-headers.ts";
import { LocalBaseError } from "./local-base-error.ts";

export type UpstreamProxyOptions = {
  /** The endpoint's address, with or without "/v1". */
  readonly upstream: string;
  /** Stays on this server: the page neither sees nor sends one. Without it the page's own key is passed on. */
  readonly apiKey?: string;
  /** Default "/base". */
  readonly prefix?: string;
};

/** What a base model is asked; the key on this server opens nothing else. */
const passed: ReadonlySet<string> = new Set([
  "/v1/models", "/v1/completions", "/tokenize", "/detokenize", "/version", "/health", "/metrics",
  "/props", "/apply-template", "/api/version", "/api/tags", "/api/show", "/api/generate",
]);

/** Of one connection only (RFC 9110, 7.6.1), or of an origin that is not the page's. */
const droppedFromAnswer: ReadonlySet<string> = new Set([
  "connection", "content-security-policy", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "set-cookie",
]);
/** The rest of what a browser sends is about the page, not about the request. */
const passedToUpstream: ReadonlySet<string> = new Set(["accept", "accept-encoding", "content-type", "content-length", "authorization"]);

/**
 * Connect middleware that answers `/base/…` with what a configured endpoint answers, so that a page reaches an endpoint without CORS
 * on its own origin. Bodies are passed on as they come, both ways; a page that goes away ends the request upstream.
 * @throws LocalBaseError where the address is none
 */
export function upstreamProxy({ upstream, apiKey, prefix = "/base" }: UpstreamProxyOptions): Connect.NextHandleFunction {
  const root = rootOf(upstream);
  const send = root.protocol === "https:" ? requestHttps : requestHttp;

  return (request, response, next) => {
    const target = pathBehind(prefix, request.url ?? "");
    if (target === undefined) return next();
    if (!passed.has(target.replace(/\?.*$/s, ""))) return refuse(response, 404, "NotFoundError", "Not Found");
    // Another page in the same browser could otherwise spend what the key pays for.
    if (fromAnotherOrigin(request)) return refuse(response, 403, "PermissionDeniedError", "This endpoint answers the app's own page only.");

    const options: RequestOptions = {
      method: request.method ?? "GET",
      headers: { ...headersFor(request.headers), ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
    };
    const sent = send(new URL(root.pathname.replace(/\/$/, "") + target, root), options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, headersFrom(answer.headers));
      response.flushHeaders();
      answer.pipe(response);
      // A cut upstream is a cut here: an end would make half an answer look whole.
      answer.once("error", () => response.destroy());
      answer.once("aborted", () => response.destroy());
    });
    response.once("close", () => sent.destroy());
    request.once("error", () => sent.destroy());
    sent.once("error", (error: NodeJS.ErrnoException) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 502, "BadGateway", `The endpoint behind this server does not answer${error.code === undefined ? "" : ` (${error.code})`}.`);
    });
    request.pipe(sent);
  };
}

/** The proxy mounted into Vite's servers, before what else answers under its prefix. */
export function upstreamProxyPlugin(options: UpstreamProxyOptions): Plugin {
  const handler = upstreamProxy(options);
  const mount = (server: { middlewares: Connect.Server }): void => void server.middlewares.use(handler);
  return { name: "upstream-proxy", enforce: "pre", configureServer: mount, configurePreviewServer: mount };
}

function rootOf(upstream: string): URL {
  const url = parse(upstream.trim());
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "" || url.password !== "")
    throw new LocalBaseError("The endpoint's address must be like https://server.example:8000, without a password in it.");
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "");
  url.search = "";
  url.hash = "";
  return url;
}

/** The path as the endpoint knows it; undefined where the request is not for it. */
function pathBehind(prefix: string, url: string): string | undefined {
  return url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : undefined;
}

/** Browsers say where a request comes from; what is no browser has no reason to lie to itself. */
function fromAnotherOrigin({ headers }: IncomingMessage): boolean {
  const { "sec-fetch-site": site, origin, host } = headers;
  if (site !== undefined) return site === "cross-site" || site === "same-site";
  return origin !== undefined && parse(origin)?.host !== host;
}

function parse(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}

/** A session's headers pass, too: routers keep a run on one replica by them. */
function headersFor(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => passedToUpstream.has(name) || (name.startsWith("x-") && !name.startsWith("x-forwarded"))));
}

/** The endpoint's answer stands on the page's origin: it is data there, whatever it calls itself. */
function headersFrom(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !droppedFromAnswer.has(name) && !name.startsWith("access-control-"));
  const { "content-type": type } = headers;
  const data = type === undefined || /^(?:application\/(?:x-ndjson|json)|text\/(?:plain|event-stream))(?:\s*;|$)/i.test(type);
  return { ...Object.fromEntries(kept), ...(data ? {} : { "content-type": "text/plain; charset=utf-8" }), ...answerHeaders };
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { "content-type": "application/json", ...answerHeaders });
  response.end(JSON.stringify({ error: { message, type, param: null, code: status } }));
}
