import { ModelError } from "../model-error.ts";
import type { Logits, Pipeline } from "./pipeline.ts";
import type { AppendWay } from "./plan-placement.ts";

/** What the check at load found out about a model library on this adapter. */
export type Appending = {
  readonly append: AppendWay;
  /** Whether held tokens can be taken back, and why not. */
  readonly rollback: "exact" | "unavailable";
  /** A sentence for people. */
  readonly why: string;
  /** Largest difference of a logit from those of one whole prefill; absent where it could not be tried. */
  readonly differences: { readonly inParts: number; readonly tokenByToken: number; readonly afterRollback?: number };
  readonly tolerance: number;
  readonly perToken: { readonly prefillSeconds: number; readonly decodeSeconds: number };
};

/** Long enough to show it: one library was wrong by 9.9 with 24 tokens held and 3 appended. */
const checkText = "Start with 5. Add 3. Then subtract 2, double the result, and take 4 away. What is the result?";
const checkTokens = 27;
const appendedTokens = 3;

/** Wrong kernels were off by whole logits, right ones by 0.002 in 32-bit floats; 16-bit floats round by up to a hundredth of a logit at each of dozens of layers. */
export const toleranceFor = (halfPrecision: boolean): number => (halfPrecision ? 0.5 : 0.05);

/**
 * Prefills a short text at once, in two parts, token by token, and with its end taken back and appended again: the logits
 * must agree. Leaves the cache empty.
 * @throws ModelError "out-of-memory" where nothing is computed at all
 * @param now seconds
 */
export async function checkAppending(pipeline: Pipeline, now: () => number, onProgress: () => void = () => undefined): Promise<Appending> {
  const tokens = textTokens(pipeline);
  const kept = tokens.length - appendedTokens;
  const forwarded = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    onProgress();
    return result;
  };
  const prefill = (some: readonly number[]) => forwarded(pipeline.prefill(some));
  const steps = async (some: readonly number[]) => {
    let logits: Logits = new Float32Array();
    for (const token of some) logits = await forwarded(pipeline.step(token));
    return logits;
  };
  const canPop = pipeline.noRollback === undefined;

  pipeline.reset();
  // The first forward compiles the shaders; it is not the one that is timed.
  const whole = await prefill(tokens);
  // WebGPU reports memory that could not be had only to a listener of the device; the kernels then read zeros.
  if (whole.every((logit) => logit === whole[0]))
    throw new ModelError("out-of-memory", "The GPU computes nothing with this model, most likely because its memory is full. Close other tabs, or choose a smaller model or context.");
  pipeline.reset();
  const prefillBegan = now();
  await prefill(tokens.slice(0, kept));
  const prefillSeconds = (now() - prefillBegan) / kept;
  const inParts = differenceOf(whole, await prefill(tokens.slice(kept)));
  let afterRollback: number | undefined;
  if (canPop) {
    pipeline.popn(appendedTokens);
    afterRollback = differenceOf(whole, await steps(tokens.slice(kept)));
  }
  pipeline.reset();
  await steps(tokens.slice(0, 1));
  const decodeBegan = now();
  const tokenByToken = differenceOf(whole, await steps(tokens.slice(1)));
  const decodeSeconds = (now() - decodeBegan) / (tokens.length - 1);
  pipeline.reset();

  const tolerance = toleranceFor(pipeline.halfPrecision);
  const rollback = canPop && (afterRollback ?? 0) <= Math.max(tolerance, 2 * tokenByToken) ? "exact" : "unavailable";
  const append = inParts <= tolerance ? "prefill" : tokenByToken <= tolerance ? "steps" : "never";
  return {
    append, rollback, tolerance,
    why: whyOf(append, rollback, pipeline.noRollback, tokenByToken > tolerance),
    differences: { inParts, tokenByToken, ...(afterRollback === undefined ? {} : { afterRollback }) },
    perToken: { prefillSeconds, decodeSeconds },
  };
}

function textTokens(pipeline: Pipeline): readonly number[] {
  const once = pipeline.encode(checkText);
  const most = Math.min(checkTokens, pipeline.prefillChunk, pipeline.contextTokens);
  return Array.from({ length: most }, (_, index) => once[index % once.length] ?? 0);
}

export function differenceOf(one: Logits, other: Logits): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const [token, logit] of one.entries()) {
    const difference = Math.abs(logit - (other[token] ?? Number.NaN));
    // Masked tokens are minus infinity on both sides.
    if (logit === other[token]) continue;
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}

function whyOf(append: AppendWay, rollback: Appending["rollback"], noRollback: string | undefined, decodesWrongly: boolean): string {
  const ways = {
    prefill: "Appending to the KV cache is right on this library and adapter.",
    steps: "This library appends wrongly in one forward: new tokens are appended one by one, or everything is prefilled again where that is faster.",
    never: "This library computes differently whenever it continues a KV cache: every step is prefilled from the start.",
  };
  const sure = decodesWrongly ? `${ways[append]} Decoding one by one computes differently from prefilling: what it drafts may be worse than the model is.` : ways[append];
  if (rollback === "exact") return sure;
  return `${sure} ${noRollback ?? "Taking tokens back changes what it computes."} After a rejected step everything is prefilled again.`;
}
