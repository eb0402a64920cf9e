import * as v from "valibot";
import { ModelError } from "../model-error.ts";
import { checkAppending, type Appending } from "./check-appending.ts";
import { createKvSession, type KvSession } from "./kv-session.ts";
import { toWorker, workerErrorKind, type FromWorker, type LoadProgress, type LoadRequest, type ToWorker } from "./messages.ts";
import { createPartBatches } from "./part-batches.ts";
import type { Pipeline } from "./pipeline.ts";
import { deviceLost, loadError, runError } from "./webllm-error.ts";

export type LoadedPipeline = { readonly pipeline: Pipeline; readonly adapter: string };
export type LoadPipeline = (request: LoadRequest, onProgress: (progress: LoadProgress) => void) => Promise<LoadedPipeline>;

/** How often the worker says that it is at work, where no token does. */
const aliveMilliseconds = 1000;
/** What a lost device makes the package throw differs from call to call, and may come before the loss is told. */
const tellingMilliseconds = 1000;

/** The worker's half: one model, one call at a time in the order they came. Give what it returns every message heard. @param now seconds */
export function serveModel(send: (message: FromWorker) => void, load: LoadPipeline, now: () => number = () => performance.now() / 1000): (heard: unknown) => void {
  let session: KvSession | undefined;
  let work: Promise<void> = Promise.resolve();
  const aborted = new Set<number>();
  let lastFinished = -1;
  let lastAlive = Number.NEGATIVE_INFINITY;
  let lost: Promise<string> = new Promise(() => undefined);

  async function loadModel(request: LoadRequest): Promise<void> {
    try {
      const { pipeline, adapter } = await load(request, (progress) => send({ kind: "progress", progress }));
      ({ lost } = pipeline);
      let lostInLoad = false;
      void (async () => {
        const message = await lost;
        lostInLoad = true;
        send({ kind: "lost", message });
      })();
      const appending: Appending = await checkAppending(pipeline, now, () => send({ kind: "progress", progress: { phase: "check", fraction: 1 } }));
      if (lostInLoad) throw new ModelError("out-of-memory", "The GPU was lost while the model was loading. Choose a smaller model or context, or close other tabs.");
      session = createKvSession(pipeline, { appending, rest: nextTask, reuse: request.reuse, now, random: Math.random });
      send({ kind: "loaded", adapter, contextTokens: pipeline.contextTokens, appending });
    } catch (thrown) {
      send({ kind: "failed", ...failureOf(loadError(thrown)) });
    }
  }

  /** One call from its start to its last message; `answer` gives that one. */
  async function call(id: number, answer: (ready: KvSession, isAborted: () => boolean) => Promise<FromWorker>, flush: () => void = () => undefined): Promise<void> {
    try {
      if (session === undefined) throw new ModelError("engine-failed", "No model is loaded.");
      const last = await answer(session, () => {
        const time = performance.now();
        if (time - lastAlive >= aliveMilliseconds) {
          lastAlive = time;
          send({ kind: "alive" });
        }
        return aborted.has(id);
      });
      flush();
      send(last);
    } catch (thrown) {
      flush();
      send({ kind: "failed", id, ...failureOf(await whyFailed(thrown)) });
    } finally {
      aborted.delete(id);
      lastFinished = id;
    }
  }

  async function generate({ id, ...request }: Extract<ToWorker, { kind: "generate" }>): Promise<void> {
    const batches = createPartBatches((batch) => send({ kind: "part", id, ...batch, signals: [...batch.signals] }));
    await call(id, async (ready, isAborted) => {
      const { ended, usage } = await ready.generate(request, (token) => batches.push(token), isAborted);
      return { kind: "ended", id, ended, usage: { cachedTokens: 0, ...usage }, counts: ready.counts };
    }, batches.flush);
  }

  const weigh = ({ id, prompt, tokens }: Extract<ToWorker, { kind: "weigh" }>): Promise<void> =>
    call(id, async (ready, isAborted) => {
      const { probabilities, usage } = await ready.weigh(prompt, tokens, isAborted);
      return { kind: "weighed", id, probabilities: [...probabilities], usage: { cachedTokens: 0, ...usage }, counts: ready.counts };
    });

  async function whyFailed(thrown: unknown): Promise<ModelError> {
    const error = runError(thrown);
    if (error.kind !== "engine-failed") return error;
    return await Promise.race([lost.then(() => deviceLost({ cause: error })), new Promise<ModelError>((resolve) => { setTimeout(() => resolve(error), tellingMilliseconds); })]);
  }

  function doneWith(message: Exclude<ToWorker, { kind: "abort" }>): Promise<void> {
    switch (message.kind) {
      case "load": return loadModel(message.request);
      case "generate": return generate(message);
      case "weigh": return weigh(message);
      default: return message satisfies never;
    }
  }

  return (heard) => {
    const message = v.parse(toWorker, heard);
    if (message.kind === "abort") {
      if (message.id > lastFinished) aborted.add(message.id);
    } else work = work.then(() => doneWith(message));
  };
}

function failureOf({ kind, message }: ModelError) {
  return { error: v.is(workerErrorKind, kind) ? kind : "engine-failed", message } as const;
}

/** Lets waiting messages in; a timer would cost 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}
