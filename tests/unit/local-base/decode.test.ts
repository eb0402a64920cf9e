import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decode, type DecodedToken } from "../../../src/local-base/decode.ts";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { type LanguageModel, loadLanguageModel } from "../../../src/local-base/language-model.ts";
import { type Sampling, seededRandom } from "../../../src/local-base/sampling.ts";
import { problemPrompt } from "./completion-client.ts";

describe("decoding", { timeout: 60_000 }, () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadLanguageModel({ modelPath: embeddedModelPath, maxContextTokens: 4096, sequences: 2 });
  }, 60_000);
  afterAll(() => model.close());

  const sampling: Sampling = { temperature: 0.8, topP: 0.95, topK: 0, minP: 0, allowed: undefined, bias: new Map() };
  async function write(count: number, traits: Pick<LanguageModel, "vocabularySize" | "prefillChunk">, alternatives?: number): Promise<DecodedToken[]> {
    const [sequence] = model.sequences;
    if (sequence === undefined) throw new Error("no sequence");
    const prompt = model.tokenize(problemPrompt, false);
    const tokens: DecodedToken[] = [];
    const { signal } = new AbortController();
    const request = { prompt, sampling, random: seededRandom(3), alternatives, model: traits, signal, onPrefilled: () => undefined };
    for await (const token of decode(sequence, request)) if (tokens.push(token) === count) break;
    return tokens;
  }

  it("draws the same tokens from the head of a large vocabulary as from the whole of a small one", async () => {
    const small = await write(60, { vocabularySize: 512, prefillChunk: 512 });
    const large = await write(60, { vocabularySize: 150_000, prefillChunk: 512 });
    expect(large).toEqual(small);
  });

  it("reads a prompt in small chunks as it reads it at once", async () => {
    const whole = await write(40, { vocabularySize: 512, prefillChunk: 512 });
    for (const sequence of model.sequences) await sequence.clearHistory();
    expect(await write(40, { vocabularySize: 512, prefillChunk: 8 })).toEqual(whole);
  });

  it("reports as many alternatives as were asked for, most likely first, and never a whole vocabulary", async () => {
    for (const { probabilities } of await write(10, model, 5)) {
      const top = probabilities?.top.map(([, probability]) => probability) ?? [];
      expect(top).toHaveLength(5);
      expect(top).toEqual(top.toSorted((a, b) => b - a));
    }
  });

  it("holds at most the model's training context", () => {
    expect(model.contextTokens).toBe(512);
  });
});
