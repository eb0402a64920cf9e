import { describe, expect, test } from "vitest";
import { cachedModelBytes, clearModelCache, modelFolder } from "../../../src/models/webllm/model-cache.ts";

/** As much of the Cache API as is used. */
function memoryCaches(content: Readonly<Record<string, readonly string[]>>): CacheStorage {
  const scopes = new Map(Object.entries(content).map(([scope, urls]) => [scope, new Map(urls.map((url) => [url, new Response("12345")]))]));
  const storage = {
    has: (scope: string) => Promise.resolve(scopes.has(scope)),
    open: (scope: string) => {
      const entries = scopes.get(scope) ?? new Map<string, Response>();
      return Promise.resolve({
        keys: () => Promise.resolve([...entries.keys()].map((url) => new Request(url))),
        delete: (url: string) => Promise.resolve(entries.delete(url)),
        match: (request: Request) => Promise.resolve(entries.get(request.url)?.clone()),
      });
    },
  };
  return storage as unknown as CacheStorage;
}

const one = "https://huggingface.co/mlc-ai/Qwen3-0.6B";
const library = "https://libraries.test/one.wasm";
const content = {
  "webllm/model": [`${modelFolder(one)}params_shard_0.bin`, `${modelFolder(one)}tokenizer.json`, `${modelFolder(`${one}-f32`)}params_shard_0.bin`],
  "webllm/config": [`${modelFolder(one)}mlc-chat-config.json`],
  "webllm/wasm": [library, "https://libraries.test/other.wasm"],
  "app": [`${modelFolder(one)}mine`],
};

describe("a model's cache", () => {
  test("is cleared whole, without the model's index, and nothing of another's", async () => {
    const caches = memoryCaches(content);
    expect(await cachedModelBytes(caches, one, library)).toBe(20);
    await clearModelCache(caches, one, library);
    expect(await cachedModelBytes(caches, one, library)).toBe(0);
    expect(await cachedModelBytes(caches, `${one}-f32`, "https://libraries.test/other.wasm")).toBe(10);
    expect(await (await caches.open("app")).keys()).toHaveLength(1);
  });

  test("that is not there is nothing", async () => {
    await clearModelCache(memoryCaches({}), one, library);
    expect(await cachedModelBytes(memoryCaches({}), one, library)).toBe(0);
  });
});
