import { describe, expect, test } from "vitest";
import { deviceBaseSource, draftContextTokens, draftSource } from "../../../src/app/models/draft-source.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";
import { ggufCatalogue } from "../../../src/models/gguf-catalogue.ts";
import { modelCatalogue } from "../../../src/models/model-catalogue.ts";
import { modelIndexName, readModelIndex } from "../../../src/models/webllm/model-index.ts";

const page = "https://page.example/app/";
const source = (draft: Readonly<Record<string, unknown>>) => draftSource(readSettings({ draft }).draft, undefined, page);

describe("the chosen draft model", () => {
  test("by the addresses of an MLC model is WebLLM's, named after its repository", () => {
    const found = source({ source: "mlc", mlcUrl: "https://huggingface.co/mlc-ai/Qwen3-0.6B-q4f16_1-MLC/resolve/main/", mlcLib: "/libs/a.wasm", instruction: "none" });
    expect(found).toMatchObject({
      name: "Qwen3-0.6B-q4f16_1-MLC", instruction: "", contextTokens: 4096, format: { id: "chatml" },
      source: { kind: "webllm", modelUrl: "https://huggingface.co/mlc-ai/Qwen3-0.6B-q4f16_1-MLC/resolve/main/", modelLibUrl: "https://page.example/libs/a.wasm" },
    });
  });

  test("from a catalogue is that one, with a hash where it is a file", () => {
    const [gguf] = ggufCatalogue;
    expect(source({ source: "catalogue", catalogueId: gguf?.id })).toMatchObject({ name: gguf?.name, source: { kind: "gguf", url: gguf?.url, sha256: gguf?.sha256 } });
    expect(source({ source: "catalogue", catalogueId: "qwen3-1.7b" })).toMatchObject({ source: { kind: "catalogue", model: { id: "qwen3-1.7b" } }, contextTokens: 4096 });
  });

  test("that is none is refused with its reason", () => {
    for (const [draft, kind] of [
      [{ source: "catalogue", catalogueId: "gone" }, "no-draft"],
      [{ source: "mlc", mlcUrl: "", mlcLib: "https://a.test/a.wasm" }, "download-failed"],
      [{ source: "mlc", mlcUrl: "javascript:alert(1)", mlcLib: "https://a.test/a.wasm" }, "download-failed"],
      [{ source: "url", url: "https://a.test/a.gguf", sha256: "abc" }, "bad-file"],
      [{ source: "file", fileName: "a.gguf" }, "file-gone"],
    ] as const) expect(() => source(draft), kind).toThrow(expect.objectContaining({ kind }));
  });

  test("is another one when anything of it changes, so that it is opened anew", () => {
    const base = { source: "url", url: "https://a.test/a.gguf", contextTokens: 512 };
    const keys = [base, { ...base, instruction: "none" }, { ...base, contextTokens: 1024 }, { ...base, format: "llama3" }, { ...base, url: "https://a.test/b.gguf" }].map((draft) => source(draft).key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("tells how much fits its context before it is opened", () => {
    expect(draftContextTokens(readSettings({}).draft)).toBe(512);
    expect(draftContextTokens(readSettings({ draft: { source: "catalogue", catalogueId: "qwen3-4b" } }).draft)).toBe(4096);
  });
});

describe("the chosen base model on this device", () => {
  const base = (device: Readonly<Record<string, unknown>>) => deviceBaseSource(readSettings({ base: { device } }).base.device, undefined, page);

  test("is the built-in one unless another is chosen", () => {
    expect(base({})).toMatchObject({ name: "arithmetic-base", instruction: "", source: { kind: "gguf", url: `${page}models/arithmetic-base.gguf` } });
  });

  test("is a model of the shelf, of either engine, an MLC model or a GGUF file by its addresses, as a draft model is", () => {
    for (const chosen of [
      { source: "catalogue", catalogueId: "qwen3-4b" }, { source: "catalogue", catalogueId: "qwen3-1.7b-gguf" },
      { source: "mlc", mlcUrl: "https://a.test/m", mlcLib: "https://a.test/m.wasm", instruction: "none" }, { source: "url", url: "https://a.test/a.gguf", format: "llama3" },
    ]) expect(base(chosen)).toEqual(source(chosen));
  });

  test("that the shelf has no more is told as the base model's trouble, not the draft's", () => {
    expect(() => base({ source: "catalogue", catalogueId: "gone" })).toThrow(expect.objectContaining({ kind: "no-base" }));
  });
});

test("no two models of the catalogues share an id", () => {
  const ids = [...modelCatalogue, ...ggufCatalogue].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

describe("the index of a model's weights", () => {
  const folder = "https://a.test/m/resolve/main/";
  test("tells each shard's address, length and hash", () => {
    expect(modelIndexName).toBe("tensor-cache.json");
    expect(readModelIndex({ records: [{ dataPath: "params_shard_0.bin", nbytes: 5, md5sum: "A".repeat(32) }, { dataPath: "b.bin", nbytes: 1 }] }, folder))
      .toEqual([{ url: `${folder}params_shard_0.bin`, bytes: 5, md5: "a".repeat(32) }, { url: `${folder}b.bin`, bytes: 1 }]);
  });

  test("is none where it is something else, or leads out of the folder", () => {
    for (const json of [undefined, {}, { records: [] }, { records: [{ dataPath: "../x.bin", nbytes: 1 }] }, { records: [{ dataPath: "https://b.test/x.bin", nbytes: 1 }] }])
      expect(readModelIndex(json, folder)).toBeUndefined();
  });
});
