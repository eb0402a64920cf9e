import * as v from "valibot";

/** What the page and the WebLLM worker say to each other. Both ends parse what they hear. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const loadRequest = v.object({
  modelId: v.pipe(v.string(), v.minLength(1)),
  /** Absolute; the folder of mlc-chat-config.json and the weights. */
  modelUrl: v.pipe(v.string(), v.url()),
  modelLibUrl: v.pipe(v.string(), v.url()),
  contextTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(16))),
  reuse: v.picklist(["fastest", "always"]),
  /** Subresource Integrity hashes ("sha256-…") of the files named; the weights' shards have none. */
  integrity: v.optional(v.object({ config: v.optional(v.string()), modelLib: v.optional(v.string()), tokenizer: v.optional(v.string()) })),
});

export const toWorker = v.variant("kind", [
  v.object({ kind: v.literal("load"), request: loadRequest }),
  v.object({
    kind: v.literal("generate"),
    id: count,
    prompt: v.string(),
    maxTokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
    stop: v.array(v.string()),
    temperature: v.pipe(v.number(), v.minValue(0)),
    topP: v.number(),
    seed: v.optional(v.number()),
  }),
  v.object({ kind: v.literal("weigh"), id: count, prompt: v.string(), tokens: v.array(v.string()) }),
  v.object({ kind: v.literal("abort"), id: count }),
]);

/** The kinds of ModelError a worker can report. */
const errorKind = v.picklist([
  "aborted", "context-overflow", "bad-request", "bad-file", "download-failed", "out-of-memory", "storage-full", "device-lost", "engine-failed", "cannot-score",
]);
const failure = v.object({ error: errorKind, message: v.string() });

const appending = v.object({
  append: v.picklist(["prefill", "steps", "never"]),
  rollback: v.picklist(["exact", "unavailable"]),
  why: v.string(),
  differences: v.object({ inParts: v.number(), tokenByToken: v.number(), afterRollback: v.optional(v.number()) }),
  tolerance: v.number(),
  perToken: v.object({ prefillSeconds: v.number(), decodeSeconds: v.number() }),
});

const counts = v.object({
  prefilledTokens: count,
  prefillSeconds: v.number(),
  reusedTokens: count,
  decodedTokens: count,
  decodeSeconds: v.number(),
  rollbacks: count,
  rolledBackTokens: count,
  rollbackSeconds: v.number(),
  resets: count,
});

const ended = v.variant("kind", [
  v.object({ kind: v.literal("stop"), stop: v.string() }),
  v.object({ kind: v.literal("end-of-text") }),
  v.object({ kind: v.literal("length") }),
]);

const usage = v.object({ promptTokens: count, cachedTokens: count, generatedTokens: count });

const loadProgress = v.object({ phase: v.picklist(["download", "load", "shaders", "check"]), fraction: v.number() });

export const fromWorker = v.variant("kind", [
  v.object({ kind: v.literal("progress"), progress: loadProgress }),
  v.object({ kind: v.literal("loaded"), adapter: v.string(), contextTokens: count, appending }),
  /** A forward was done: the worker is not hung. */
  v.object({ kind: v.literal("alive") }),
  v.object({
    kind: v.literal("part"),
    id: count,
    text: v.string(),
    tokens: count,
    signals: v.array(v.object({ logProb: v.number(), entropy: v.number() })),
  }),
  v.object({ kind: v.literal("ended"), id: count, ended, usage, counts }),
  v.object({ kind: v.literal("weighed"), id: count, probabilities: v.array(v.number()), usage, counts }),
  v.object({ kind: v.literal("failed"), id: v.optional(count), ...failure.entries }),
  v.object({ kind: v.literal("lost"), message: v.string() }),
]);

export type LoadRequest = v.InferOutput<typeof loadRequest>;
export type LoadProgress = v.InferOutput<typeof loadProgress>;
export type ToWorker = v.InferOutput<typeof toWorker>;
export type FromWorker = v.InferOutput<typeof fromWorker>;
export type WorkerErrorKind = v.InferOutput<typeof errorKind>;
export { errorKind as workerErrorKind };
