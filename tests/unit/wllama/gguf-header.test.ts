import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseGgufHeader } from "../../../src/models/gguf/gguf-header.ts";
import { ggufBytes, type GgufContent } from "../../support/gguf-bytes.ts";

const embedded = (name: string) => new Uint8Array(readFileSync(new URL(`../../../public/models/${name}.gguf`, import.meta.url)));

const small: GgufContent = {
  metadata: {
    "general.architecture": { type: "string", value: "llama" },
    "general.name": { type: "string", value: "Größe 大" },
    "tokenizer.ggml.tokens": { type: "strings", value: ["a", "", "é"] },
    "llama.context_length": { type: "uint32", value: 2048 },
  },
  tensors: [
    { shape: [256, 4], type: 12, offset: 0 },
    { shape: [10], type: 0, offset: 576 },
  ],
};

const headerOf = (content: GgufContent) => {
  const parsed = parseGgufHeader(ggufBytes(content));
  if (parsed.kind !== "header") throw new Error(JSON.stringify(parsed));
  return parsed.header;
};

const padded = (content: GgufContent, alignment = 32) => Math.ceil(ggufBytes(content).length / alignment) * alignment;

describe("the embedded pair", () => {
  it.each(["arithmetic-draft", "arithmetic-base"])("%s is as long as its header says", (name) => {
    const bytes = embedded(name);
    expect(parseGgufHeader(bytes)).toMatchObject({
      kind: "header",
      header: { architecture: "llama", trainedContextTokens: 512, parts: 1, fileBytes: bytes.length },
    });
  });

  it("asks for more wherever its header is cut, and never calls it another kind of file", () => {
    const bytes = embedded("arithmetic-draft");
    let length = 0;
    for (; parseGgufHeader(bytes.subarray(0, length)).kind !== "header"; length += 101)
      expect(parseGgufHeader(bytes.subarray(0, length))).toEqual({ kind: "more" });
    expect(length).toBeGreaterThan(1000);
    expect(length).toBeLessThan(bytes.length / 2);
  });

  it("asks for more at every single byte of a small header", () => {
    const bytes = ggufBytes(small);
    for (let length = 0; length < bytes.length; length++) expect(parseGgufHeader(bytes.subarray(0, length))).toEqual({ kind: "more" });
  });
});

describe("what a header tells", () => {
  it("is architecture, name and context", () => {
    expect(headerOf(small)).toMatchObject({ architecture: "llama", name: "Größe 大", trainedContextTokens: 2048, parts: 1 });
  });

  it("is the file's length, to the end of the tensor that lies last", () => {
    // 1024 elements in blocks of 256 at 144 bytes, then ten 32-bit floats.
    expect(headerOf(small).fileBytes).toBe(padded(small) + 576 + 40);
    const reversed = { ...small, tensors: small.tensors?.toReversed() ?? [] };
    expect(headerOf(reversed).fileBytes).toBe(padded(reversed) + 576 + 40);
  });

  it("is the file's length under another alignment", () => {
    const aligned = { ...small, metadata: { ...small.metadata, "general.alignment": { type: "uint32", value: 4096 } as const } };
    expect(headerOf(aligned).fileBytes).toBe(4096 + 576 + 40);
  });

  it("is no length where one tensor's type is not known, wherever it stands", () => {
    for (const types of [[0, 99], [99, 0]])
      expect(headerOf({ ...small, tensors: types.map((type) => ({ shape: [32], type, offset: 0 })) }).fileBytes).toBeUndefined();
  });

  it("is the number of parts of a split model", () => {
    // uint16, as llama.cpp's own splitter writes it
    expect(headerOf({ metadata: { "split.count": { type: "raw", bytes: [2, 0, 0, 0, 3, 0] } } }).parts).toBe(3);
  });
});

describe("what is no readable header", () => {
  it.each([
    ["<!doctype html><html>", "a web page"],
    ["PK\u0003\u0004 an archive", "an archive"],
    ["GGML an older format", "an older format"],
    ["{\"error\":\"gated\"}", "an error in JSON"],
  ])("%s: not a model", (text) => {
    expect(parseGgufHeader(new TextEncoder().encode(text))).toEqual({ kind: "not-gguf" });
  });

  it.each([
    ["a version from the past", { version: 1 }, /version 1/],
    ["a version from the future, or one of the other byte order", { version: 0x03000000 }, /version 50331648/],
    ["more tensors than there can be", { claims: { tensors: 1n << 40n } }, /entries/],
    ["more entries than numbers reach", { claims: { entries: 1n << 63n } }, /number/],
    ["a value of no type", { metadata: { key: { type: "raw", bytes: [77, 0, 0, 0] } } }, /type/],
    ["a text without end", { metadata: { key: { type: "raw", bytes: [8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0] } } }, /text/],
    ["a tensor of a hundred dimensions", { tensors: [{ shape: Array.from({ length: 100 }, () => 1), type: 0, offset: 0 }] }, /shape/],
    ["an alignment of nothing", { ...small, metadata: { "general.alignment": { type: "uint32", value: 0 } } }, /alignment/],
  ] as const satisfies readonly (readonly [string, GgufContent, RegExp])[])("%s is unreadable", (_name, content, reason) => {
    expect(parseGgufHeader(ggufBytes(content))).toMatchObject({ kind: "unreadable", reason: expect.stringMatching(reason) });
  });

  it("lists in lists, which no model has, do not exhaust the stack", () => {
    const nested = Array.from({ length: 20_000 }, () => [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]).flat();
    expect(parseGgufHeader(ggufBytes({ metadata: { key: { type: "raw", bytes: [9, 0, 0, 0, ...nested] } } }))).toMatchObject({ kind: "unreadable" });
  });

  it("any bytes behind the magic end in an answer", () => {
    let state = 1;
    const random = () => (state = (state * 48_271) % 2_147_483_647) & 0xff;
    for (let round = 0; round < 500; round++) {
      const bytes = ggufBytes(small);
      for (let change = 0; change < 8; change++) bytes[8 + ((random() << 8) | random()) % (bytes.length - 8)] = random();
      expect(["header", "more", "unreadable"]).toContain(parseGgufHeader(bytes).kind);
    }
  });
});
