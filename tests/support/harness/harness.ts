import { chatMl } from "../../../src/models/chat-format.ts";
import type { DraftModel } from "../../../src/models/draft-model.ts";
import type { GenerationRequest, Usage } from "../../../src/models/generation.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import { deleteModelFile, listModelFiles, obtainModelFile } from "../../../src/models/model-files.ts";
import { sha256Of } from "../../../src/models/model-files/sha256-of.ts";
import { onDeviceBase } from "../../../src/models/on-device-base/on-device-base.ts";
import { openWllamaDraft, type OpenWllamaDraftRequest } from "../../../src/models/wllama/open-wllama-draft.ts";
import { openWllamaModel } from "../../../src/models/wllama/open-wllama-model.ts";
import { scorePrompt, stepPrompt } from "../../../src/reasoning/prompts.ts";
import { draftModelSuite, type DraftModelSubject } from "../draft-model-suite.ts";

/** The page that tests drive the browser's models through: no app, only the modules, on `window.harness`. */

const draftUrl = "/models/arithmetic-draft.gguf";

const problemPrompt = (problem: string) =>
  `${chatMl.userStart}${problem}${chatMl.userEnd}${chatMl.assistantStart}${chatMl.thinkingStart}`;

type Options = Partial<Omit<OpenWllamaDraftRequest, "signal">>;

const openDraft = (options: Options = {}): Promise<DraftModel> =>
  openWllamaDraft({ source: { kind: "url", url: draftUrl }, name: "arithmetic-draft", format: chatMl, instruction: "", ...options });

const examplePrompt = problemPrompt("Start with 5. Add 3. Then subtract 2. What is the result?");

const subject: DraftModelSubject = {
  open: () => openDraft(),
  prompt: examplePrompt,
  correction: "After that, 8 - 2 = 6.",
  overlongPrompt: examplePrompt.repeat(20),
};

export type Outcome =
  | { readonly kind: "loaded"; readonly info: DraftModel["info"] }
  | { readonly kind: "failed"; readonly error: string; readonly message: string };

async function outcomeOf(open: () => Promise<DraftModel>): Promise<Outcome> {
  try {
    const model = await open();
    const { info } = model;
    await model.close();
    return { kind: "loaded", info };
  } catch (error) {
    if (error instanceof ModelError) return { kind: "failed", error: error.kind, message: error.message };
    throw error;
  }
}

async function write(model: DraftModel, request: Partial<GenerationRequest> & { readonly prompt: string }) {
  let text = "";
  let usage: Usage | undefined;
  let ended = "";
  const { signal } = new AbortController();
  for await (const part of model.generate({ maxTokens: 200, stop: [], temperature: 0, topP: 1, signal, ...request })) {
    if (part.kind === "text") text += part.text;
    else {
      usage = part.usage;
      ended = part.ended.kind === "stop" ? part.ended.stop : part.ended.kind;
    }
  }
  if (usage === undefined) throw new Error("no end");
  return { text, usage, ended };
}

const harness = {
  async runCase(title: string): Promise<void> {
    const found = draftModelSuite.find((one) => one.title === title);
    if (found === undefined) throw new Error(`no case “${title}”`);
    await found.check(subject);
  },
  /** Tries a source, then the embedded model in the same page. */
  async tryThenGood(options: Options): Promise<{ readonly tried: Outcome; readonly good: string }> {
    const tried = await outcomeOf(() => openDraft(options));
    const model = await openDraft();
    const { text } = await write(model, { prompt: examplePrompt, stop: ["\n\n"] });
    await model.close();
    return { tried, good: text };
  },
  outcome: (options: Options = {}) => outcomeOf(() => openDraft(options)),
  /** The embedded model's bytes, cut and changed as a test likes. */
  async changedFile(change: { readonly keep?: number; readonly patch?: readonly [find: string, skip: number, value: number] }): Promise<Blob> {
    const bytes = new Uint8Array(await (await fetch(draftUrl)).arrayBuffer());
    if (change.patch !== undefined) {
      const [find, skip, value] = change.patch;
      const needle = new TextEncoder().encode(find);
      const at = bytes.findIndex((_byte, index) => needle.every((wanted, offset) => bytes[index + offset] === wanted));
      new DataView(bytes.buffer).setUint32(at + needle.length + skip, value, true);
    }
    return new Blob([bytes.slice(0, change.keep ?? bytes.length)]);
  },
  /** Drafts problems from start to end, one step a call, as the reasoning loop does. */
  async draftProblems(problems: readonly string[]) {
    const model = await openDraft();
    const results = [];
    for (const problem of problems) {
      let prompt = problemPrompt(problem);
      let fresh = 0;
      let known = 0;
      let prefilled = 0;
      let generated = 0;
      const began = performance.now();
      let answer = "";
      for (let step = 0; step < 20; step++) {
        const { text, usage, ended } = await write(model, { prompt, stop: ["\n\n", chatMl.thinkingEnd], maxTokens: 60 });
        fresh += Math.max(0, usage.promptTokens - known);
        known = usage.promptTokens + usage.generatedTokens;
        prefilled += usage.promptTokens - (usage.cachedTokens ?? 0);
        generated += usage.generatedTokens;
        prompt += text;
        if (ended !== "\n\n") break;
        prompt += "\n\n";
      }
      const last = await write(model, { prompt: `${prompt}${chatMl.thinkingEnd}\n\n`, maxTokens: 30 });
      fresh += Math.max(0, last.usage.promptTokens - known);
      prefilled += last.usage.promptTokens - (last.usage.cachedTokens ?? 0);
      generated += last.usage.generatedTokens;
      answer = last.text;
      results.push({ answer, fresh, prefilled, generated, seconds: (performance.now() - began) / 1000 });
    }
    const { info } = model;
    await model.close();
    return { info, results };
  },
  /** Obtains a file; pauses once so many bytes are there. */
  async obtainFile(url: string, { sha256, pauseAt, stallSeconds }: { readonly sha256?: string; readonly pauseAt?: number; readonly stallSeconds?: number } = {}): Promise<ObtainedFile> {
    const stop = new AbortController();
    let firstBytes: number | undefined;
    try {
      const file = await obtainModelFile({
        url, signal: stop.signal,
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(stallSeconds === undefined ? {} : { stallSeconds }),
        onProgress(bytes) {
          firstBytes ??= bytes;
          if (pauseAt !== undefined && bytes >= pauseAt) stop.abort();
        },
      });
      return { kind: "file", bytes: file.size, sha256: await sha256Of(file, new AbortController().signal), firstBytes };
    } catch (error) {
      if (error instanceof ModelError) return { kind: "failed", error: error.kind, message: error.message };
      throw error;
    }
  },
  listModelFiles,
  deleteModelFile,
  /** Entries of the folder the model files are in. */
  async storedFolders(): Promise<number> {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("models", { create: true });
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    return names.length;
  },
  /** Scores the last step of a transcript after `steps`, as the reasoning loop asks for it, and lets the base model write the next one. */
  async scoreOnDevice(problem: string, steps: readonly string[]) {
    const style = { name: "arithmetic-base", format: chatMl, instruction: "" };
    const base = onDeviceBase(style, await openWllamaModel({ ...style, source: { kind: "url", url: "/models/arithmetic-base.gguf" } }));
    const { signal } = new AbortController();
    const prompts = steps.map((step) => scorePrompt(base.info, problem, step));
    const { judgements, usage } = await base.score({ prompts, signal });
    const again = await base.score({ prompts, signal });
    let step = "";
    let ended = "";
    for await (const part of base.generate({ prompt: stepPrompt(base.info, problem, ""), maxTokens: 60, stop: ["\n\n"], temperature: 0, topP: 1, signal })) {
      if (part.kind === "text") step += part.text;
      else ended = part.ended.kind;
    }
    const probe = await base.probe(signal);
    await base.close();
    const afterwards = await base.score({ prompts, signal }).then(() => "answered", (error: unknown) => (error instanceof ModelError ? error.kind : String(error)));
    return { info: base.info, judgements, usage, again: again.judgements, step, ended, probe, afterwards };
  },
  /** Kills the engine's worker in the middle of a call; a worker that dies says nothing. Then calls again. */
  async generateAroundDeath() {
    const workers: Worker[] = [];
    const { Worker: RealWorker } = window;
    window.Worker = class extends RealWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        workers.push(this);
      }
    };
    const model = await openDraft({ stallSeconds: 12 });
    const before = await write(model, { prompt: examplePrompt });
    const engines = workers.length;
    const dying = write(model, { prompt: examplePrompt }).then(() => "answered", (error: unknown) => (error instanceof ModelError ? error.kind : String(error)));
    const waiting = write(model, { prompt: examplePrompt, stop: ["\n\n"] });
    workers.at(-1)?.terminate();
    const failed = await dying;
    const next = await waiting;
    const after = await write(model, { prompt: examplePrompt });
    await model.close();
    window.Worker = RealWorker;
    return { before: before.text, failed, next: next.text, after: after.text, started: workers.length - engines };
  },
  openDraft,
  write,
  examplePrompt,
};

export type ObtainedFile =
  | { readonly kind: "file"; readonly bytes: number; readonly sha256: string; readonly firstBytes: number | undefined }
  | { readonly kind: "failed"; readonly error: string; readonly message: string };

export type Harness = typeof harness;

declare global {
  interface Window {
    harness: Harness;
  }
}

window.harness = harness;
