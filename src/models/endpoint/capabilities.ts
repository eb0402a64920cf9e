import * as v from "valibot";
import type { Judgement, ScoreRung } from "../base-model.ts";
import { type ChatFormat, chatFormatFor } from "../chat-format.ts";
import { ModelError } from "../model-error.ts";
import { askEngine, type Engine } from "./ask-engine.ts";
import { askSampling } from "./ask-sampling.ts";
import { askTurnStructure } from "./ask-turn-structure.ts";
import { connectEndpoint, type EndpointOptions } from "./connect-endpoint.ts";
import { type Dialect, firstDialect } from "./dialect.ts";
import { createEndpointMemory, dialectKey, headerKey } from "./endpoint-memory.ts";
import { findingsOf, type Finding } from "./findings.ts";
import { type ListedModel, modelsOf, unknownModel } from "./list-models.ts";
import { ollamaContextTokens } from "./ollama.ts";
import { openTransport } from "./open-transport.ts";
import { type SpeculationCounts, speculationCounts } from "./speculation-metrics.ts";
import type { Transport } from "./transport.ts";

export type TestedEndpoint = Omit<EndpointOptions, "model" | "session"> & {
  /** The first one served where absent. */
  readonly model?: string;
  readonly signal: AbortSignal;
};

/** What an endpoint can do. Nothing in it is secret. */
export type Capabilities = {
  /** Empty where the endpoint has no list. */
  readonly models: readonly ListedModel[];
  readonly model: string;
  readonly engine?: Engine;
  /** Prompt and output together, in tokens; absent where nobody says. */
  readonly contextTokens?: number;
  readonly roundTripSeconds: number;
  /** The server's own rendering where it tells, a built-in family by the model's name otherwise. */
  readonly format: ChatFormat;
  readonly scoreRung: ScoreRung;
  readonly dialect: Dialect;
  /** What the server has counted so far, where it speculates and lets its metrics be read. */
  readonly speculation?: SpeculationCounts;
  /** What works, and what is used instead of what does not: for people. */
  readonly findings: readonly Finding[];
};

/**
 * Finds out what an endpoint can do by asking it the least: a list, a round trip, two scores, a stream of a few tokens, and what its open routes tell.
 * With a `memory` a run that follows asks for none of it again. Give its `format` and `contextTokens` to `connectEndpoint`.
 * @throws ModelError where the endpoint cannot be used at all; its message says what to do
 */
export async function testConnection({ signal, ...options }: TestedEndpoint): Promise<Capabilities> {
  const memory = options.memory ?? createEndpointMemory();
  const { sessionHeader = "X-Session-ID" } = options;
  const access = { ...options, memory, sessionHeader, session: "connection-test" };
  const { addresses, transport } = openTransport(access);
  const models = await listed(transport, signal);
  const model = options.model?.trim() || models[0]?.id;
  if (model === undefined) throw new ModelError("unknown-model", "The endpoint lists no models. Enter the model's name.");
  const served = models.find(({ id }) => id === model);

  const connected = connectEndpoint({ ...access, model });
  const { roundTripSeconds } = await connected.probe(signal);
  const key = dialectKey(addresses.root, model);
  const { server } = memory.dialects.get(key) ?? firstDialect;
  // llama-server and its like answer to any name.
  if (served === undefined && models.length > 0 && server === "vllm") throw unknownModel(model, models);

  const [engine, structure, metrics, ollamaContext] = await Promise.all([
    askEngine(transport, server, served ?? models[0], signal),
    askTurnStructure(transport, model, server, signal),
    speculationOf(transport, model, signal),
    server === "ollama" ? ollamaContextTokens(transport, model, signal) : undefined,
  ]);
  const contextTokens = options.contextTokens ?? ollamaContext ?? served?.contextTokens;
  const format = options.format ?? structure ?? chatFormatFor(model);
  const base = connectEndpoint({ ...access, model, format, ...(contextTokens === undefined ? {} : { contextTokens }) });
  const scored = await base.score({ prompts: [9, 8].map((sum) => stepToScore(format, sum)), signal });
  const { usage: streamed, samples } = await askSampling(base, format, signal);
  const dialect = memory.dialects.get(key) ?? firstDialect;

  return {
    models,
    model,
    ...(engine === undefined ? {} : { engine }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    roundTripSeconds,
    format,
    scoreRung: lowest(scored.judgements),
    dialect,
    ...(metrics.counts === undefined ? {} : { speculation: metrics.counts }),
    findings: findingsOf({
      dialect,
      listed: models.length > 0,
      engine,
      contextTokens,
      scoreRung: lowest(scored.judgements),
      digits: scored.judgements.map(({ digit }) => digit),
      usages: [scored.usage, streamed],
      samples,
      sessionHeader,
      sessionPasses: memory.headers.get(headerKey(addresses.root, sessionHeader)) === true,
      format: options.format === undefined ? (structure === undefined ? "by name" : "rendered") : "given",
      metrics: metrics.counts === undefined ? (metrics.readable ? "no speculation" : "unreadable") : "speculation",
    }),
  };
}

const listed = async (transport: Transport, signal: AbortSignal): Promise<readonly ListedModel[]> => {
  try {
    return await modelsOf(transport, signal);
  } catch (error) {
    // Whether there is a model at all, the next request will tell.
    if (error instanceof ModelError && (error.kind === "wrong-path" || error.kind === "bad-response")) return [];
    throw error;
  }
};

/** A step to be scored, of the shape that a run asks for. */
const stepToScore = ({ textStart, userStart, userEnd, assistantStart, assistantEnd, thinkingStart, emptyThinking }: ChatFormat, sum: number): string =>
  `${textStart}${userStart}What is 4 + 5?${userEnd}${assistantStart}${thinkingStart}First, 4 + 5 = ${sum}.${assistantEnd}` +
  `${userStart}Rate the last reasoning step above from 0 to 9. Judge only whether it is correct. Answer with a single digit.${userEnd}${assistantStart}${emptyThinking}Score: `;

const lowest = (judgements: readonly Judgement[]): ScoreRung =>
  (["sampled-digit", "constrained-digit"] as const).find((rung) => judgements.some((judgement) => judgement.rung === rung)) ?? "top-logprobs";

async function speculationOf(transport: Transport, model: string, signal: AbortSignal): Promise<{ readonly readable: boolean; readonly counts?: SpeculationCounts | undefined }> {
  try {
    const text = await transport.text({ path: "/metrics", signal });
    return { readable: v.is(v.pipe(v.string(), v.regex(/^# (HELP|TYPE) /m)), text), counts: speculationCounts(text, model) };
  } catch (error) {
    if (error instanceof ModelError && error.kind !== "aborted") return { readable: false };
    throw error;
  }
}

/** What the server has counted by now, to be read before and after a run; undefined where it does not speculate or does not say. @throws ModelError "aborted" */
export async function readSpeculation(options: Omit<TestedEndpoint, "model"> & { readonly model: string }): Promise<SpeculationCounts | undefined> {
  const { signal, model, ...access } = options;
  return (await speculationOf(openTransport(access).transport, model, signal)).counts;
}
