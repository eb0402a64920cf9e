import * as v from "valibot";
import type { GenerationPart, GenerationRequest } from "../generation.ts";
import { aborted, ModelError } from "../model-error.ts";
import type { Appending } from "./check-appending.ts";
import type { KvCounts } from "./kv-session.ts";
import { fromWorker, type FromWorker, type LoadProgress, type LoadRequest, type ToWorker } from "./messages.ts";
import type { WeighedTokens } from "../on-device-model.ts";
import { deviceLost } from "./webllm-error.ts";

/** A worker as far as it is used; tests have one without a browser. */
export type WorkerLink = { post(message: ToWorker): void; terminate(): void };
/** Starts a worker. `hear` gets its messages, `fail` a script that cannot be loaded or threw. */
export type StartWorker = (hear: (message: unknown) => void, fail: (why: string) => void) => WorkerLink;

export type WorkerEngineOptions = {
  /** Longest silence in a generation before the worker counts as hung. A first prefill compiles shaders. */
  readonly stallSeconds?: number;
  /** Longest silence while loading; one shard of the weights may take that long to download. */
  readonly loadStallSeconds?: number;
};

export type WorkerEngine = {
  readonly adapter: string;
  readonly contextTokens: number;
  readonly appending: Appending;
  /** Of the calls ended so far; undefined before the first. */
  readonly counts: KvCounts | undefined;
  /** Why it can no longer be used. */
  readonly dead: ModelError | undefined;
  /** One call at a time. Resolves when the worker is at rest. @throws ModelError, "aborted" after `signal` */
  generate(request: GenerationRequest, emit: (part: GenerationPart) => void): Promise<void>;
  /** As `generate`: one call at a time. */
  weigh(prompt: string, tokens: readonly string[], signal: AbortSignal): Promise<WeighedTokens>;
  terminate(): void;
};

type Reply = { hear(message: FromWorker): void; fail(error: ModelError): void };

/**
 * Starts a worker and loads a model in it.
 * @throws ModelError; the worker is gone then
 */
export async function startWorkerEngine(
  start: StartWorker, request: LoadRequest, options: WorkerEngineOptions, onProgress: (progress: LoadProgress) => void, signal: AbortSignal,
): Promise<WorkerEngine> {
  const { stallSeconds = 60, loadStallSeconds = 300 } = options;
  let dead: ModelError | undefined;
  let waiting: Reply | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let loading = true;
  let counts: KvCounts | undefined;
  let calls = 0;

  const link = start(hear, (why) => die(new ModelError("engine-failed", `The WebLLM engine could not run (${why.slice(0, 200)}). Check the connection and reload the page.`)));

  /** The only way to end it: what waits fails, the worker goes. */
  function die(error: ModelError): void {
    dead ??= error;
    clearTimeout(timer);
    link.terminate();
    waiting?.fail(error);
    waiting = undefined;
  }

  function watch(): void {
    clearTimeout(timer);
    if (waiting === undefined) return;
    const hung = loading
      ? new ModelError("timed-out", "The model did not load in time. Check the connection, close other tabs, or choose a smaller model.")
      : new ModelError("engine-failed", "The model on this device no longer answers. It is started again with the next step.");
    timer = setTimeout(() => die(hung), (loading ? loadStallSeconds : stallSeconds) * 1000);
  }

  function hear(heard: unknown): void {
    if (dead !== undefined) return;
    const parsed = v.safeParse(fromWorker, heard);
    if (!parsed.success) return die(new ModelError("engine-failed", "The engine on this device answers in a form this page does not know. Reload the page."));
    if (parsed.output.kind === "lost") return die(deviceLost());
    waiting?.hear(parsed.output);
    watch();
  }

  /** Posts a message and gives the answers to `on` until it says that was the last. */
  function ask<T>(message: ToWorker, on: (answer: FromWorker) => T | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (dead !== undefined) return reject(dead);
      waiting = {
        hear(answer) {
          if (answer.kind === "failed") {
            waiting = undefined;
            reject(new ModelError(answer.error, answer.message));
            return;
          }
          const last = on(answer);
          if (last === undefined) return;
          waiting = undefined;
          resolve(last);
        },
        fail: reject,
      };
      link.post(message);
      watch();
    });
  }

  /** A call of the loaded model: its abort is posted, and what the GPU lost is gone for every later call, too. */
  async function call<T>(message: (id: number) => ToWorker, abort: AbortSignal, on: (answer: FromWorker, id: number) => T | undefined): Promise<T> {
    if (abort.aborted) throw aborted();
    calls += 1;
    const id = calls;
    const onAbort = () => link.post({ kind: "abort", id });
    abort.addEventListener("abort", onAbort, { once: true });
    try {
      return await ask(message(id), (answer) => on(answer, id));
    } catch (error) {
      if (error instanceof ModelError && (error.kind === "device-lost" || error.kind === "engine-failed" || error.kind === "out-of-memory")) die(error);
      throw error;
    } finally {
      abort.removeEventListener("abort", onAbort);
    }
  }

  const stop = () => die(aborted());
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let loaded: Extract<FromWorker, { kind: "loaded" }>;
  try {
    loaded = await ask({ kind: "load", request }, (answer) => {
      if (answer.kind === "progress") onProgress(answer.progress);
      return answer.kind === "loaded" ? answer : undefined;
    });
  } catch (error) {
    die(error instanceof ModelError ? error : new ModelError("engine-failed", String(error)));
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  loading = false;
  const { differences: { afterRollback, ...differences }, ...appending } = loaded.appending;

  return {
    adapter: loaded.adapter,
    contextTokens: loaded.contextTokens,
    appending: { ...appending, differences: { ...differences, ...(afterRollback === undefined ? {} : { afterRollback }) } },
    get counts() { return counts; },
    get dead() { return dead; },
    async generate({ signal: abort, seed, stop: stops, ...asked }, emit) {
      await call((id) => ({ kind: "generate", id, ...asked, stop: [...stops], ...(seed === undefined ? {} : { seed }) }), abort, (answer, id) => {
        if (answer.kind === "part" && answer.id === id) {
          const { text, tokens, signals } = answer;
          emit({ kind: "text", text, tokens, ...(signals.length === 0 ? {} : { signals }) });
        }
        if (answer.kind !== "ended" || answer.id !== id) return undefined;
        counts = answer.counts;
        emit({ kind: "end", ended: answer.ended, usage: answer.usage });
        return true;
      });
    },
    weigh: (prompt, tokens, abort) =>
      call((id) => ({ kind: "weigh", id, prompt, tokens: [...tokens] }), abort, (answer, id) => {
        if (answer.kind !== "weighed" || answer.id !== id) return undefined;
        counts = answer.counts;
        return { probabilities: answer.probabilities, usage: answer.usage };
      }),
    terminate: () => die(aborted()),
  };
}

/** The worker of this app; its script and WebLLM's 2 MB come with the first model. */
export const startWebLlmWorker: StartWorker = (hear, fail) => {
  const worker = new Worker(new URL("./webllm-worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(data));
  worker.addEventListener("messageerror", () => fail("a message could not be read"));
  worker.addEventListener("error", (event) => fail(event.message || "its script could not be loaded"));
  return { post: (message) => worker.postMessage(message), terminate: () => worker.terminate() };
};
