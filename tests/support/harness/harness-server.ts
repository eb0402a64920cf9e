import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createServer, type Plugin } from "vite";

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

/** Serves the harness page and the app's public files on a free port; `isolated` allows threads. */
export async function startHarness({ isolated = false } = {}): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = await createServer({
    configFile: false,
    root,
    logLevel: "error",
    cacheDir: "node_modules/.vite-harness",
    optimizeDeps: { noDiscovery: true, include: ["valibot"] },
    plugins: [badFilePlugin],
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
  return { url: `http://127.0.0.1:${address.port}/tests/support/harness/index.html`, close: () => server.close() };
}
