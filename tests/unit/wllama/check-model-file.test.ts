import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkModelFile } from "../../../src/models/gguf/check-model-file.ts";
import { failure } from "../../support/generated.ts";
import { ggufBytes, type GgufContent } from "../../support/gguf-bytes.ts";

const draft = readFileSync(new URL("../../../public/models/arithmetic-draft.gguf", import.meta.url));

const file = (content: GgufContent, dataBytes = 0) => new Blob([ggufBytes(content), new Uint8Array(dataBytes)]);

const named = (architecture: string): GgufContent => ({ metadata: { "general.architecture": { type: "string", value: architecture } } });

/** A vocabulary larger than the first reading. */
const longHeader: GgufContent = {
  metadata: {
    "general.architecture": { type: "string", value: "llama" },
    "tokenizer.ggml.tokens": { type: "strings", value: Array.from({ length: 40_000 }, (_, index) => `token ${index}`) },
  },
  tensors: [{ shape: [1000], type: 0, offset: 0 }],
};

describe("a model file", () => {
  it("is one whose every byte is there", async () => {
    expect(await checkModelFile(new Blob([draft]))).toMatchObject({ architecture: "llama", trainedContextTokens: 512 });
  });

  it("may be longer than its tensors: some writers pad the end", async () => {
    expect(await checkModelFile(new Blob([draft, new Uint8Array(100)]))).toMatchObject({ architecture: "llama" });
  });

  it("may have a header longer than what is read at first", async () => {
    const { fileBytes } = await checkModelFile(file(longHeader, 5000));
    expect(fileBytes).toBeGreaterThan(512 * 1024);
    expect((await failure(checkModelFile(file(longHeader, 3000)))).message).toMatch(/cut short: \d+ of \d+ bytes/);
  });
});

describe("what is none is a bad file, and the sentence tells why", () => {
  it.each([
    ["no byte at all", new Blob([]), /empty/],
    ["one byte too few", new Blob([draft.subarray(0, -1)]), /cut short: 293087 of 293088 bytes/],
    ["the first letters of the magic", new Blob([draft.subarray(0, 2)]), /cut short/],
    ["a header cut in the middle", new Blob([draft.subarray(0, 2000)]), /cut short/],
    ["a web page", new Blob(["\n  <!DOCTYPE html><title>Sign in</title>"]), /web page/],
    ["a pointer of git's large file storage", new Blob(["version https://git-lfs.github.com/spec/v1\noid sha256:…"]), /not a model file/],
    ["one part of several", file({ metadata: { ...named("llama").metadata, "split.count": { type: "uint32", value: 4 } } }), /one part of 4/],
    ["a file of no architecture", file({}, 64), /no language model/],
    ["an eye without a language", file(named("clip"), 64), /no language model/],
    ["a format nobody knows yet", file({ ...named("llama"), version: 7 }), /version 7/],
  ] as const)("%s", async (_name, blob, message) => {
    const error = await failure(checkModelFile(blob));
    expect(error.kind).toBe("bad-file");
    expect(error.message).toMatch(message);
    expect(error.retryable).toBe(false);
  });
});
