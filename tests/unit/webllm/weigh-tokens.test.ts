import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../../src/models/model-error.ts";
import { tokensOf, weighTokens } from "../../../src/models/webllm/weigh-tokens.ts";
import { scriptedDecode, scriptedEncode } from "../../support/scripted-pipeline.ts";

const logits = (...values: readonly number[]) => Float32Array.from(values);
/** Softmax over the whole vocabulary by the book, of the given tokens and renormalised. */
function byTheBook(values: Float32Array, tokens: readonly number[]): readonly number[] {
  const weights = Array.from(values, (value) => Math.exp(value));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const chosen = tokens.map((token) => (weights[token] ?? 0) / total);
  const mass = chosen.reduce((sum, p) => sum + p, 0);
  return chosen.map((p) => p / mass);
}

describe("weighing tokens", () => {
  test("gives their probabilities in the softmax over the whole vocabulary, renormalised, in the order asked for", () => {
    fc.assert(fc.property(fc.array(fc.float({ min: -12, max: 12, noNaN: true }), { minLength: 4, maxLength: 40 }), (values) => {
      const raw = Float32Array.from(values);
      for (const [place, p] of weighTokens(raw, [2, 0, 3]).entries()) expect(p).toBeCloseTo(byTheBook(raw, [2, 0, 3])[place] ?? Number.NaN, 9);
    }));
  });

  test("is exact where all of them are so unlikely that their softmax is 0, and where logits are huge", () => {
    expect(weighTokens(logits(0, Math.log(3), 5000), [0, 1]).map((p) => p.toFixed(6))).toEqual(["0.250000", "0.750000"]);
    expect(weighTokens(logits(30_000, 30_000, 0), [0, 1, 2])).toEqual([0.5, 0.5, 0]);
    expect(weighTokens(logits(Number.NEGATIVE_INFINITY, 1), [0, 1])).toEqual([0, 1]);
  });

  test("refuses logits that are no numbers, and tokens that have none", () => {
    for (const bad of [logits(Number.NaN, 1), logits(Number.POSITIVE_INFINITY, 1), logits(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY), logits(1)])
      expect(() => weighTokens(bad, [0, 1])).toThrow(expect.objectContaining({ kind: "engine-failed" }));
  });
});

describe("the tokens of texts", () => {
  const vocabulary = { encode: scriptedEncode, decode: scriptedDecode };

  test("are one for each", () => {
    expect(tokensOf(vocabulary, ["0", "9", " = "])).toEqual([48, 57, scriptedEncode(" = ")[0]]);
  });

  test("are none where a text is several tokens, none, or another text: such a model cannot score", () => {
    for (const [tokenizer, texts] of [
      [vocabulary, ["7", "10"]],
      [vocabulary, [""]],
      // As SentencePiece may write it at the start of a text.
      [{ ...vocabulary, decode: () => "▁7" }, ["7"]],
    ] as const) {
      expect(() => tokensOf(tokenizer, texts)).toThrow(ModelError);
      expect(() => tokensOf(tokenizer, texts)).toThrow(expect.objectContaining({ kind: "cannot-score", retryable: false }));
    }
  });
});
