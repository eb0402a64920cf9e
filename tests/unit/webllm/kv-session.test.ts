import { describe, expect, test } from "vitest";
import type { ModelError } from "../../../src/models/model-error.ts";
import { checkAppending } from "../../../src/models/webllm/check-appending.ts";
import { createKvSession, type GeneratedToken, type KvRequest } from "../../../src/models/webllm/kv-session.ts";
import { adaptPipeline } from "../../../src/models/webllm/pipeline-internals.ts";
import { scriptedDecode, scriptedEncode, scriptedPackagePipeline, scriptedPrompt, scriptedScorePrompt, type ScriptedOptions } from "../../support/scripted-pipeline.ts";

async function open(options: ScriptedOptions = {}, reuse: "fastest" | "always" = "fastest") {
  const scripted = scriptedPackagePipeline(options);
  const pipeline = adaptPipeline(scripted.pipeline);
  const appending = await checkAppending(pipeline, scripted.now);
  scripted.forwarded.prefilled = 0;
  scripted.forwarded.stepped = 0;
  scripted.forwarded.popped = 0;
  const session = createKvSession(pipeline, { appending, reuse, rest: () => Promise.resolve(), now: scripted.now, random: () => 0.5 });
  const write = async (more: Partial<KvRequest> = {}, isAborted: (tokens: number) => boolean = () => false) => {
    const tokens: GeneratedToken[] = [];
    const { ended, usage } = await session.generate(
      { prompt: scriptedPrompt, maxTokens: 100, stop: [], temperature: 0, topP: 1, ...more },
      (token) => tokens.push(token),
      () => isAborted(tokens.length),
    );
    return { text: tokens.map(({ text }) => text).join(""), tokens, ended, usage };
  };
  const weigh = (steps: string, tokens: readonly string[] = digits, isAborted: () => boolean = () => false) => session.weigh(scriptedScorePrompt(steps), tokens, isAborted);
  return { scripted, pipeline, session, write, weigh };
}

const digits = "0123456789".split("");

const kindOf = (work: Promise<unknown>) => work.then(() => "done", (error: ModelError) => error.kind ?? String(error));
const promptTokens = scriptedEncode(scriptedPrompt).length;

describe("a KV session", () => {
  test("continues what it wrote itself with one token prefilled: the last one sampled is not in the cache yet", async () => {
    const { write, scripted } = await open();
    const first = await write({ stop: ["\n\n"] });
    expect(first.usage).toMatchObject({ promptTokens, cachedTokens: 0 });
    expect(scripted.forwarded).toMatchObject({ prefilled: promptTokens, stepped: first.usage.generatedTokens - 1 });
    const second = await write({ prompt: `${scriptedPrompt}${first.text}\n\n`, stop: ["\n\n"] });
    expect(second.usage.promptTokens - (second.usage.cachedTokens ?? 0)).toBe(1);
    expect(scripted.forwarded.popped).toBe(0);
  });

  test("takes a rejected step back and holds exactly the wanted tokens after it", async () => {
    const { write, scripted, session } = await open();
    const rejected = await write({ stop: ["\n\n"] });
    const corrected = `${scriptedPrompt}After that, 8.\n\n`;
    await write({ prompt: corrected, maxTokens: 1 });
    expect(scripted.tokens).toEqual(scriptedEncode(corrected));
    expect(scripted.forwarded.popped).toBe(rejected.usage.generatedTokens - 1);
    expect(session.counts).toMatchObject({ rollbacks: 1, rolledBackTokens: rejected.usage.generatedTokens - 1, resets: 0, reusedTokens: promptTokens });
  });

  test("counts rollbacks, and not the one token that is forwarded again for its logits", async () => {
    const { write, session } = await open();
    await write({ maxTokens: 1 });
    await write({ maxTokens: 1 });
    expect(session.counts).toMatchObject({ rollbacks: 0, prefilledTokens: promptTokens + 1, reusedTokens: promptTokens - 1, decodedTokens: 0 });
  });

  test("appends one by one where the library appends wrongly, and writes what a right one writes", async () => {
    const right = await open();
    const wrong = await open({ library: "wrong-append" });
    const prompt = `${scriptedPrompt}After that, 8.\n\n`;
    for (const { write } of [right, wrong]) await write({ stop: ["\n\n"] });
    const before = wrong.scripted.forwarded.prefilled;
    expect((await wrong.write({ prompt })).text).toBe((await right.write({ prompt })).text);
    expect(wrong.scripted.forwarded.prefilled).toBe(before);
  });

  test("empties the cache where that is faster, and says so", async () => {
    const { write, session, scripted } = await open({ library: "wrong-append", costs: { prefill: 0.001, step: 1 }, prefillChunk: 200 });
    await write({ stop: ["\n\n"] });
    const { usage } = await write({ prompt: `${scriptedPrompt}After that, 8.\n\n` });
    expect(usage.cachedTokens).toBe(0);
    expect(session.counts.resets).toBe(1);
    expect(scripted.forwarded.popped).toBe(0);
    const reusing = await open({ library: "wrong-append", costs: { prefill: 0.001, step: 1 } }, "always");
    await reusing.write({ stop: ["\n\n"] });
    expect((await reusing.write({ prompt: `${scriptedPrompt}After that, 8.\n\n` })).usage.cachedTokens).toBe(promptTokens);
  });

  test("is sound after a forward that failed half way", async () => {
    const { write, scripted } = await open();
    const before = await write();
    scripted.failNext("trap");
    expect(await kindOf(write({ prompt: `${scriptedPrompt}After` }))).toContain("unreachable");
    expect((await write()).text).toBe(before.text);
    expect(scripted.tokens.length).toBe(scripted.pipeline.filledKVCacheLength);
  });

  test("hears an abort between two chunks of a prefill and between two tokens, and keeps what is there", async () => {
    const { write, scripted } = await open({ prefillChunk: 8 });
    let asked = 0;
    expect(await kindOf(write({}, () => (asked += 1) > 3))).toBe("aborted");
    expect(scripted.forwarded.prefilled).toBe(16);
    expect(await kindOf(write({}, (tokens) => tokens >= 5))).toBe("aborted");
    expect(scripted.forwarded).toMatchObject({ prefilled: promptTokens, stepped: 5 });
    expect(scripted.scopes).toBe(0);
    const { text, usage } = await write();
    expect(usage.cachedTokens).toBe(promptTokens - 1);
    expect(text).toBe((await (await open()).write()).text);
  });

  test("never forwards past the context: a prompt that fills it is refused, a generation ends there", async () => {
    const { write, pipeline } = await open({ contextTokens: promptTokens + 4 });
    const { ended, usage } = await write();
    expect([ended.kind, usage.generatedTokens]).toEqual(["length", 4]);
    expect(pipeline.held).toBeLessThanOrEqual(pipeline.contextTokens);
    expect(await kindOf(write({ prompt: `${scriptedPrompt}1234` }))).toBe("context-overflow");
    expect((await write({ prompt: `${scriptedPrompt}123` })).usage.generatedTokens).toBe(1);
  });

  test("is asked for the end token, counts it and does not write it", async () => {
    const { write } = await open();
    const { ended, text, usage, tokens } = await write();
    expect(ended).toEqual({ kind: "end-of-text" });
    expect(text).toContain(String.raw`\boxed{6}.`);
    expect(tokens).toHaveLength(usage.generatedTokens);
    expect(usage.generatedTokens).toBe(scriptedEncode(text).length + 1);
  });

  test("refuses an empty prompt", async () => {
    const { write } = await open();
    expect(await kindOf(write({ prompt: "" }))).toBe("bad-request");
  });

  test("writes whole characters only, each in one piece", async () => {
    const { write } = await open();
    const { tokens } = await write({ prompt: `${scriptedPrompt}世界`, temperature: 2, seed: 4, maxTokens: 60 });
    expect(tokens.map(({ text }) => text).join("")).not.toContain("\uFFFD");
    expect(scriptedDecode(scriptedEncode("世界"))).toBe("世界");
  });
});

describe("weighing in a KV session", () => {
  const [right, wrong] = ["First, 5 + 3 = 8.", "First, 5 + 3 = 9."] as const;
  const likeliest = ({ probabilities }: { readonly probabilities: readonly number[] }) => probabilities.indexOf(Math.max(...probabilities));

  test("rates a right step high and a wrong one low; the ten sum to 1 and are exactly those of the logits", async () => {
    const { weigh, pipeline } = await open();
    const [high, low] = [await weigh(right), await weigh(wrong)];
    expect([likeliest(high), likeliest(low)]).toEqual([9, 1]);
    expect(high.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    // The last token again, for its logits.
    pipeline.reset();
    const tokens = scriptedEncode(scriptedScorePrompt(wrong));
    let logits = new Float32Array();
    for (const token of tokens) logits = Float32Array.from(await pipeline.step(token));
    const weights = digits.map((digit) => Math.exp(logits[scriptedEncode(digit)[0] ?? -1] ?? Number.NaN));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    expect(low.probabilities).toEqual(weights.map((weight) => expect.closeTo(weight / total, 9)));
  });

  test("prefills only what the cache does not hold: the transcript stays from score to score and for what is written next", async () => {
    const { weigh, write, scripted, session } = await open();
    const scored = scriptedEncode(scriptedScorePrompt(right)).length;
    expect((await weigh(right)).usage).toEqual({ promptTokens: scored, cachedTokens: 0, generatedTokens: 1 });
    expect(scripted.forwarded).toMatchObject({ prefilled: scored, stepped: 0 });
    expect((await weigh(right)).usage.cachedTokens).toBe(scored - 1);
    const transcript = scriptedEncode(`${scriptedPrompt}First, 5 + 3 = 8`).length;
    expect((await weigh(`${right}\n\nThen, 8 - 2 = 6.`)).usage.cachedTokens).toBe(transcript);
    const { text, usage } = await write({ prompt: `${scriptedPrompt}${right}\n\n`, stop: ["\n\n"] });
    expect([text, usage.cachedTokens]).toEqual(["Then, 8 - 2 = 6.", usage.promptTokens - 1]);
    expect(session.counts).toMatchObject({ resets: 0, rollbacks: 2 });
  });

  test.each(["wrong-append", "recurrent", "no-popn", "wrong-popn"] as const)("rates the same on a library that is %s", async (library) => {
    const [one, other] = [await open(), await open({ library })];
    for (const steps of [right, wrong, `${right}\n\nThen, 8 - 2 = 6.`]) {
      const { probabilities } = await other.weigh(steps);
      expect(probabilities).toEqual((await one.weigh(steps)).probabilities.map((p) => expect.closeTo(p, 9)));
    }
  });

  test("hears an abort between two chunks, refuses what is too long, and what is no token; the next call is sound", async () => {
    const { weigh, scripted } = await open({ prefillChunk: 8 });
    let asked = 0;
    expect(await kindOf(weigh(right, digits, () => (asked += 1) > 3))).toBe("aborted");
    expect(scripted.forwarded.prefilled).toBe(16);
    expect(await kindOf(weigh(right.repeat(40)))).toBe("context-overflow");
    expect(await kindOf(weigh(right, ["7", "10"]))).toBe("cannot-score");
    scripted.failNext("trap");
    expect(await kindOf(weigh(wrong))).toContain("unreachable");
    expect(likeliest(await weigh(right))).toBe(9);
  });
});
