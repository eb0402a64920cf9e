import { describe, expect, test } from "vitest";
import { chatMl } from "../../../src/models/chat-format.ts";
import type { GenerationPart, GenerationRequest } from "../../../src/models/generation.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import { openWebLlmDraft, type OpenWebLlmDraftRequest, type WebLlmDraft } from "../../../src/models/webllm/open-webllm-draft.ts";
import { adaptPipeline } from "../../../src/models/webllm/pipeline-internals.ts";
import { scriptedPackagePipeline, scriptedPrompt, scriptedWorkers, type ScriptedOptions } from "../../support/scripted-pipeline.ts";

async function open(options: ScriptedOptions = {}, more: Partial<OpenWebLlmDraftRequest> = {}) {
  const workers = scriptedWorkers(options);
  const model = await openWebLlmDraft({
    modelId: "scripted", modelUrl: "https://models.test/scripted", modelLibUrl: "https://models.test/scripted.wasm",
    name: "Scripted", format: chatMl, instruction: "", startWorker: workers.start, ...more,
  });
  return { model, ...workers };
}

const request = (more: Partial<GenerationRequest> = {}): GenerationRequest =>
  ({ prompt: scriptedPrompt, maxTokens: 100, stop: [], temperature: 0, topP: 1, signal: new AbortController().signal, ...more });

async function write(model: WebLlmDraft, more: Partial<GenerationRequest> = {}, onPart: (part: GenerationPart) => void = () => undefined) {
  let text = "";
  for await (const part of model.generate(request(more))) {
    onPart(part);
    if (part.kind === "text") text += part.text;
  }
  return text;
}

const failure = (work: Promise<unknown>) => work.then(() => undefined, (error: unknown) => error as ModelError);
const soon = () => new Promise((resolve) => { setTimeout(resolve, 30); });

describe("what is open", () => {
  test("tells what computes, where, and what the check at load found", async () => {
    const { model } = await open({ library: "wrong-append" });
    expect(model.info).toMatchObject({ id: "webllm:scripted", name: "Scripted", engine: "webllm", computesOn: "webgpu", device: "scripted GPU", contextTokens: 600 });
    expect(model.report).toMatchObject({ appending: { append: "steps", rollback: "exact" }, counts: undefined, deviceLosses: 0 });
    await write(model);
    expect(model.report.counts?.decodedTokens).toBeGreaterThan(10);
    await model.close();
  });

  test("gets tokens at most once a frame, none lost, and signals for each", async () => {
    const { model, workers } = await open();
    const parts: GenerationPart[] = [];
    const began = performance.now();
    const before = workers[0]?.messages ?? 0;
    await write(model, {}, (part) => parts.push(part));
    const frames = (performance.now() - began) / 16;
    const last = parts.at(-1);
    const texts = parts.filter((part) => part.kind === "text");
    const tokens = texts.reduce((sum, part) => sum + part.tokens, 0);
    expect(last?.kind === "end" && last.usage.generatedTokens).toBe(tokens);
    expect(texts.flatMap((part) => part.signals ?? [])).toHaveLength(tokens);
    expect(texts.length).toBeLessThanOrEqual(frames + 2);
    // Beside the parts, the end and a sign of life a second.
    expect((workers[0]?.messages ?? 0) - before).toBeLessThanOrEqual(texts.length + 2 + frames / 60);
    await model.close();
  });

  test("an abort is heard within a token: the worker is at rest long before the cap", async () => {
    const { model, pipelines } = await open({ contextTokens: 4000 });
    const stop = new AbortController();
    const failed = await failure(write(model, { signal: stop.signal, prompt: "no script", maxTokens: 3000 }, () => stop.abort()));
    expect(failed?.kind).toBe("aborted");
    const { stepped } = pipelines[0]?.forwarded ?? { stepped: 0 };
    await soon();
    expect((pipelines[0]?.forwarded.stepped ?? 0) - stepped).toBeLessThanOrEqual(2);
    await model.close();
  });
});

describe("a lost device", () => {
  test("in the middle of a call fails it as device-lost; the next call is on a model loaded again and writes the same", async () => {
    const { model, pipelines, workers } = await open();
    const before = await write(model);
    const failed = await failure(write(model, {}, () => pipelines.at(-1)?.lose()));
    expect(failed).toBeInstanceOf(ModelError);
    expect([failed?.kind, failed?.retryable]).toEqual(["device-lost", true]);
    expect(await write(model)).toBe(before);
    expect(model.report.deviceLosses).toBe(1);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
    await model.close();
  });

  test("between two calls costs none of them", async () => {
    const { model, pipelines } = await open();
    const before = await write(model);
    pipelines.at(-1)?.lose();
    await soon();
    expect(await write(model)).toBe(before);
    expect([model.report.deviceLosses, pipelines.length]).toEqual([1, 2]);
    await model.close();
  });

  test("that nobody tells of shows in what the package throws", async () => {
    const scripted = scriptedPackagePipeline();
    const pipeline = { ...adaptPipeline(scripted.pipeline), lost: new Promise<string>(() => undefined) };
    const { start } = scriptedWorkers({}, () => Promise.resolve({ pipeline, adapter: "deaf" }));
    const { model } = await open({}, { startWorker: start });
    scripted.lose();
    expect((await failure(write(model)))?.kind).toBe("device-lost");
    await model.close();
  });

  test("that is told only after the package threw something else is a lost device all the same", async () => {
    const { model, pipelines } = await open();
    const before = await write(model);
    pipelines.at(-1)?.failNext("trap");
    setTimeout(() => pipelines[0]?.lose(), 100);
    expect((await failure(write(model, { prompt: `${scriptedPrompt}A` })))?.kind).toBe("device-lost");
    expect(await write(model)).toBe(before);
    expect(model.report.deviceLosses).toBe(1);
    await model.close();
  });

  test("lost again soon suggests a smaller model and is not tried a third time", async () => {
    const { model, pipelines, workers } = await open();
    await failure(write(model, {}, () => pipelines.at(-1)?.lose()));
    const second = await failure(write(model, {}, () => pipelines.at(-1)?.lose()));
    expect([second?.kind, second?.retryable]).toEqual(["out-of-memory", false]);
    expect(second?.message).toMatch(/smaller model/);
    expect((await failure(write(model)))?.kind).toBe("out-of-memory");
    expect(workers).toHaveLength(2);
    await model.close();
  });

  test("lost again after many good calls is another trouble: it is loaded again", async () => {
    const { model, pipelines } = await open();
    await failure(write(model, {}, () => pipelines.at(-1)?.lose()));
    for (let call = 0; call < 50; call++) await write(model, { maxTokens: 1 });
    expect((await failure(write(model, {}, () => pipelines.at(-1)?.lose())))?.kind).toBe("device-lost");
    expect(await write(model, { maxTokens: 3 })).not.toBe("");
    await model.close();
  });

  test("memory that gives out is such a loss: once the model is loaded again, the second time a smaller one is suggested", async () => {
    const { model, pipelines, workers } = await open();
    const before = await write(model);
    pipelines.at(-1)?.failNext("memory");
    const first = await failure(write(model, { prompt: `${scriptedPrompt}A` }));
    expect([first?.kind, first?.retryable]).toEqual(["device-lost", true]);
    expect(await write(model)).toBe(before);
    expect([workers.length, model.report.deviceLosses]).toEqual([2, 1]);
    pipelines.at(-1)?.failNext("memory");
    const second = await failure(write(model, { prompt: `${scriptedPrompt}B` }));
    expect([second?.kind, second?.retryable]).toEqual(["out-of-memory", false]);
    expect(second?.message).toMatch(/smaller model/);
    await model.close();
  });

  test("while the model loads is out-of-memory", async () => {
    const lossy = scriptedWorkers({}, () => {
      const scripted = scriptedPackagePipeline();
      scripted.lose();
      return Promise.resolve({ pipeline: adaptPipeline(scripted.pipeline), adapter: "small GPU" });
    });
    const failed = await failure(open({}, { startWorker: lossy.start }));
    expect(["out-of-memory", "device-lost"]).toContain(failed?.kind);
    expect(lossy.workers[0]?.terminated).toBe(true);
  });
});

describe("a worker", () => {
  test("that hangs is replaced: the call in flight fails, those waiting go on", async () => {
    const { model, pipelines, workers } = await open({}, { stallSeconds: 1.5 });
    const before = await write(model);
    pipelines.at(-1)?.failNext("hang");
    const [hung, waiting] = await Promise.all([failure(write(model)), write(model)]);
    expect([hung?.kind, hung?.message]).toEqual(["engine-failed", expect.stringMatching(/no longer answers/)]);
    expect(waiting).toBe(before);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
    expect(model.report.deviceLosses).toBe(0);
    await model.close();
  });

  test("that hangs after an abort does not hold up the next call for ever", async () => {
    const { model, pipelines } = await open({}, { stallSeconds: 1.5 });
    const stop = new AbortController();
    pipelines.at(-1)?.failNext("hang");
    const aborted = failure(write(model, { signal: stop.signal }));
    const next = write(model, { maxTokens: 5 });
    setTimeout(() => stop.abort(), 50);
    expect((await aborted)?.kind).toBe("aborted");
    expect(await next).not.toBe("");
    await model.close();
  });

  test("whose script throws fails the call and is replaced", async () => {
    const { model, workers } = await open();
    expect((await failure(write(model, {}, () => workers.at(-1)?.crash())))?.kind).toBe("engine-failed");
    expect(await write(model, { maxTokens: 3 })).not.toBe("");
    await model.close();
  });

  test("whose cache is in doubt after a trap goes on in a new one", async () => {
    const { model, pipelines } = await open();
    const before = await write(model);
    pipelines.at(-1)?.failNext("trap");
    expect((await failure(write(model, { prompt: `${scriptedPrompt}A` })))?.kind).toBe("engine-failed");
    expect(await write(model)).toBe(before);
    await model.close();
  });

  test("that says what nobody understands is ended", async () => {
    const failed = await failure(open({}, {
      startWorker: (hear) => {
        setImmediate(() => hear({ kind: "loaded", adapter: 7 }));
        return { post: () => undefined, terminate: () => undefined };
      },
    }));
    expect(failed?.kind).toBe("engine-failed");
  });
});

describe("a load", () => {
  const never = () => scriptedWorkers({}, () => new Promise(() => undefined));

  test("can be stopped, and its worker goes", async () => {
    const stop = new AbortController();
    const { start, workers } = never();
    const failed = failure(open({}, { startWorker: start, signal: stop.signal }));
    setTimeout(() => stop.abort(), 10);
    expect((await failed)?.kind).toBe("aborted");
    expect(workers[0]?.terminated).toBe(true);
    expect((await failure(open({}, { startWorker: start, signal: AbortSignal.abort() })))?.kind).toBe("aborted");
  });

  test("that goes silent is timed-out", async () => {
    expect((await failure(open({}, { startWorker: never().start, loadStallSeconds: 0.1 })))?.kind).toBe("timed-out");
  });

  test("that fails says why, as the worker found it", async () => {
    const failing = scriptedWorkers({}, () => Promise.reject(new DOMException("full", "QuotaExceededError")));
    expect((await failure(open({}, { startWorker: failing.start })))?.kind).toBe("storage-full");
    expect(failing.workers[0]?.terminated).toBe(true);
  });

  test("of a pipeline without the names it needs says which", async () => {
    const elsewhere = { ...scriptedPackagePipeline().pipeline, forwardDecodeToken: undefined };
    const moved = scriptedWorkers({}, () => Promise.resolve({ pipeline: adaptPipeline(elsewhere), adapter: "GPU" }));
    expect((await failure(open({}, { startWorker: moved.start })))?.message).toContain("forwardDecodeToken");
  });

  test("reports its progress", async () => {
    const phases: string[] = [];
    const { model } = await open({}, { onProgress: ({ phase }) => phases.push(phase) });
    expect(new Set(phases)).toEqual(new Set(["download", "check"]));
    await model.close();
  });
});
