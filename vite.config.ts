import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { embeddedModelPath } from "./src/local-base/embedded-model.ts";
import { createLocalBase } from "./src/local-base/local-base.ts";
import { localBasePlugin } from "./src/local-base/vite-plugin.ts";

export default defineConfig(({ command, isPreview }) => ({
  plugins: [
    react(),
    tailwindcss(),
    // `npm start` mounts its own, with the options it was given.
    command === "serve" && isPreview !== true ? localBasePlugin(createLocalBase({ modelPath: embeddedModelPath })) : [],
  ],
  build: { target: "es2023", outDir: "dist" },
  worker: { format: "es" as const },
  // What is imported late would be found late, and the dev server would reload the page in the middle of a run.
  optimizeDeps: { entries: ["index.html"], include: ["@noble/hashes/sha2.js", "@noble/hashes/utils.js", "@wllama/wllama/esm/index.js", "dexie", "eventsource-parser", "katex", "valibot"], exclude: ["@mlc-ai/web-llm"] },
  // Who may read the endpoint's answers from other origins is the endpoint's own decision.
  server: { cors: false },
  preview: { cors: false },
}));
