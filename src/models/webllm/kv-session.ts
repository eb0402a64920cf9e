import type { Ended, GenerationRequest, TokenSignal, Usage } from "../generation.ts";
import { aborted, ModelError } from "../model-error.ts";
import { createStopTexts } from "../stop-texts.ts";
import type { Appending } from "./check-appending.ts";
import { seededRandom } from "../seeded-random.ts";
import { chooseToken } from "./choose-token.ts";
import type { Logits, Pipeline } from "./pipeline.ts";
import type { WeighedTokens } from "../on-device-model.ts";
import { planPlacement } from "./plan-placement.ts";
import { createTokenText } from "./token-text.ts";
import { tokensOf, weighTokens } from "./weigh-tokens.ts";

/** What a session has done since the model was loaded. */
export type KvCounts = {
  /** Prompt tokens forwarded. */
  readonly prefilledTokens: number;
  readonly prefillSeconds: number;
  /** Prompt tokens that were in the KV cache. */
  readonly reusedTokens: number;
  readonly decodedTokens: number;
  readonly decodeSeconds: number;
  /** Times held tokens were taken back, those for recomputing one token left out. */
  readonly rollbacks: number;
  readonly rolledBackTokens: number;
  /** Time that took, without the prefill after it. */
  readonly rollbackSeconds: number;
  /** Times the cache was emptied although something in it could have served. */
  readonly resets: number;
};

export type GeneratedToken = { readonly text: string; readonly tokens: number; readonly signal?: TokenSignal };

/** A generation request without its signal, which stays on the other side of the worker. */
export type KvRequest = Omit<GenerationRequest, "signal" | "seed"> & { readonly seed?: number | undefined };

export type KvSession = {
  readonly counts: KvCounts;
  /**
   * Continues a prompt, prefilling only what the KV cache does not hold. One call at a time.
   * @param isAborted asked before each forward
   * @throws ModelError "aborted", "context-overflow", "bad-request", or what the pipeline throws; the next call is sound
   */
  generate(request: KvRequest, emit: (token: GeneratedToken) => void, isAborted: () => boolean): Promise<{ readonly ended: Ended; readonly usage: Usage }>;
  /**
   * How likely each of a few tokens is to come next, at temperature 1 and among themselves only. The prompt stays in the
   * KV cache; nothing is decoded.
   * @throws as `generate`, and "cannot-score" where one of them is no token of the model's
   */
  weigh(prompt: string, tokens: readonly string[], isAborted: () => boolean): Promise<WeighedTokens>;
};

export type KvSessionOptions = {
  readonly appending: Appending;
  /** "always" keeps what is held even where prefilling everything again would be faster. */
  readonly reuse: "fastest" | "always";
  /** Lets messages in between two forwards, so that an abort is heard. */
  readonly rest: () => Promise<void>;
  /** Seconds, from any zero. */
  readonly now: () => number;
  /** For calls without a seed. */
  readonly random: () => number;
};

/** Tokens before a generation that its first token is decoded together with. */
const decodedTogether = 6;

const throwIfAborted = (isAborted: () => boolean) => {
  if (isAborted()) throw aborted();
};

export function createKvSession(pipeline: Pipeline, { appending, reuse, rest, now, random }: KvSessionOptions): KvSession {
  /** Tokens in the KV cache. The last one sampled is not yet among them. */
  let held: number[] = [];
  /** False from the start of a forward until it succeeded: after a failure what the cache holds is not known. */
  let sound = true;
  const counts = { prefilledTokens: 0, prefillSeconds: 0, reusedTokens: 0, decodedTokens: 0, decodeSeconds: 0, rollbacks: 0, rolledBackTokens: 0, rollbackSeconds: 0, resets: 0 };
  let { prefillSeconds: secondsPerPrefilled, decodeSeconds: secondsPerDecoded } = appending.perToken;

  async function forward(tokens: readonly number[], way: "prefill" | "step"): Promise<Logits> {
    const began = now();
    const [first] = tokens;
    sound = false;
    const logits = way === "step" && first !== undefined ? await pipeline.step(first) : await pipeline.prefill(tokens);
    held.push(...tokens);
    sound = true;
    const perToken = (now() - began) / tokens.length;
    // What a token costs grows with the length held, so the latest measurement counts most.
    if (way === "step") secondsPerDecoded = 0.8 * secondsPerDecoded + 0.2 * perToken;
    else if (tokens.length > 1) secondsPerPrefilled = 0.5 * secondsPerPrefilled + 0.5 * perToken;
    await rest();
    return logits;
  }

  /** Makes the cache hold exactly these tokens; the logits after the last, and how many were held already. */
  async function place(tokens: readonly number[], isAborted: () => boolean) {
    const plan = planPlacement(held, tokens, {
      rollback: appending.rollback === "exact", append: appending.append, reuse, prefillChunk: pipeline.prefillChunk,
      secondsPerPrefilled, secondsPerDecoded,
    });
    const back = held.length - plan.keep;
    if (plan.keep === 0) {
      if (pipeline.held > 0) pipeline.reset();
      if (plan.lost > 0) counts.resets += 1;
    } else if (back > 0) {
      const backBegan = now();
      pipeline.popn(back);
      // Of the same prompt again only the last token is taken back: to have its logits.
      if (held[plan.keep] !== tokens[plan.keep] || back > 1) {
        counts.rollbackSeconds += now() - backBegan;
        counts.rollbacks += 1;
        counts.rolledBackTokens += back;
      }
    }
    held = held.slice(0, plan.keep);
    let logits: Logits | undefined;
    const began = now();
    for (const { way, from, to } of plan.forwards) {
      throwIfAborted(isAborted);
      logits = await forward(tokens.slice(from, to), way);
    }
    if (logits === undefined) throw new ModelError("bad-request", "There is nothing to continue: the prompt is empty.");
    counts.prefillSeconds += now() - began;
    counts.prefilledTokens += tokens.length - plan.keep;
    counts.reusedTokens += plan.keep;
    return { logits, cachedTokens: plan.keep };
  }

  /** The prompt's tokens, with one place left for what is generated. */
  function encoded(prompt: string): readonly number[] {
    const tokens = pipeline.encode(prompt);
    if (tokens.length >= pipeline.contextTokens)
      throw new ModelError("context-overflow", `The text is too long for the model: ${tokens.length} tokens, and its context holds ${pipeline.contextTokens}.`);
    return tokens;
  }

  function makeSound(): void {
    if (sound) return;
    pipeline.reset();
    held = [];
    sound = true;
  }

  async function continued(request: KvRequest, emit: (token: GeneratedToken) => void, isAborted: () => boolean) {
    const tokens = encoded(request.prompt);
    const most = Math.min(request.maxTokens, pipeline.contextTokens - tokens.length);
    const luck = request.seed === undefined ? random : seededRandom(request.seed);
    const stops = createStopTexts(request.stop);
    const tokenText = createTokenText((some) => pipeline.decode(some), tokens.slice(-decodedTogether));
    throwIfAborted(isAborted);
    let { logits, cachedTokens } = await place(tokens, isAborted);
    let generatedTokens = 0;
    let ended: Ended | undefined;
    while (ended === undefined) {
      throwIfAborted(isAborted);
      const { token, logProb, entropy } = chooseToken(logits, request.temperature, request.topP, luck);
      generatedTokens += 1;
      const end = pipeline.stopTokens.has(token);
      const { text, stop } = end ? { text: "" } : stops.push(tokenText.push(token));
      emit({ text, tokens: 1, signal: { logProb, entropy } });
      if (end) ended = { kind: "end-of-text" };
      else if (stop !== undefined) ended = { kind: "stop", stop };
      else if (generatedTokens >= most) ended = { kind: "length" };
      else {
        const began = now();
        logits = await forward([token], "step");
        counts.decodeSeconds += now() - began;
        counts.decodedTokens += 1;
      }
    }
    const left = ended.kind === "stop" ? "" : stops.rest();
    if (left !== "") emit({ text: left, tokens: 0 });
    return { ended, usage: { promptTokens: tokens.length, cachedTokens, generatedTokens } };
  }

  return {
    get counts() { return { ...counts }; },
    async generate(request, emit, isAborted) {
      makeSound();
      return await continued(request, emit, isAborted);
    },
    async weigh(prompt, texts, isAborted) {
      makeSound();
      const wanted = tokensOf(pipeline, texts);
      const tokens = encoded(prompt);
      throwIfAborted(isAborted);
      const { logits, cachedTokens } = await place(tokens, isAborted);
      // The token that is judged counts as one, as where a server writes it.
      return { probabilities: weighTokens(logits, wanted), usage: { promptTokens: tokens.length, cachedTokens, generatedTokens: 1 } };
    },
  };
}
