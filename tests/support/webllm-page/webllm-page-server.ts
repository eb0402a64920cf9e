import { createReadStream, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { basename, join } from "node:path";
import { createServer, type Plugin } from "vite";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** As much of a model's folder as a fault needs to show. */
const config = JSON.stringify({
  context_window_size: 512, sliding_window_size: -1, attention_sink_size: -1, prefill_chunk_size: 128, vocab_size: 512,
  tokenizer_files: ["tokenizer.json"], conv_template: { name: "chatml", seps: ["\n"], roles: { user: "user", assistant: "assistant" }, stop_str: [], stop_token_ids: [479] },
  quantization: "q0f32",
});
const webPage = "<!doctype html><html><body>Sign in to continue</body></html>";

const badFolders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "no-model": {},
  "web-page": { "mlc-chat-config.json": webPage },
  "other-config": { "mlc-chat-config.json": JSON.stringify({ name: "something else" }) },
  "library-missing": { "mlc-chat-config.json": config },
  "library-web-page": { "mlc-chat-config.json": config, "library.wasm": webPage },
  // A module of WebAssembly that is nothing of TVM's.
  "library-other": { "mlc-chat-config.json": config, "library.wasm": "\0asm\u0001\0\0\0" },
};

const badModels: Plugin = {
  name: "bad-models",
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const [, folder, file] = /^\/bad-models\/([^/]+)\/(?:resolve\/main\/)?([^/?]+)/.exec(request.url ?? "") ?? [];
      if (folder === undefined || file === undefined) return next();
      const body = badFolders[folder]?.[file];
      response.statusCode = body === undefined ? 404 : 200;
      response.setHeader("content-type", file.endsWith(".wasm") ? "application/wasm" : body === webPage ? "text/html" : "application/json");
      response.end(body ?? "not found");
    });
  },
};

/** A model on this disk, at the addresses WebLLM looks for it. */
function localModel(place: string, folder: string, library: string): Plugin {
  return {
    name: place,
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = new RegExp(String.raw`^/${place}/(?:resolve/main/)?([^/?]+)`).exec(request.url ?? "")?.[1];
        if (file === undefined) return next();
        const path = file === "library.wasm" ? library : join(folder, basename(file));
        const size = statSync(path, { throwIfNoEntry: false })?.size;
        // The app's own page is of another origin.
        response.setHeader("access-control-allow-origin", "*");
        if (size === undefined) {
          response.statusCode = 404;
          response.end();
          return;
        }
        response.setHeader("content-length", size);
        createReadStream(path).pipe(response);
      });
    },
  };
}

const isAddress = (text: string) => /^https?:/.test(text);

/**
 * Serves the page, models that are none, and the real ones of WEBLLM_MODEL_URL and WEBLLM_MODEL_LIB, WEBLLM_BASE_URL and
 * WEBLLM_BASE_LIB: addresses, or a folder and a file on this disk.
 */
export async function startWebLlmPage({ modelUrl = "", modelLib = "", baseUrl = "", baseLib = "" } = {}) {
  const local = (place: string, url: string, library: string) => (url === "" || isAddress(url) ? [] : [localModel(place, url, library)]);
  const server = await createServer({
    configFile: false,
    root,
    logLevel: "error",
    cacheDir: "node_modules/.vite-webllm-page",
    optimizeDeps: { noDiscovery: true, include: ["valibot"] },
    worker: { format: "es" },
    plugins: [badModels, ...local("local-model", modelUrl, modelLib), ...local("local-base", baseUrl, baseLib)],
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== "object" || address === null) throw new Error("the server listens on no port");
  const origin = `http://127.0.0.1:${address.port}`;
  const served = (place: string, url: string, library: string) =>
    (isAddress(url) ? { modelUrl: url, modelLibUrl: library } : { modelUrl: `${origin}/${place}`, modelLibUrl: `${origin}/${place}/library.wasm` });
  return {
    url: `${origin}/tests/support/webllm-page/index.html`,
    model: served("local-model", modelUrl, modelLib),
    base: served("local-base", baseUrl, baseLib),
    badModel: (name: string) => ({ modelUrl: `${origin}/bad-models/${name}`, modelLibUrl: `${origin}/bad-models/${name}/library.wasm` }),
    close: () => server.close(),
  };
}
