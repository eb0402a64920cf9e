import * as v from "valibot";
import type { ModelErrorKind } from "../models/model-error.ts";
import type { RunEvent } from "../reasoning/events.ts";
import type { Policy } from "../reasoning/policy.ts";
import type { RunHeader } from "../reasoning/run.ts";
import { isRunId } from "./run-id.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
/** Milliseconds since 1970, up to the last that a Date can tell: of a later one no page could show the date. */
export const moment = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
const nats = v.pipe(v.number(), v.finite());
const score = v.pipe(v.number(), v.minValue(0), v.maxValue(9));
const steps = v.array(count);

const failure = v.object({
  kind: v.picklist([
    "aborted", "unreachable", "cross-origin", "unauthorized", "wrong-path", "unknown-model", "context-overflow",
    "bad-request", "overloaded", "server-failed", "engine-dead", "bad-response", "timed-out", "bad-file",
    "download-failed", "out-of-memory", "storage-full", "device-lost", "engine-failed", "cannot-score",
  ] satisfies ModelErrorKind[]),
  message: v.string(),
});
const end = v.picklist(["blank-line", "end-of-thinking", "end-of-text", "cut"]);
const author = v.picklist(["draft", "base"]);
const writing = v.picklist(["first-steps", "correction", "race", "hedge", "asked", "hand-over", "alone"]);
const rungs = ["top-logprobs", "constrained-digit", "sampled-digit"] as const;

export const policySchema = v.object({
  mode: v.picklist(["draft", "base", "sync", "async", "auto"]),
  objective: v.picklist(["latency", "balanced", "cloud"]),
  threshold: score,
  scoring: v.picklist(["expectation", "greedy"]),
  firstStepsByBase: count,
  window: count,
  stepTokens: count,
  tokenBudget: count,
  answerTokens: count,
  answerBy: author,
  temperature: seconds,
  topP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  seed: v.pipe(v.number(), v.safeInteger()),
  verify: v.picklist(["now", "later"]),
});

const event = <const Kind extends string, const Entries extends v.ObjectEntries>(kind: Kind, entries: Entries) =>
  v.object({ kind: v.literal(kind), ...entries, at: seconds });

const kinds = [
  event("started", {}),
  event("resumed", { policy: v.exactOptional(policySchema) }),
  event("draft-started", { step: count, index: count }),
  event("draft-text", { step: count, text: v.string() }),
  event("drafted", {
    step: count, index: count, text: v.string(), end, tokens: count, promptTokens: count, prefilledTokens: count,
    firstTokenSeconds: seconds, seconds, meanLogProb: v.exactOptional(nats), lowestLogProb: v.exactOptional(nats), firstEntropy: v.exactOptional(nats),
  }),
  event("end-drafted", { step: count, index: count, tokens: count, seconds }),
  event("draft-dropped", { step: count, index: count, tokens: count, seconds }),
  event("score-requested", { request: count, steps }),
  event("scored", { request: v.exactOptional(count), step: count, score: v.exactOptional(score), rung: v.picklist([...rungs, "remembered"]) }),
  event("score-answered", {
    request: count, seconds, promptTokens: count, cachedTokens: v.exactOptional(count), generatedTokens: count,
  }),
  event("score-dropped", { request: count, steps, seconds }),
  event("accepted", { step: count, sure: v.exactOptional(v.boolean()) }),
  event("rejected", { step: count, why: v.picklist(["score", "repetition"]), sure: v.exactOptional(v.boolean()) }),
  event("unverified", { step: count, why: v.picklist(["base-away", "later", "sure", "alone", "kept"]) }),
  event("rolled-back", { toIndex: count, steps, tokens: count }),
  event("branched", { toIndex: count, why: v.picklist(["late-rejection", "edited", "dropped", "base-asked", "drafted-again"]), steps }),
  event("edited", { step: count, index: count, text: v.string() }),
  event("switched", { branch: count, finished: v.boolean() }),
  event("base-started", { request: count, index: count, why: writing }),
  event("base-text", { request: count, index: count, text: v.string() }),
  event("base-step", { request: count, step: count, index: count, text: v.string(), end, tokens: count, seconds, why: writing, needed: v.boolean() }),
  event("base-ended", {
    request: count, how: v.picklist(["finished", "cancelled", "failed"]), firstTokenSeconds: v.exactOptional(seconds), lastTokenSeconds: v.exactOptional(seconds), seconds,
    promptTokens: v.exactOptional(count), cachedTokens: v.exactOptional(count), generatedTokens: count, wastedTokens: count,
  }),
  event("base-lost", { failure }),
  event("base-back", { roundTripSeconds: seconds }),
  event("link-measured", { roundTripSeconds: seconds }),
  event("thinking-ended", { why: v.picklist(["model", "budget", "repetition", "context"]) }),
  event("answer-started", { request: count, by: author }),
  event("answer-text", { request: count, text: v.string() }),
  event("answered", {
    request: count, by: author, text: v.string(), cut: v.boolean(), tokens: count, promptTokens: count,
    firstTokenSeconds: seconds, seconds,
  }),
  event("stopped", {}),
  event("failed", { failure }),
  event("finished", {}),
] as const;

export const runEventSchema = v.variant("kind", kinds);

/** The schema of one kind of event, found at once: a long run is parsed in time proportional to its events. */
export const runEventSchemas: ReadonlyMap<unknown, (typeof kinds)[number]> = new Map(
  kinds.map((schema) => [schema.entries.kind.literal, schema]),
);

export const modelSchema = v.object({ id: v.string(), name: v.string() });

export const runHeaderSchema = v.object({
  version: v.literal(1),
  id: v.pipe(v.string(), v.check(isRunId, "Expected 1 to 64 letters, digits, - or _")),
  problem: v.string(),
  createdAt: moment,
  draft: modelSchema,
  base: modelSchema,
  policy: policySchema,
});

/** Comparable by assignability both ways: readonly left out, whether a field is optional made part of its type. */
type Plain<T> = T extends string | number | boolean | undefined ? T
  : T extends readonly (infer Item)[] ? Plain<Item>[]
  : { -readonly [Key in keyof T]-?: [Plain<T[Key]>, object extends Pick<T, Key> ? "optional" : "needed"] };
type Same<A, B> = [Plain<A>] extends [Plain<B>] ? ([Plain<B>] extends [Plain<A>] ? true : false) : false;

// Does not compile when an event or header gains, loses or changes a field here or in src/reasoning/.
true satisfies Same<RunEvent, v.InferOutput<typeof runEventSchema>>;
true satisfies Same<RunHeader, v.InferOutput<typeof runHeaderSchema>>;
true satisfies Same<Policy, v.InferOutput<typeof policySchema>>;
