import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { embeddedModelPath } from "./src/local-base/embedded-model.ts";
import { createLocalBase } from "./src/local-base/local-base.ts";
import { localBasePlugin } from "./src/local-base/vite-plugin.ts";
import { policyInPagePlugin, trustThreadsPlugin } from "./src/page-security/vite-plugins.ts";

export default defineConfig(({ command, isPreview }) => ({
  // Relative: a static copy works in a folder of a host, too.
  base: "./",
  plugins: [
    react(),
    tailwindcss(),
    policyInPagePlugin(),
    trustThreadsPlugin(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/app/offline",
      filename: "service-worker.ts",
      // The page registers it itself, and public/ has the manifest.
      injectRegister: false,
      manifest: false,
      injectManifest: {
        globPatterns: ["**/*.{html,js,css,wasm,gguf,svg,png,webmanifest}", "problems/arithmetic.jsonl"],
        // 5.8 MB that only runs with WebLLM need, and the algebra of evaluations: kept once they were used.
        globIgnores: ["assets/webllm-worker-*.js", "assets/web-llm-*.js", "assets/algebra-worker-*.js"],
        dontCacheBustURLsMatching: /^assets\//,
        // llama.cpp as wasm has 8.8 MB, and without it the app solves nothing offline.
        maximumFileSizeToCacheInBytes: 12_000_000,
      },
    }),
    // `npm start` mounts its own, with the options it was given.
    command === "serve" && isPreview !== true ? localBasePlugin(createLocalBase({ modelPath: embeddedModelPath })) : [],
  ],
  build: { target: "es2023", outDir: "dist" },
  worker: { format: "es" as const },
  // What is imported late would be found late, and the dev server would reload the page in the middle of a run.
  optimizeDeps: { entries: ["index.html"], include: ["@noble/hashes/legacy.js", "@noble/hashes/sha2.js", "@noble/hashes/utils.js", "@wllama/wllama/esm/index.js", "dexie", "eventsource-parser", "katex", "valibot"], exclude: ["@mlc-ai/web-llm"] },
  // Who may read the endpoint's answers from other origins is the endpoint's own decision.
  server: { cors: false },
  preview: { cors: false },
}));
