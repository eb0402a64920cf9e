import * as v from "valibot";
import { readStored, writeStored } from "../stored.ts";

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const measured = v.object({ tokens: amount, seconds: amount });
export const modelSpeed = v.object({ prefill: measured, decode: measured });
const speedsSchema = v.record(v.string(), modelSpeed);

type Measured = v.InferOutput<typeof measured>;
/** Tokens and the seconds they took, of the latest calls. */
export type ModelSpeed = { readonly prefill: Measured; readonly decode: Measured };

const key = "specreason.speeds";

/** Older calls fade: together they count as much as so many tokens. */
const rememberedTokens = 2000;

const none: ModelSpeed = { prefill: { tokens: 0, seconds: 0 }, decode: { tokens: 0, seconds: 0 } };

const added = (old: Measured, tokens: number, seconds: number): Measured => {
  const fading = Math.min(1, rememberedTokens / Math.max(1, old.tokens + tokens));
  return { tokens: (old.tokens + tokens) * fading, seconds: (old.seconds + seconds) * fading };
};

/** By the draft model's name. */
export function readSpeeds(): Readonly<Record<string, ModelSpeed>> {
  const parsed = v.safeParse(speedsSchema, readStored(key));
  return parsed.success ? parsed.output : {};
}

/** Adds what one call measured to what is known of a model on this device. */
export function keepSpeed(model: string, { prefill, decode }: ModelSpeed): ModelSpeed {
  const speeds = readSpeeds();
  const old = speeds[model] ?? none;
  const now = { prefill: added(old.prefill, prefill.tokens, prefill.seconds), decode: added(old.decode, decode.tokens, decode.seconds) };
  writeStored(key, { ...speeds, [model]: now });
  return now;
}

/** Tokens a second; undefined where too little was measured. */
export const perSecond = ({ tokens, seconds }: Measured): number | undefined => (tokens >= 8 && seconds > 0 ? tokens / seconds : undefined);
