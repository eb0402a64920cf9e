import type { BaseModel } from "../models/base-model.ts";
import type { ChatFormat } from "../models/chat-format.ts";
import type { DraftModel } from "../models/draft-model.ts";
import type { GenerationPart, GenerationRequest } from "../models/generation.ts";
import { aborted } from "../models/model-error.ts";
import type { Clock } from "../reasoning/clock.ts";
import { blankLine } from "../reasoning/step-splitter.ts";
import { baseStepTokens, baseTokensOf, type TraceRun, type TraceTiming } from "./trace.ts";

/** Turns marked by single characters, so that a step's place can be read off a prompt. */
const traceFormat: ChatFormat = {
  id: "trace", textStart: "", userStart: "", userEnd: "|", assistantStart: "", assistantEnd: "|",
  thinkingStart: "", thinkingEnd: "#", emptyThinking: "",
};

/** The place of the last step in a prompt, -1 where there is none. Steps are named after their place. */
function lastPlace(prompt: string): number {
  const steps = prompt.split("|")[1] ?? "";
  const last = /(\d+)\s*$/.exec(steps.slice(-24));
  return last === null ? -1 : Number(last[1]);
}

/** Tokens arrive in pieces, after the first one: what happens between two of them depends on none. */
const tokensAPart = 4;

/** Sizes of the parts so many tokens arrive in. */
function* partsOf(tokens: number): Generator<{ readonly size: number; readonly last: boolean }> {
  for (let sent = 0; sent < tokens;) {
    const size = sent === 0 ? 1 : Math.min(tokensAPart, tokens - sent);
    sent += size;
    yield { size, last: sent === tokens };
  }
}

export type TracedLink = { readonly clock: Clock; readonly roundTripSeconds: number };

/** The recorded pair as models on a clock: what they write are the names of steps, how long it takes is recorded. */
export function tracedModels(run: TraceRun, timing: TraceTiming, { clock, roundTripSeconds }: TracedLink) {
  /** Tokens the base model's server wrote, also those nobody waited for any more. */
  let serverTokens = 0;

  const wait = async (seconds: number, signal: AbortSignal) => {
    try {
      await clock.wait(seconds, signal);
    } catch {
      throw aborted();
    }
  };

  const isLast = (place: number) => place >= run.steps.length - 1;

  async function* draftParts({ prompt, signal }: GenerationRequest): AsyncGenerator<GenerationPart> {
    const place = lastPlace(prompt) + 1;
    const tokens = run.steps[place]?.draftTokens ?? 0;
    await wait(timing.draft.startSeconds, signal);
    for (const { size, last } of partsOf(tokens)) {
      await wait(size * timing.draft.secondsPerToken, signal);
      yield { kind: "text", text: last ? `d${place}` : "", tokens: size };
    }
    yield {
      kind: "end",
      ended: { kind: "stop", stop: isLast(place) ? traceFormat.thinkingEnd : blankLine },
      usage: { promptTokens: 0, generatedTokens: tokens },
    };
  }

  async function* baseParts({ prompt, stop, signal }: GenerationRequest): AsyncGenerator<GenerationPart> {
    const first = lastPlace(prompt) + 1;
    const oneStep = stop.includes(blankLine);
    const { startSeconds, secondsPerToken } = timing.base;
    const began = clock.now();
    let sent = 0;
    const end = oneStep ? first + 1 : run.steps.length;
    const most = baseTokensOf(run.steps.slice(first, end));
    let over = false;
    try {
      await wait(roundTripSeconds + startSeconds, signal);
      for (let place = first; place < end; place++) {
        const step = run.steps[place];
        const tokens = step === undefined ? 0 : baseStepTokens(step);
        const separator = place + 1 < end ? blankLine : "";
        for (const { size, last } of partsOf(tokens)) {
          await wait(size * secondsPerToken, signal);
          sent += size;
          yield { kind: "text", text: last ? `b${place}${separator}` : "", tokens: size };
        }
      }
      over = true;
      yield {
        kind: "end",
        ended: { kind: "stop", stop: oneStep && !isLast(first) ? blankLine : traceFormat.thinkingEnd },
        usage: { promptTokens: 0, generatedTokens: sent },
      };
    } finally {
      // The abort takes half a round trip to arrive, as the tokens did: the server is a whole one ahead.
      const written = secondsPerToken === 0 ? most : Math.floor((clock.now() - began - startSeconds) / secondsPerToken + 1e-9);
      serverTokens += over ? sent : Math.min(most, Math.max(0, written));
    }
  }

  const draft: DraftModel = {
    info: {
      id: "trace:draft", name: "recorded draft model", format: traceFormat, instruction: "",
      contextTokens: Number.MAX_SAFE_INTEGER, engine: "scripted", computesOn: "cpu", device: "recorded",
    },
    generate: draftParts,
    close: () => Promise.resolve(),
  };
  const base: BaseModel = {
    info: { id: "trace:base", name: "recorded base model", format: traceFormat, instruction: "" },
    async score({ prompts, signal }) {
      await wait(roundTripSeconds + timing.score.seconds, signal);
      return {
        judgements: prompts.map((prompt) => ({ digit: run.steps[lastPlace(prompt)]?.score ?? 0, rung: "top-logprobs" as const })),
        usage: { promptTokens: 0, generatedTokens: prompts.length },
      };
    },
    generate: baseParts,
    async probe(signal) {
      await wait(roundTripSeconds, signal);
      return { roundTripSeconds };
    },
  };
  return { draft, base, get serverTokens() { return serverTokens; } };
}
