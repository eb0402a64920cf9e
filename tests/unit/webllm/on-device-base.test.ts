import { describe, expect, test } from "vitest";
import { wallClock } from "../../../src/app/wall-clock.ts";
import { chatMl } from "../../../src/models/chat-format.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import { onDeviceBase } from "../../../src/models/on-device-base/on-device-base.ts";
import { openWebLlmDraft } from "../../../src/models/webllm/open-webllm-draft.ts";
import { openWebLlmModel } from "../../../src/models/webllm/open-webllm-model.ts";
import { emptyRun } from "../../../src/reasoning/run.ts";
import { generated } from "../../support/generated.ts";
import { headerOf, runToEnd } from "../../support/run-to-end.ts";
import { scriptedEncode, scriptedProblem, scriptedPrompt, scriptedScorePrompt, scriptedWorkers, type ScriptedOptions } from "../../support/scripted-pipeline.ts";

const address = { modelId: "scripted", modelUrl: "https://models.test/scripted", modelLibUrl: "https://models.test/scripted.wasm" };
const style = { name: "Scripted", format: chatMl, instruction: "" };

async function openBase(options: ScriptedOptions = {}) {
  const workers = scriptedWorkers(options);
  return { base: onDeviceBase(style, await openWebLlmModel({ ...address, startWorker: workers.start })), ...workers };
}

const failure = (work: Promise<unknown>) => work.then(() => undefined, (error: unknown) => error as ModelError);
const going = () => new AbortController().signal;
const [right, wrong] = [scriptedScorePrompt("First, 5 + 3 = 8."), scriptedScorePrompt("First, 5 + 3 = 9.")];

describe("a base model in WebLLM", () => {
  test("scores a right step high and a wrong one low, in the order of the prompts, with exact probabilities and all tokens counted", async () => {
    const { base } = await openBase();
    expect(base.info).toMatchObject({ id: "on-device:Scripted", name: "Scripted", contextTokens: 600 });
    const { judgements, usage } = await base.score({ prompts: [right, wrong, right], signal: going() });
    expect(judgements.map(({ digit, rung }) => [digit, rung])).toEqual([[9, "top-logprobs"], [1, "top-logprobs"], [9, "top-logprobs"]]);
    for (const { probabilities } of judgements) expect(probabilities?.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    expect(judgements[2]?.probabilities).toEqual(judgements[0]?.probabilities);
    expect(usage).toMatchObject({ generatedTokens: 3 });
    // The second and the third find the problem and the step up to its result in the cache.
    expect(usage.cachedTokens).toBe(2 * scriptedEncode(`${scriptedPrompt}First, 5 + 3 = `).length);
    expect(await base.probe(going())).toEqual({ roundTripSeconds: 0 });
    await base.close();
    expect((await failure(base.score({ prompts: [right], signal: going() })))?.kind).toBe("aborted");
  });

  test("takes scores and streams in turn, from one KV cache", async () => {
    const { base } = await openBase();
    const step = { prompt: scriptedPrompt, maxTokens: 60, stop: ["\n\n"], temperature: 0, topP: 1 };
    const [scored, written, again] = await Promise.all([
      base.score({ prompts: [right], signal: going() }), generated(base.generate({ ...step, signal: going() })), base.score({ prompts: [right], signal: going() }),
    ]);
    expect(written.text).toBe("First, 5 + 3 = 8.");
    expect(again.judgements).toEqual(scored.judgements);
    await base.close();
  });

  test("ends a score as aborted, at once, and is free for the next", async () => {
    const { base, pipelines } = await openBase();
    expect((await failure(base.score({ prompts: [right], signal: AbortSignal.abort() })))?.kind).toBe("aborted");
    const stop = new AbortController();
    const aborted = failure(base.score({ prompts: [right, wrong], signal: stop.signal }));
    stop.abort();
    expect((await aborted)?.kind).toBe("aborted");
    const { judgements } = await base.score({ prompts: [wrong], signal: going() });
    expect([judgements[0]?.digit, pipelines.length]).toEqual([1, 1]);
    await base.close();
  });

  test("names an overflow of its context, and a tokenizer by which it cannot score", async () => {
    const { base } = await openBase({ contextTokens: 200 });
    expect(await failure(base.score({ prompts: [right], signal: going() }))).toMatchObject({ kind: "context-overflow", retryable: false });
    await base.close();
    const model = await openWebLlmModel({ ...address, startWorker: scriptedWorkers().start });
    expect(await failure(model.weighNextToken(scriptedPrompt, ["10"], going()))).toMatchObject({ kind: "cannot-score", message: expect.stringMatching(/Choose another base model/) });
    await model.close();
  });

  test("whose device is lost in a score, or before it, is loaded again with the next, once", async () => {
    const { base, pipelines } = await openBase();
    const scored = () => base.score({ prompts: [right], signal: going() });
    const before = await scored();
    pipelines.at(-1)?.failNext("memory");
    expect(await failure(base.score({ prompts: [wrong], signal: going() }))).toMatchObject({ kind: "device-lost", retryable: true });
    expect((await scored()).judgements).toEqual(before.judgements);
    pipelines.at(-1)?.lose();
    await new Promise((resolve) => { setTimeout(resolve, 30); });
    expect(await failure(scored())).toMatchObject({ kind: "out-of-memory", message: expect.stringMatching(/smaller model/) });
    await base.close();
  });
});

describe("a draft and a base model, both in WebLLM, each with its worker and its KV cache", () => {
  async function openPair() {
    const drafting = scriptedWorkers({ careless: true });
    const { base, pipelines } = await openBase();
    const draft = await openWebLlmDraft({ ...address, ...style, startWorker: drafting.start });
    return { draft, base, drafting: drafting.pipelines, basePipelines: pipelines, close: () => Promise.all([draft.close(), base.close()]) };
  }
  const run = (mode: "sync" | "async" | "auto") => emptyRun(headerOf({ mode, temperature: 0 }, scriptedProblem));
  const solved = [["draft", "First, 5 + 3 = 8."], ["base", "Then, 8 - 2 = 6."]];

  test.each(["sync", "async", "auto"] as const)("solve a problem in mode %s: what is wrong is scored low and corrected", async (mode) => {
    const { draft, base, close } = await openPair();
    const { run: { status, steps, answer }, events } = await runToEnd({ draft, base, clock: wallClock, run: run(mode) });
    expect(status).toBe("finished");
    // `auto` may take the base model's own first step, since that came first.
    expect(steps.map(({ author, text }) => [author, text]).slice(mode === "auto" ? 1 : 0)).toEqual(solved.slice(mode === "auto" ? 1 : 0));
    expect(answer?.text).toContain(String.raw`\boxed{6}`);
    if (mode !== "auto") expect(events.flatMap((event) => (event.kind === "scored" ? [Math.round(event.score ?? -1)] : []))).toEqual([9, 1]);
    await close();
  });

  test("go on where the base model's device is lost, which is told, and end the same", async () => {
    const { draft, base, basePipelines, close } = await openPair();
    basePipelines[0]?.failNext("memory");
    const { run: { status, steps }, events } = await runToEnd({ draft, base, clock: wallClock, run: run("sync") });
    expect(events.flatMap((event) => (event.kind === "base-lost" ? [event.failure.kind] : []))).toEqual(["device-lost"]);
    expect([status, basePipelines.length]).toEqual(["finished", 2]);
    expect(steps.map(({ author, text }) => [author, text])).toEqual(solved);
    await close();
  });

  test("stop with what is finished kept where it is lost again, and say that a smaller model helps", async () => {
    const { draft, base, basePipelines, close } = await openPair();
    const events = runToEnd({ draft, base, clock: wallClock, run: run("sync") });
    basePipelines[0]?.failNext("memory");
    const watch = setInterval(() => { if (basePipelines.length === 2) basePipelines[1]?.lose(); }, 1);
    const { run: { status, failure: failed } } = await events;
    clearInterval(watch);
    expect([status, failed?.kind]).toEqual(["failed", "out-of-memory"]);
    expect(failed?.message).toMatch(/smaller model/);
    await close();
  });
});
