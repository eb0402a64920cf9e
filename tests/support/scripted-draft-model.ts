import { chatMl } from "../../src/models/chat-format.ts";
import type { DraftModel } from "../../src/models/draft-model.ts";
import type { GenerationPart, GenerationRequest } from "../../src/models/generation.ts";
import { aborted, ModelError } from "../../src/models/model-error.ts";
import { hashOf } from "./scripted-pair.ts";
import type { DraftModelSubject } from "./draft-model-suite.ts";

/** Ways to break the interface, one each; the acceptance suite has to notice every one. */
export const draftModelFaults = [
  "prefills-everything", "keeps-stop-text", "ignores-stop", "loses-held-text", "ignores-cap", "counts-wrong", "calls-run-together",
  "abort-spoils-cache", "abort-is-ignored", "abort-is-the-end", "seed-runs-on", "seed-is-ignored", "rollback-forgets",
  "signals-at-temperature", "positive-log-probability", "swallows-overflow", "answers-after-close", "close-hangs-callers", "two-ends",
] as const;
export type DraftModelFault = (typeof draftModelFaults)[number];

const script = String.raw`First, 5 + 3 = 8.${"\n\n"}Then, 8 - 2 = 6.${"\n\n"}</think>${"\n\n"}The result is \boxed{6}.`;
const contextTokens = 2000;
const likely = Math.log(0.9);
const unlikely = Math.log(0.1);

const opening = (problem: string) => `${chatMl.userStart}${problem}${chatMl.userEnd}${chatMl.assistantStart}${chatMl.thinkingStart}`;

/** Where the script goes on after a transcript: behind as many steps as there are in it, or in the middle of one it began itself. */
function placeAfter(prompt: string): number {
  const written = prompt.split(chatMl.thinkingStart).at(-1) ?? "";
  if (script.startsWith(written)) return written.length;
  let place = 0;
  for (let steps = written.split("\n\n").length - 1; steps > 0; steps--) {
    const end = script.indexOf("\n\n", place);
    if (end === -1) return script.length;
    place = end + 2;
  }
  return place;
}

/** A model whose tokens are characters and whose words stand in a script; it keeps account of a KV cache as a real one would. */
export function scriptedDraftModel(fault?: DraftModelFault): DraftModel {
  let cache = "";
  let spoilt = false;
  let draws = 0;
  let last: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();

  async function* continued(request: GenerationRequest): AsyncGenerator<GenerationPart> {
    const { prompt, maxTokens, stop, temperature, seed = 0 } = request;
    if (prompt.length > contextTokens && fault !== "swallows-overflow") throw new ModelError("context-overflow", "The prompt is too long.");
    let common = 0;
    while (common < prompt.length - 1 && cache[common] === prompt[common]) common += 1;
    const rolledBack = common < cache.length - 1;
    const cachedTokens = fault === "prefills-everything" ? 0 : common;
    cache = prompt;
    let text = "";
    let given = 0;
    let generated = 0;
    let place = placeAfter(prompt);
    if (fault === "rollback-forgets" && rolledBack && place > 0) place -= 1;
    if (spoilt) place += 1;
    const usage = () => ({ promptTokens: prompt.length, cachedTokens, generatedTokens: fault === "counts-wrong" ? generated + 1 : generated });
    const stops = fault === "ignores-stop" ? [] : stop;
    const held = () => Math.max(0, ...stops.map((one) => Array.from(one, (_, index) => one.slice(0, index)).findLast((start) => text.endsWith(start))?.length ?? 0));
    for (;;) {
      await new Promise((resolve) => { setImmediate(resolve); });
      const stopped = request.signal.aborted && fault !== "abort-is-ignored";
      if (stopped && fault === "abort-is-the-end") return yield { kind: "end", ended: { kind: "length" }, usage: usage() };
      if (stopped || closing.signal.aborted) {
        if (fault === "abort-spoils-cache") spoilt = true;
        throw aborted();
      }
      const end = place >= script.length;
      if (end || (generated >= maxTokens && fault !== "ignores-cap")) {
        const rest = fault === "loses-held-text" ? "" : text.slice(given);
        if (end) generated = Math.min(maxTokens, generated + 1);
        if (rest !== "") yield { kind: "text", text: rest, tokens: 0 };
        yield { kind: "end", ended: end ? { kind: "end-of-text" } : { kind: "length" }, usage: usage() };
        if (fault === "two-ends") yield { kind: "end", ended: { kind: "length" }, usage: usage() };
        return;
      }
      const expected = script[place] ?? "";
      draws += 1;
      const luck = hashOf(fault === "seed-runs-on" ? `${seed} ${draws} drawn` : `${fault === "seed-is-ignored" ? 0 : seed} ${generated} drawn`) / 2 ** 32;
      const other = temperature > 0 && luck > 0.7;
      const written = other && /\d/.test(expected) ? String((Number(expected) + 1) % 10) : expected;
      const logProb = written === expected ? likely : unlikely;
      text += written;
      cache += written;
      place += 1;
      generated += 1;
      const found = stops.map((one) => ({ one, at: text.indexOf(one) })).filter(({ at }) => at !== -1).toSorted((a, b) => a.at - b.at)[0];
      const upTo = found === undefined ? text.length - held() : found.at + (fault === "keeps-stop-text" ? found.one.length : 0);
      const signal = fault === "positive-log-probability" ? -logProb : fault === "signals-at-temperature" ? logProb / Math.max(1, temperature) : logProb;
      yield { kind: "text", text: text.slice(given, Math.max(given, upTo)), tokens: 1, signals: [{ logProb: signal, entropy: 0.325 }] };
      given = Math.max(given, upTo);
      if (found !== undefined) {
        yield { kind: "end", ended: { kind: "stop", stop: found.one }, usage: usage() };
        return;
      }
    }
  }

  async function* generate(request: GenerationRequest): AsyncGenerator<GenerationPart> {
    const turn = last;
    let release: (() => void) | undefined;
    const mine = new Promise<void>((resolve) => { release = resolve; });
    if (fault !== "calls-run-together") last = turn.then(() => mine);
    try {
      await turn;
      if (closing.signal.aborted && fault !== "answers-after-close") throw aborted();
      if (closing.signal.aborted) yield { kind: "end", ended: { kind: "length" }, usage: { promptTokens: 1, generatedTokens: 0 } };
      else yield* continued(request);
    } finally {
      release?.();
    }
  }

  return {
    info: { id: "scripted:draft", name: "scripted", format: chatMl, instruction: "", contextTokens, engine: "scripted", computesOn: "cpu", device: "none" },
    generate,
    close() {
      if (fault !== "close-hangs-callers") closing.abort();
      return Promise.resolve();
    },
  };
}

export const scriptedSubject = (fault?: DraftModelFault): DraftModelSubject => {
  const prompt = opening("Start with 5. Add 3. Then subtract 2. What is the result?");
  return {
    open: () => Promise.resolve(scriptedDraftModel(fault)),
    prompt,
    correction: "After that, 8 - 2 = 6.",
    overlongPrompt: prompt.repeat(20),
  };
};
