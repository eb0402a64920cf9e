import { chatMl } from "../../src/models/chat-format.ts";
import type { LoadPipeline } from "../../src/models/webllm/serve-model.ts";
import { serveModel } from "../../src/models/webllm/serve-model.ts";
import type { StartWorker } from "../../src/models/webllm/worker-engine.ts";
import { adaptPipeline, type PackagePipeline } from "../../src/models/webllm/pipeline-internals.ts";
import { openingPrompt, scorePrompt } from "../../src/reasoning/prompts.ts";
import { hashOf } from "./scripted-pair.ts";
import type { DraftModelSubject } from "./draft-model-suite.ts";

/**
 * `wrong-append` computes otherwise when several tokens meet a cache that is not empty, as one real library does;
 * `recurrent` has state that cannot be taken back; `no-popn` is a runtime without it; `wrong-popn` takes back one too few;
 * `wrong-decode` steps wrongly.
 */
export type ScriptedLibrary = "right" | "wrong-append" | "recurrent" | "no-popn" | "wrong-popn" | "wrong-decode";

export type ScriptedOptions = {
  readonly library?: ScriptedLibrary;
  /** Gets the second step wrong, as a small draft model may. */
  readonly careless?: boolean;
  readonly contextTokens?: number;
  readonly prefillChunk?: number;
  readonly quantization?: string;
  /** Seconds of the pipeline's own clock that a prefilled and a decoded token take. */
  readonly costs?: { readonly prefill: number; readonly step: number };
  /** A real device whose loss is this one's, too. */
  readonly device?: { readonly lost: Promise<{ readonly message: string }> };
};

const pieces = ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "\n\n", ".\n\n", " = ", "First", "Then", " result", "assistant", "What is the"];
const endToken = 256 + pieces.length;
const vocabulary = endToken + 1;
const encoder = new TextEncoder();
const pieceBytes = pieces.map((piece) => encoder.encode(piece));

const startsAt = (bytes: Uint8Array, at: number, piece: Uint8Array) => piece.every((byte, index) => bytes[at + index] === byte);

/** The longest piece at each place, else a byte. */
export function scriptedEncode(text: string): number[] {
  const bytes = encoder.encode(text);
  const tokens: number[] = [];
  for (let at = 0; at < bytes.length;) {
    let best = -1;
    for (const [index, piece] of pieceBytes.entries())
      if (startsAt(bytes, at, piece) && piece.length > (pieceBytes[best]?.length ?? 0)) best = index;
    tokens.push(best === -1 ? (bytes[at] ?? 0) : 256 + best);
    at += best === -1 ? 1 : (pieceBytes[best]?.length ?? 1);
  }
  return tokens;
}

export function scriptedDecode(tokens: Iterable<number>): string {
  const bytes = Array.from(tokens, (token) => (token < 256 ? [token] : token === endToken ? [] : [...(pieceBytes[token - 256] ?? [])])).flat();
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const carefulSteps = ["First, 5 + 3 = 8.", "Then, 8 - 2 = 6.", "</think>", String.raw`The result is \boxed{6}.`];
const carelessSteps = carefulSteps.with(1, "Then, 8 - 2 = 5.");

/** The end of a prompt that asks for a score, and what comes between it and the judged step. */
const scoreStart = `${chatMl.emptyThinking}Score: `;
const judgedEnd = `${chatMl.assistantEnd}${chatMl.userStart}`;

/** The digit it rates a step with: whether its sum is right. */
function digitFor(judged: string): string {
  const [, one, sign, other, result] = /(\d+) ([+-]) (\d+) = (\d+)/.exec(judged.split("\n\n").at(-1) ?? "") ?? [];
  return Number(one) + (sign === "-" ? -Number(other) : Number(other)) === Number(result) ? "9" : "1";
}

/** What comes next after a text: a rating where one is asked for, else the script, found by how many steps there are and how far the last one goes. */
function nextToken(text: string, steps: readonly string[]): number {
  if (text.endsWith(scoreStart)) return scriptedEncode(digitFor(text.slice(0, text.lastIndexOf(judgedEnd))))[0] ?? endToken;
  const written = (text.split(chatMl.thinkingStart).at(-1) ?? "").split("\n\n");
  const step = steps[written.length - 1];
  const last = written.length >= steps.length;
  if (step === undefined) return endToken;
  const left = `${step}${last ? "" : "\n\n"}`.slice(written.at(-1)?.length ?? 0);
  if (left === "") return last ? endToken : (scriptedEncode("\n\n")[0] ?? 0);
  return scriptedEncode(left)[0] ?? endToken;
}

/** A held token; one that was computed wrongly spoils everything after it. */
type Entry = { readonly token: number; readonly wrong: boolean };

function logitsAfter(entries: readonly Entry[], steps: readonly string[]): Float32Array {
  const wrong = entries.findIndex((entry) => entry.wrong);
  const seed = hashOf(entries.map(({ token }) => token).join(" ") + (wrong === -1 ? "" : ` wrong at ${wrong}`));
  const logits = new Float32Array(vocabulary);
  for (let token = 0; token < vocabulary; token++) logits[token] = ((Math.imul(seed ^ token, 0x9e3779b1) >>> 8) / 2 ** 24) * (wrong === -1 ? 1 : 10);
  const expected = nextToken(scriptedDecode(entries.map(({ token }) => token)), steps);
  logits[expected] = (logits[expected] ?? 0) + 7;
  return logits;
}

class BindingError extends Error {
  override readonly name = "BindingError";
}

const task = () => new Promise<void>((resolve) => { setTimeout(resolve, 0); });

/** The pipeline of @mlc-ai/web-llm in its shapes and with its traps, over a language model of a few lines. */
export function scriptedPackagePipeline({ library = "right", careless = false, contextTokens = 600, prefillChunk = 64, quantization = "q0f32", costs = { prefill: 1, step: 1 }, device }: ScriptedOptions = {}) {
  let entries: Entry[] = [];
  let scopes = 0;
  let busy = false;
  let gone = false;
  let seconds = 0;
  const forwarded = { prefilled: 0, stepped: 0, popped: 0, resets: 0 };
  let tellLost: ((info: { readonly message: string }) => void) | undefined;
  const lost = new Promise<{ readonly message: string }>((resolve) => { tellLost = resolve; });
  void device?.lost.then((info) => {
    gone = true;
    return tellLost?.(info);
  });
  /** How the next forward goes wrong. */
  let next: "trap" | "hang" | "memory" | undefined;

  type ScriptedTensor = { toArray(): unknown; dispose(): void };
  const tensor = (values: Float32Array, onCpu: () => boolean): ScriptedTensor => {
    let disposed = false;
    return {
      toArray() {
        if (disposed || !onCpu()) throw new Error("Can only sync copy CPU array");
        return Float32Array.from(values);
      },
      dispose() { disposed = true; },
    };
  };
  const values = new WeakMap<ScriptedTensor, Float32Array>();
  const pendingCopies: (() => void)[] = [];

  async function forward(tokens: readonly number[], wrong: boolean): Promise<ScriptedTensor> {
    if (gone) throw new BindingError("Cannot pass deleted object as a pointer of type Instance");
    if (busy) throw new Error("Internal Error: filledKVCacheLength does not match expected value.");
    busy = true;
    // Slower than a frame takes for a few tokens, as real ones are.
    await new Promise((resolve) => { setTimeout(resolve, 1); });
    const trap = next;
    next = undefined;
    if (trap === "hang") await new Promise(() => undefined);
    busy = false;
    if (trap === "memory") throw new Error("Out of memory: createBuffer of 512 MB failed");
    if (trap === "trap") {
      // Half of it is in the cache, and not counted.
      entries.push({ token: 0, wrong: true });
      throw new WebAssembly.RuntimeError("unreachable");
    }
    for (const token of tokens) entries.push({ token, wrong });
    pipeline.filledKVCacheLength += tokens.length;
    const logits = tensor(new Float32Array(), () => false);
    values.set(logits, logitsAfter(entries, careless ? carelessSteps : carefulSteps));
    return logits;
  }

  const needScope = () => { if (scopes === 0) throw new Error("Must call beginScope to use functions that returns TVM objects"); };

  const pipeline: PackagePipeline & { readonly config: { readonly quantization: string } } = {
    config: { quantization },
    tokenizer: { encode: (text) => Int32Array.from(scriptedEncode(text)), decode: (tokens) => scriptedDecode(tokens) },
    tvm: {
      beginScope() { scopes += 1; },
      endScope() { scopes -= 1; },
      detachFromCurrentScope(value) { needScope(); return value; },
      getGlobalFunc(name) {
        needScope();
        if (library === "no-popn" || name !== "vm.builtin.kv_state_popn") throw new Error(`Cannot find global function ${name}`);
        return (cache, sequence, count) => {
          if (cache !== pipeline.kvCache) throw new Error("not this cache");
          const { value: of, type: ofType } = sequence as { value: number; type: string };
          const { value, type } = count as { value: number; type: string };
          if (of !== 0 || ofType !== "int64" || type !== "int32") throw new Error("expects an int64 and an int32");
          if (library === "recurrent" || value > entries.length) throw new WebAssembly.RuntimeError("unreachable");
          forwarded.popped += value;
          entries = entries.slice(0, entries.length - value + (library === "wrong-popn" ? 1 : 0));
          return undefined;
        };
      },
      scalar: (value, type) => ({ value, type }),
      lib: { webGPUContext: { device: { lost } } },
    },
    device: {
      async sync() {
        if (gone) throw new BindingError("Cannot pass deleted object as a pointer of type Instance");
        await task();
        for (const copy of pendingCopies.splice(0)) copy();
      },
    },
    stopTokens: [endToken],
    kvStateKind: library === "recurrent" ? "hybrid" : "kv_cache",
    kvCache: {},
    contextWindowSize: contextTokens,
    slidingWindowSize: -1,
    prefillChunkSize: prefillChunk,
    filledKVCacheLength: 0,
    async forwardKnownTokens(tokens, isPrefill) {
      if (tokens.length === 0) return undefined;
      if (!isPrefill || tokens.length > prefillChunk) throw new Error("one chunk at a time");
      forwarded.prefilled += tokens.length;
      seconds += costs.prefill * tokens.length;
      return await forward(tokens, library === "wrong-append" && tokens.length > 1 && entries.length > 0);
    },
    async forwardDecodeToken(token) {
      forwarded.stepped += 1;
      seconds += costs.step;
      return await forward([token], library === "wrong-decode");
    },
    updateLogitsOnCPU(logits) {
      needScope();
      let copied = false;
      pendingCopies.push(() => { copied = true; });
      return tensor(values.get(logits) ?? new Float32Array(), () => copied);
    },
    resetChat() {
      if (gone) throw new BindingError("Cannot pass deleted object as a pointer of type Instance");
      forwarded.resets += 1;
      busy = false;
      entries = [];
      pipeline.filledKVCacheLength = 0;
    },
  };

  return {
    pipeline,
    forwarded,
    now: () => seconds,
    get scopes() { return scopes; },
    get tokens() { return entries.map(({ token }) => token); },
    failNext(how: "trap" | "hang" | "memory") { next = how; },
    /** The device goes: the package unloads the model by itself. */
    lose(message = "destroyed") {
      gone = true;
      tellLost?.({ message });
    },
  };
}

export type ScriptedPackagePipeline = ReturnType<typeof scriptedPackagePipeline>;

/** Workers without a browser; messages are cloned and arrive later, as between real ones. `pipelines` are those loaded so far. */
export function scriptedWorkers(options: ScriptedOptions = {}, load?: LoadPipeline) {
  const pipelines: ScriptedPackagePipeline[] = [];
  const workers: { readonly terminated: boolean; messages: number; crash(): void }[] = [];
  const start: StartWorker = (hear, fail) => {
    let terminated = false;
    const worker = {
      get terminated() { return terminated; },
      messages: 0,
      crash: () => fail("Uncaught Error: out of luck"),
    };
    workers.push(worker);
    const later = (work: () => void) => setTimeout(() => { if (!terminated) work(); }, 0);
    const scripted = scriptedPackagePipeline(options);
    const listen = serveModel(
      (message) => {
        const copy: unknown = structuredClone(message);
        worker.messages += 1;
        later(() => hear(copy));
      },
      load ?? ((_request, onProgress) => {
        pipelines.push(scripted);
        onProgress({ phase: "download", fraction: 1 });
        return Promise.resolve({ pipeline: adaptPipeline(scripted.pipeline), adapter: "scripted GPU" });
      }),
      scripted.now,
    );
    return {
      post(message) {
        const copy: unknown = structuredClone(message);
        later(() => listen(copy));
      },
      terminate() { terminated = true; },
    };
  };
  return { start, pipelines, workers };
}

/** The one there is a script for. */
export const scriptedProblem = "Start with 5. Add 3. Then subtract 2. What is the result?";
export const scriptedPrompt = openingPrompt({ format: chatMl, instruction: "" }, scriptedProblem);

/** Asks whether a step after the prompt is right. */
export const scriptedScorePrompt = (steps: string): string => scorePrompt({ format: chatMl, instruction: "" }, scriptedProblem, steps);

export const webLlmSubject = (open: DraftModelSubject["open"]): DraftModelSubject => ({
  open, prompt: scriptedPrompt, correction: "After that, 8 - 2 = 6.", overlongPrompt: scriptedPrompt.repeat(20),
});
