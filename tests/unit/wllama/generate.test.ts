import { describe, expect, it } from "vitest";
import type { GenerationPart, GenerationRequest } from "../../../src/models/generation.ts";
import type { CompletionChunk } from "../../../src/models/wllama/completion-chunk.ts";
import { entropyOf, generateWith } from "../../../src/models/wllama/generate.ts";
import type { EngineOutcome, EngineRequest, WllamaEngine } from "../../../src/models/wllama/wllama-engine.ts";

/** One completion of the engine: the tokens it reports, each a chunk, and how it ends. */
type Completion = {
  readonly texts: readonly string[];
  readonly finish?: "stop" | "length";
  readonly outcome?: EngineOutcome;
  readonly cached?: number;
  readonly prompt?: number;
};

function scriptedEngine(completions: readonly Completion[]) {
  const requests: EngineRequest[] = [];
  const engine: WllamaEngine = {
    contextTokens: 512, computesOn: "cpu", device: "scripted", dead: false,
    exit: () => Promise.resolve(),
    complete(request, onChunk, signal) {
      const completion = completions[requests.length];
      requests.push(request);
      if (completion === undefined) throw new Error("one completion too many was asked for");
      const { texts, finish, outcome = "finished", cached = 0, prompt = 20 } = completion;
      const chunk = (text: string, count: number, finishReason: "stop" | "length" | null): CompletionChunk => ({
        choices: [{
          text, finish_reason: finishReason,
          ...(request.candidates > 0 && text !== ""
            ? { logprobs: { content: [{ id: 1, token: text, logprob: Math.log(0.5), top_logprobs: [{ id: 1, token: text, logprob: Math.log(0.5) }, { id: 2, token: "?", logprob: Math.log(0.5) }] }] } }
            : {}),
        }],
        timings: { cache_n: cached, prompt_n: prompt - cached, predicted_n: count },
      });
      onChunk({ ...chunk("", 0, null), prompt_progress: { total: prompt, cache: cached, processed: prompt } });
      for (const [index, text] of texts.entries()) {
        if (signal.aborted) return Promise.resolve<EngineOutcome>("aborted");
        onChunk(chunk(text, index + 1, null));
      }
      if (signal.aborted) return Promise.resolve<EngineOutcome>("aborted");
      // The end token is counted and has no text.
      if (finish !== undefined) onChunk(chunk("", texts.length + (finish === "stop" ? 1 : 0), finish));
      return Promise.resolve(outcome);
    },
  };
  return { engine, requests };
}

async function run(completions: readonly Completion[], request: Partial<GenerationRequest> = {}) {
  const { engine, requests } = scriptedEngine(completions);
  const parts: GenerationPart[] = [];
  const going = await generateWith(
    engine,
    { prompt: "prompt ", maxTokens: 50, stop: [], temperature: 0, topP: 1, signal: new AbortController().signal, ...request },
    [],
    (part) => parts.push(part),
  );
  const texts = parts.filter((part) => part.kind === "text");
  return {
    going, requests, parts,
    text: texts.map((part) => part.text).join(""),
    signals: texts.flatMap((part) => part.signals ?? []),
    end: parts.find((part) => part.kind === "end"),
  };
}

describe("a generation", () => {
  it("ends with the text, and counts the end token", async () => {
    const { text, end } = await run([{ texts: ["one", " two"], finish: "stop", cached: 12 }]);
    expect(text).toBe("one two");
    expect(end).toEqual({ kind: "end", ended: { kind: "end-of-text" }, usage: { promptTokens: 20, cachedTokens: 12, generatedTokens: 3 } });
  });

  it("ends at its cap", async () => {
    const { end } = await run([{ texts: ["one", " two"], finish: "length" }], { maxTokens: 2 });
    expect(end).toMatchObject({ ended: { kind: "length" }, usage: { generatedTokens: 2 } });
  });

  it("stops at a stop text that begins in one token and ends in another, and asks for nothing more", async () => {
    const { text, end, requests } = await run([{ texts: ["5.", "\n", "\nNext", " step"], finish: "stop" }], { stop: ["\n\n"] });
    expect(text).toBe("5.");
    expect(end).toMatchObject({ ended: { kind: "stop", stop: "\n\n" }, usage: { generatedTokens: 3 } });
    expect(requests).toHaveLength(1);
  });

  it("tells of each token how likely it was, one part a token", async () => {
    const { signals } = await run([{ texts: ["one", " two"], finish: "stop" }]);
    expect(signals).toHaveLength(2);
    for (const { logProb, entropy } of signals) {
      expect(logProb).toBeCloseTo(Math.log(0.5));
      expect(entropy).toBeCloseTo(Math.log(2));
    }
  });

  it("that is aborted has no end", async () => {
    const stop = new AbortController();
    stop.abort();
    const { going, end } = await run([{ texts: ["one"] }], { signal: stop.signal });
    expect(going).toBe(false);
    expect(end).toBeUndefined();
  });
});

describe("a token that wllama cannot report", () => {
  const around = [
    { texts: ["one"], outcome: "unprintable", cached: 5 },
    { texts: [" 😀", " two"], finish: "length", cached: 20, prompt: 21 },
    { texts: [" three"], finish: "stop", cached: 22, prompt: 23 },
  ] as const satisfies readonly Completion[];

  it("is gone over without log-probabilities, which come back behind it", async () => {
    const { text, end, requests } = await run(around);
    expect(text).toBe("one 😀 two three");
    expect(requests.map(({ prompt, candidates }) => [prompt, candidates > 0])).toEqual([
      ["prompt ", true], ["prompt one", false], ["prompt one 😀 two", true],
    ]);
    // What was reused of the caller's prompt, whatever was gone over again.
    expect(end).toMatchObject({ ended: { kind: "end-of-text" }, usage: { promptTokens: 20, cachedTokens: 5, generatedTokens: 5 } });
  });

  it("does not let the generation grow beyond its cap", async () => {
    const { end, requests } = await run([around[0], { texts: [" 😀", " two"], finish: "length" }], { maxTokens: 3 });
    expect(requests.map(({ maxTokens }) => maxTokens)).toEqual([3, 2]);
    expect(end).toMatchObject({ ended: { kind: "length" }, usage: { generatedTokens: 3 } });
  });

  it("draws other numbers for what follows, the same ones each time", async () => {
    const seeds: (number | undefined)[][] = [];
    for (let time = 0; time < 2; time++)
      seeds.push((await run(around, { seed: 7, temperature: 1 })).requests.map(({ seed }) => seed));
    expect(new Set(seeds[0]).size).toBe(3);
    expect(seeds[0]?.[0]).toBe(7);
    expect(seeds[1]).toEqual(seeds[0]);
  });

  it("a stop text across it still stops", async () => {
    const { text, end } = await run([{ texts: ["one\n"], outcome: "unprintable" }, { texts: ["\ntwo"], finish: "length" }], { stop: ["\n\n"] });
    expect(text).toBe("one");
    expect(end).toMatchObject({ ended: { kind: "stop", stop: "\n\n" } });
  });

  it("one that cannot be gone over either ends the text rather than going on for ever", async () => {
    const { text, end } = await run([around[0], { texts: [], outcome: "unprintable" }]);
    expect(text).toBe("one");
    expect(end).toMatchObject({ ended: { kind: "end-of-text" } });
  });

  it("as the very first one changes nothing in what was reused of the prompt", async () => {
    const { end } = await run([{ texts: [], outcome: "unprintable", cached: 5 }, { texts: ["😀"], finish: "stop", cached: 19 }]);
    expect(end).toMatchObject({ usage: { promptTokens: 20, cachedTokens: 5 } });
  });
});

const candidates = (...probabilities: readonly number[]) => probabilities.map((p, id) => ({ id, token: "", logprob: Math.log(p) }));

describe("the entropy of what could have come", () => {
  it.each([
    [[1], 0], [[0.5, 0.5], Math.log(2)], [[0.25, 0.25, 0.25, 0.25], Math.log(4)],
    // The rest of the vocabulary is not known: what is, counts as all there is.
    [[0.1, 0.1], Math.log(2)], [[0.5, 0, 0.5], Math.log(2)], [[0, 0], 0],
  ])("%j: %d nats", (probabilities, nats) => {
    expect(entropyOf(candidates(...probabilities))).toBeCloseTo(nats, 12);
  });
});
