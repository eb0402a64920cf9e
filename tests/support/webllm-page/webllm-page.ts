import { chatMl } from "../../../src/models/chat-format.ts";
import type { DraftModelInfo } from "../../../src/models/draft-model.ts";
import type { GenerationRequest, Usage } from "../../../src/models/generation.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import { cachedModelBytes } from "../../../src/models/webllm/model-cache.ts";
import { openWebLlmDraft, type OpenWebLlmRequest, type WebLlmDraft, type WebLlmReport } from "../../../src/models/webllm/open-webllm-draft.ts";
import type { StartWorker } from "../../../src/models/webllm/worker-engine.ts";
import { draftModelSuite } from "../draft-model-suite.ts";

/** The page that tests drive WebLLM through, on `window.webLlm`. */

export type ModelAddress = { readonly modelUrl: string; readonly modelLibUrl: string };
type Options = ModelAddress & Partial<Omit<OpenWebLlmRequest, "signal" | "onProgress" | "startWorker">>;

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
  cachedBytes: ({ modelUrl, modelLibUrl }: ModelAddress) => cachedModelBytes(caches, modelUrl, modelLibUrl),
  async runCase(title: string, options: Options, engine: Engine = "real"): Promise<void> {
    const found = draftModelSuite.find((one) => one.title === title);
    if (found === undefined) throw new Error(`no case “${title}”`);
    await found.check({ open: () => open(options, engine === "real" ? undefined : faultyWorkers(engine).start), prompt: examplePrompt, correction: "After that, 8 - 2 = 6.", overlongPrompt: examplePrompt.repeat(20) });
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
  /** Destroys the device or hangs the worker between tokens of a call, and calls again. */
  async aroundFault(fault: "destroy" | "hang" | "terminate", options: Options, engine: Engine = "real") {
    const { start, workers } = faultyWorkers(engine);
    const model = await open({ ...options, stallSeconds: fault === "destroy" ? 120 : engine === "real" ? 30 : 5 }, start);
    const before = await write(model, { prompt: examplePrompt, stop: ["\n\n"] });
    let faultAt = 0;
    const failed = await kindOf(write(model, { prompt: examplePrompt }, () => {
      if (faultAt !== 0) return;
      faultAt = performance.now();
      if (fault === "terminate") workers.at(-1)?.terminate();
      else workers.at(-1)?.postMessage(fault);
    }));
    const noticedSeconds = (performance.now() - faultAt) / 1000;
    const after = await write(model, { prompt: examplePrompt, stop: ["\n\n"] });
    const { deviceLosses } = model.report;
    await model.close();
    return { before: before.text, failed, noticedSeconds, after: after.text, deviceLosses, workers: workers.length };
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
