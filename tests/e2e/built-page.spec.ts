import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "playwright/test";

/** What was built, as the server above serves it. */
const built = (path: string): Buffer => readFileSync(new URL(`../../dist/${path}`, import.meta.url));
/** A name in WebLLM's runtime that no minifier changes. */
const isWebLlm = (path: string): boolean => path.endsWith(".js") && built(path).includes("TVMFFIFunctionCall");

test("the first JavaScript is at most 200 kB gzip", () => {
  const first = [...built("index.html").toString("utf8").matchAll(/(?:src|href)="[./]*(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? "");
  expect(first.length).toBeGreaterThan(1);
  const bytes = first.reduce((sum, path) => sum + gzipSync(built(path)).length, 0);
  console.log(`first JavaScript: ${(bytes / 1000).toFixed(1)} kB gzip in ${first.length} files`);
  expect(bytes).toBeLessThanOrEqual(200_000);
});

test("a first visit keeps the page, llama.cpp and the built-in pair, as many MB as the README says, and nothing of WebLLM", () => {
  const kept = [...built("service-worker.js").toString("utf8").matchAll(/"?url"?:\s*"([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(kept).toEqual(expect.arrayContaining(["index.html", "models/arithmetic-draft.gguf", "models/arithmetic-base.gguf", expect.stringMatching(/\.wasm$/)]));
  expect(kept.filter(isWebLlm)).toEqual([]);
  // It was built all the same, for those who choose it.
  expect(readdirSync(new URL("../../dist/assets", import.meta.url)).map((name) => `assets/${name}`).filter(isWebLlm)).not.toEqual([]);
  const bytes = kept.reduce((sum, path) => sum + built(path).length, 0);
  const [, said] = /a service worker keeps the page, the engine and the built-in models \((\d+) MB\)/.exec(readFileSync(new URL("../../README.md", import.meta.url), "utf8")) ?? [];
  console.log(`kept at a first visit: ${(bytes / 1e6).toFixed(2)} MB in ${kept.length} files`);
  expect(Math.round(bytes / 1e6)).toBe(Number(said));
  // Whatever else is large belongs to those who ask for it.
  expect(kept.filter((path) => built(path).length > 800_000)).toEqual([expect.stringMatching(/wllama-[\w-]+\.wasm$/)]);
});
