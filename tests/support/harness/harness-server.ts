import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { createServer, type Plugin } from "vite";
import { largeFile, largeFileBytes } from "./large-file.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const draftPath = `${root}/public/models/arithmetic-draft.gguf`;

/** Files that are no models, or no longer. */
const badFiles: Readonly<Record<string, (model: Buffer) => { readonly type: string; readonly body: Buffer }>> = {
  "/bad/web-page.gguf": () => ({ type: "text/html", body: Buffer.from("<!doctype html><html><body>Sign in to continue</body></html>") }),
  "/bad/cut-short.gguf": (model) => ({ type: "application/octet-stream", body: model.subarray(0, 200_000) }),
  "/bad/cut-in-header.gguf": (model) => ({ type: "application/octet-stream", body: model.subarray(0, 500) }),
  "/bad/empty.gguf": () => ({ type: "application/octet-stream", body: Buffer.alloc(0) }),
  "/bad/random.gguf": () => ({ type: "application/octet-stream", body: Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251)) }),
  "/bad/magic-only.gguf": () => ({ type: "application/octet-stream", body: Buffer.concat([Buffer.from("GGUF"), Buffer.alloc(100_000, 0xff)]) }),
};

const badFilePlugin: Plugin = {
  name: "bad-files",
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const make = badFiles[request.url?.split("?")[0] ?? ""];
      if (make === undefined) {
        if (request.url?.startsWith("/bad/")) {
          response.statusCode = 404;
          response.end();
        } else next();
        return;
      }
      const { type, body } = make(readFileSync(draftPath));
      response.setHeader("content-type", type);
      response.end(body);
    });
  },
};

export type FileRequest = { readonly url: string; readonly range: string | undefined };

/**
 * `/files/NAME.gguf` is a large file that is a GGUF by its header, served with ranges and, as its address asks, with faults:
 * `cut=N` breaks each answer after N bytes, `busy=N` answers the first N requests with 503, `stall=N` goes silent for
 * good after N bytes of the first answer, `ranges=no` knows no ranges, `page` is a large web page, `secret` does not say which range it sends, `versions` is another
 * file (and another ETag) from the second request on, `status=N` fails.
 */
function filePlugin(requests: FileRequest[]): Plugin {
  const counts = new Map<string, number>();
  return {
    name: "files",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const url = new URL(request.url ?? "", "http://localhost");
        if (!url.pathname.startsWith("/files/")) {
          next();
          return;
        }
        const count = counts.get(url.href) ?? 0;
        counts.set(url.href, count + 1);
        requests.push({ url: url.href, range: request.headers.range });
        serveFile(url, request.headers.range, count, response);
      });
    },
  };
}

function serveFile(url: URL, range: string | undefined, count: number, response: ServerResponse): void {
  const asked = (name: string) => Number(url.searchParams.get(name) ?? Number.NaN);
  const status = count < asked("busy") ? 503 : asked("status");
  if (Number.isFinite(status)) {
    response.statusCode = status;
    response.end();
    return;
  }
  const version = url.searchParams.has("versions") && count > 0 ? 2 : 1;
  const file = url.searchParams.has("page") ? Buffer.alloc(largeFileBytes, "<html>") : largeFile(version);
  const from = url.searchParams.get("ranges") === "no" ? undefined : /^bytes=(\d+)-$/.exec(range ?? "")?.[1];
  const body = file.subarray(Number(from ?? 0));
  if (from !== undefined && body.length === 0) {
    response.statusCode = 416;
    response.setHeader("content-range", `bytes */${file.length}`);
    response.end();
    return;
  }
  response.statusCode = from === undefined ? 200 : 206;
  response.setHeader("etag", `"v${version}"`);
  response.setHeader("content-length", body.length);
  // Across origins the range is readable only where the server says so; `secret` is one that does not.
  if (from !== undefined && !url.searchParams.has("secret")) response.setHeader("content-range", `bytes ${from}-${file.length - 1}/${file.length}`);
  const cut = asked("cut");
  const stall = count === 0 ? asked("stall") : Number.NaN;
  const end = Math.min(Number.isFinite(cut) ? cut : body.length, Number.isFinite(stall) ? stall : body.length);
  let at = 0;
  const send = () => {
    if (response.destroyed) return;
    if (at < end) {
      const piece = body.subarray(at, Math.min(end, at + 512 * 1024));
      at += piece.length;
      if (response.write(piece)) setImmediate(send);
      else response.once("drain", send);
    } else if (at === body.length) response.end();
    else if (!Number.isFinite(stall)) setTimeout(() => response.destroy(), 50);
  };
  send();
}

/** Serves the harness page and the app's public files on a free port; `isolated` allows threads. */
export async function startHarness({ isolated = false } = {}): Promise<{ readonly url: string; readonly requests: readonly FileRequest[]; close(): Promise<void> }> {
  const requests: FileRequest[] = [];
  const server = await createServer({
    configFile: false,
    root,
    logLevel: "error",
    cacheDir: "node_modules/.vite-harness",
    optimizeDeps: { noDiscovery: true, include: ["valibot", "@noble/hashes/sha2.js", "@noble/hashes/utils.js"] },
    plugins: [badFilePlugin, filePlugin(requests)],
    server: {
      host: "127.0.0.1",
      port: 0,
      hmr: false,
      watch: null,
      headers: isolated ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" } : {},
    },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== "object" || address === null) throw new Error("the harness server listens on no port");
  return { requests, url: `http://127.0.0.1:${address.port}/tests/support/harness/index.html`, close: () => server.close() };
}
