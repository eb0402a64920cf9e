import fc from "fast-check";
import { expect, test } from "vitest";
import { createTokenText } from "../../../src/models/webllm/token-text.ts";

const bytes = (text: string) => [...new TextEncoder().encode(text)];
const decodeBytes = (tokens: readonly number[]) => new TextDecoder().decode(Uint8Array.from(tokens));

test("pieces are whole characters and together the text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const readable = text.replaceAll("\uFFFD", "").replaceAll("\uFEFF", "");
    const tokenText = createTokenText(decodeBytes, bytes("before"));
    const pieces = bytes(readable).map((token) => tokenText.push(token));
    expect(pieces.join("")).toBe(readable);
    for (const piece of pieces) expect(() => encodeURIComponent(piece)).not.toThrow();
  }));
});

test("bytes that are no character are left out, and what follows is whole", () => {
  const tokenText = createTokenText(decodeBytes, []);
  const written = [0xff, 0xfe, 0xe4, ...bytes("abc"), ...bytes("世")].map((token) => tokenText.push(token)).join("");
  expect(written).toBe("abc世");
});

test("a tokenizer that drops the space at the start of a text keeps it inside one", () => {
  const words = ["▁one", "▁two", "▁three"];
  const decode = (tokens: readonly number[]) => tokens.map((token) => words[token] ?? "").join("").replaceAll("▁", " ").trimStart();
  const tokenText = createTokenText(decode, [0]);
  expect([tokenText.push(1), tokenText.push(2)]).toEqual([" two", " three"]);
});
