import type { BaseModel } from "../../src/models/base-model.ts";
import { chatMl } from "../../src/models/chat-format.ts";
import type { DraftModel } from "../../src/models/draft-model.ts";
import type { Ended, GenerationPart, GenerationRequest } from "../../src/models/generation.ts";
import { aborted, ModelError } from "../../src/models/model-error.ts";
import type { Clock } from "../../src/reasoning/clock.ts";
import { seededRandom } from "../../src/models/seeded-random.ts";

/** A number that depends on every character (FNV-1a). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

export type ScriptedPairSettings = {
  readonly clock: Clock;
  /** Seed of delays and failures; what the models write does not depend on it. */
  readonly luck: number;
  /** Seed of what the models write. */
  readonly script: number;
  /** Steps of the chain, before the end-of-thinking tag. */
  readonly steps: number;
  /** Share of drafts the base model rejects. */
  readonly rejected: number;
  /** Longest delay of a part, in seconds. */
  readonly slowest?: number;
  /** Share of base requests that fail. */
  readonly failing?: number;
  /** Times on the clock between which the base model cannot be reached. */
  readonly away?: readonly [from: number, to: number];
};

/** Two models whose words depend only on the transcript before them, and whose timing depends on luck alone. */
export function scriptedPair({ clock, luck, script, steps, rejected, slowest = 1, failing = 0, away }: ScriptedPairSettings) {
  const random = seededRandom(luck);
  const scoredPrompts: string[] = [];
  let active = 0;

  const transcriptOf = (prompt: string) => (prompt.split("<think>\n")[1] ?? "").split("<|im_end|>")[0] ?? "";
  const placeIn = (transcript: string) => transcript.split("\n\n").length - 1;
  const draftOf = (transcript: string) => `draft ${hashOf(`${script} ${transcript}`).toString(36)}.`;
  const baseOf = (transcript: string) => `base ${hashOf(`${script} base ${transcript}`).toString(36)}.`;
  /** Depends on the step and all before it, as a judgement does. */
  const digitOf = (scored: string) => (hashOf(`${script} score ${scored}`) / 2 ** 32 < rejected ? 2 : 9);
  const isAway = () => away !== undefined && clock.now() >= away[0] && clock.now() < away[1];

  async function pause(signal: AbortSignal): Promise<void> {
    try {
      await clock.wait(random() * slowest, signal);
    } catch {
      throw aborted();
    }
  }

  async function* parts(request: GenerationRequest, write: (transcript: string) => string, fails: () => boolean): AsyncGenerator<GenerationPart> {
    active += 1;
    try {
      let transcript = transcriptOf(request.prompt);
      let generatedTokens = 0;
      let ended: Ended | undefined;
      if (request.prompt.includes("</think>")) {
        await pause(request.signal);
        yield { kind: "text", text: `answer to ${hashOf(transcript)}`, tokens: 3 };
        ended = { kind: "end-of-text" };
      }
      while (ended === undefined) {
        await pause(request.signal);
        if (fails()) throw new ModelError("server-failed", "scripted failure");
        if (placeIn(transcript) >= steps) {
          ended = { kind: "stop", stop: "</think>" };
          break;
        }
        const text = write(transcript);
        for (const word of [text.slice(0, 3), text.slice(3)]) {
          await pause(request.signal);
          generatedTokens += 2;
          yield { kind: "text", text: word, tokens: 2 };
        }
        if (request.stop.includes("\n\n")) ended = { kind: "stop", stop: "\n\n" };
        else {
          yield { kind: "text", text: "\n\n", tokens: 1 };
          generatedTokens += 1;
        }
        transcript += `${text}\n\n`;
      }
      yield { kind: "end", ended, usage: { promptTokens: 10, generatedTokens } };
    } finally {
      active -= 1;
    }
  }

  const draft: DraftModel = {
    info: { id: "scripted:draft", name: "scripted", format: chatMl, instruction: "", contextTokens: 1e6, engine: "scripted", computesOn: "cpu", device: "none" },
    generate: (request) => parts(request, draftOf, () => false),
    close: () => Promise.resolve(),
  };
  const base: BaseModel = {
    info: { id: "scripted:base", name: "scripted", format: chatMl, instruction: "" },
    generate: (request) => parts(request, baseOf, () => isAway() || random() < failing),
    async score({ prompts, signal }) {
      active += 1;
      try {
        await pause(signal);
        if (isAway() || random() < failing) throw new ModelError("unreachable", "scripted failure");
        await pause(signal);
        scoredPrompts.push(...prompts);
        return {
          judgements: prompts.map((prompt) => ({ digit: digitOf(transcriptOf(prompt)), rung: "top-logprobs" as const })),
          usage: { promptTokens: 10 * prompts.length, generatedTokens: prompts.length },
        };
      } finally {
        active -= 1;
      }
    },
    async probe(signal) {
      active += 1;
      try {
        await pause(signal);
        if (isAway()) throw new ModelError("unreachable", "scripted failure");
        return { roundTripSeconds: slowest / 2 };
      } finally {
        active -= 1;
      }
    },
  };

  /** The transcript SpecReason's sequential loop arrives at. */
  function expected(): { readonly author: "draft" | "base"; readonly text: string }[] {
    const chain: { author: "draft" | "base"; text: string }[] = [];
    let transcript = "";
    for (let place = 0; place < steps; place++) {
      const drafted = draftOf(transcript);
      const accepted = digitOf(transcript + drafted) >= 7;
      const text = accepted ? drafted : baseOf(transcript);
      chain.push({ author: accepted ? "draft" : "base", text });
      transcript += `${text}\n\n`;
    }
    return chain;
  }

  return { draft, base, draftOf, baseOf, digitOf, expected, scoredPrompts, get active() { return active; } };
}
