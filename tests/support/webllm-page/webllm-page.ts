import { chatMl } from "../../../src/models/chat-format.ts";
import type { DraftModelInfo } from "../../../src/models/draft-model.ts";
import type { GenerationRequest, Usage } from "../../../src/models/generation.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import { onDeviceBase } from "../../../src/models/on-device-base/on-device-base.ts";
import { cachedModelBytes } from "../../../src/models/webllm/model-cache.ts";
import { openWebLlmDraft, type OpenWebLlmDraftRequest, type WebLlmDraft } from "../../../src/models/webllm/open-webllm-draft.ts";
import { openWebLlmModel, type WebLlmReport } from "../../../src/models/webllm/open-webllm-model.ts";
import type { StartWorker } from "../../../src/models/webllm/worker-engine.ts";
import { scorePrompt } from "../../../src/reasoning/prompts.ts";
import { draftModelSuite } from "../draft-model-suite.ts";

/** The page that tests drive WebLLM through, on `window.webLlm`. */

export type ModelAddress = { readonly modelUrl: string; readonly modelLibUrl: string };
type Options = ModelAddress & Partial<Omit<OpenWebLlmDraftRequest, "signal" | "onProgress" | "startWorker">>;

const open = (options: Options, startWorker?: StartWorker): Promise<WebLlmDraft> =>
  // A first prefill in software takes 20 s, and a token 0.2 s.
  openWebLlmDraft({ modelId: "tested", name: "tested", format: chatMl, instruction: "", stallSeconds: 120, ...options, ...(startWorker === undefined ? {} : { startWorker }) });

const problemPrompt = (problem: string) => `${chatMl.userStart}${problem}${chatMl.userEnd}${chatMl.assistantStart}${chatMl.thinkingStart}`;
const examplePrompt = problemPrompt("Start with 5. Add 3. Then subtract 2. What is the result?");

export type Outcome =
  | { readonly kind: "loaded"; readonly info: DraftModelInfo; readonly report: WebLlmReport }
  | { readonly kind: "failed"; readonly error: string; readonly message: string };

async function write(model: WebLlmDraft, request: Partial<GenerationRequest> & { readonly prompt: string }, onText: () => void = () => undefined) {
  let text = "";
  let usage: Usage | undefined;
  let ended = "";
  const { signal } = new AbortController();
  for await (const part of model.generate({ maxTokens: 200, stop: [], temperature: 0, topP: 1, signal, ...request })) {
    if (part.kind === "text") {
      text += part.text;
      onText();
    } else {
      ({ usage } = part);
      ended = part.ended.kind === "stop" ? part.ended.stop : part.ended.kind;
    }
  }
  if (usage === undefined) throw new Error("no end");
  return { text, usage, ended };
}

const kindOf = (work: Promise<unknown>) => work.then(() => "answered", (error: unknown) => (error instanceof ModelError ? error.kind : String(error)));

const newWorker = {
  real: () => new Worker(new URL("./faulty-worker.ts", import.meta.url), { type: "module" }),
  scripted: () => new Worker(new URL("./scripted-worker.ts", import.meta.url), { type: "module" }),
} as const;
type Engine = keyof typeof newWorker;

/** Workers with faults, and how to cause them. */
function faultyWorkers(engine: Engine) {
  const workers: Worker[] = [];
  const start: StartWorker = (hear, fail) => {
    const worker = newWorker[engine]();
    workers.push(worker);
    worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(data));
    worker.addEventListener("error", (event) => fail(event.message));
    return { post: (message) => worker.postMessage(message), terminate: () => worker.terminate() };
  };
  return { start, workers };
}

/** Real models that are loaded: in software a load takes the better part of a minute. */
const pool: { readonly options: string; readonly model: Promise<WebLlmDraft>; free: boolean }[] = [];

/** One of them that nobody uses, as if new: a prompt with which the next one shares no token takes the place of all that it held. */
async function openPooled(options: Options): Promise<WebLlmDraft> {
  const key = JSON.stringify(options);
  let place = pool.find((one) => one.free && one.options === key);
  if (place === undefined) {
    place = { options: key, model: open(options), free: true };
    pool.push(place);
  }
  const taken = place;
  taken.free = false;
  const model = await taken.model;
  await write(model, { prompt: "?", maxTokens: 1 });
  return {
    info: model.info,
    get report() { return model.report; },
    generate: (request) => model.generate(request),
    close() {
      taken.free = true;
      return Promise.resolve();
    },
  };
}

const webLlm = {
  async outcome(options: Options): Promise<Outcome> {
    try {
      const model = await open(options);
      const { info, report } = model;
      await model.close();
      return { kind: "loaded", info, report };
    } catch (error) {
      if (error instanceof ModelError) return { kind: "failed", error: error.kind, message: error.message };
      throw error;
    }
  },
  async closePool(): Promise<void> {
    for (const { model } of pool.splice(0)) await (await model).close();
  },
  cachedBytes: ({ modelUrl, modelLibUrl }: ModelAddress) => cachedModelBytes(caches, modelUrl, modelLibUrl),
  /** @param engine "pooled" takes a real model that an earlier case has loaded */
  async runCase(title: string, options: Options, engine: Engine | "pooled" = "real"): Promise<void> {
    const found = draftModelSuite.find((one) => one.title === title);
    if (found === undefined) throw new Error(`no case “${title}”`);
    const start = engine === "scripted" ? faultyWorkers(engine).start : undefined;
    await found.check({ open: () => (engine === "pooled" ? openPooled(options) : open(options, start)), prompt: examplePrompt, correction: "After that, 8 - 2 = 6.", overlongPrompt: examplePrompt.repeat(20) });
  },
  /** Drafts problems from start to end, one step a call, with every third step replaced by another's, as a base model would. */
  async draftProblems(problems: readonly string[], options: Options) {
    const model = await open(options);
    const results = [];
    for (const problem of problems) {
      let prompt = problemPrompt(problem);
      const began = performance.now();
      for (let step = 1; step <= 12; step++) {
        const { text, ended } = await write(model, { prompt, stop: ["\n\n", chatMl.thinkingEnd], maxTokens: 60 });
        if (ended !== "\n\n") {
          prompt += text;
          break;
        }
        prompt += `${step % 3 === 0 ? "After that, 8 - 2 = 6." : text}\n\n`;
      }
      const { text } = await write(model, { prompt: `${prompt}${chatMl.thinkingEnd}\n\n`, maxTokens: 30 });
      results.push({ answer: text, seconds: (performance.now() - began) / 1000 });
    }
    const { info, report } = model;
    await model.close();
    return { info, report, results };
  },
  /** As a base model: scores each of these as the last step of a problem's transcript, all in one request. */
  async scoreSteps(problem: string, steps: readonly string[], options: Options, engine: Engine = "real") {
    const style = { name: "tested", format: chatMl, instruction: "" };
    const start = engine === "scripted" ? { startWorker: faultyWorkers(engine).start } : {};
    const base = onDeviceBase(style, await openWebLlmModel({ modelId: "tested", stallSeconds: 120, ...options, ...start }));
    const result = await base.score({ prompts: steps.map((step) => scorePrompt(style, problem, step)), signal: new AbortController().signal });
    await base.close();
    return result;
  },
  /** Fills the KV cache nearly up and takes all but the first token back: how many that were, and the milliseconds it took. */
  async rollback(options: Options) {
    const model = await open({ ...options, reuse: "always" });
    // Digits are tokens by themselves.
    const whole = await write(model, { prompt: "7".repeat(model.info.contextTokens - 4), maxTokens: 1 });
    await write(model, { prompt: "7?", maxTokens: 1 });
    const { counts } = model.report;
    await model.close();
    return { held: whole.usage.promptTokens, takenBack: counts?.rolledBackTokens ?? 0, milliseconds: (counts?.rollbackSeconds ?? Number.NaN) * 1000 };
  },
  /** Destroys the device or hangs the worker between tokens of a call, and calls again. */
  async aroundFault(fault: "destroy" | "hang" | "terminate", options: Options, engine: Engine = "real") {
    const { start, workers } = faultyWorkers(engine);
    const model = await open({ ...options, stallSeconds: fault === "destroy" ? 120 : engine === "real" ? 30 : 5 }, start);
    const before = await write(model, { prompt: examplePrompt, stop: ["\n\n"] });
    let faultAt = 0;
    let why = "";
    const failed = await kindOf(write(model, { prompt: examplePrompt }, () => {
      if (faultAt !== 0) return;
      faultAt = performance.now();
      if (fault === "terminate") workers.at(-1)?.terminate();
      else workers.at(-1)?.postMessage(fault);
    }).catch((error: unknown) => {
      why = String(error);
      throw error;
    }));
    const noticedSeconds = (performance.now() - faultAt) / 1000;
    const after = await write(model, { prompt: examplePrompt, stop: ["\n\n"] });
    const { deviceLosses } = model.report;
    await model.close();
    return { before: before.text, failed, why, noticedSeconds, after: after.text, deviceLosses, workers: workers.length };
  },
  webLlmResources: () => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.includes("web-llm")),
};

export type WebLlmPage = typeof webLlm;

declare global {
  interface Window {
    webLlm: WebLlmPage;
  }
}

window.webLlm = webLlm;
