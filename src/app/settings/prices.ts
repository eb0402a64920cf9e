import * as v from "valibot";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Prices } from "../../models/endpoint/pricing.ts";
import { readStored, writeStored } from "../stored.ts";

const storageKey = "specreason.prices";

/** Most of what a million tokens may cost, in any currency. */
export const priceLimits = { least: 0, most: 1_000_000 } as const;

const price = v.exactOptional(v.fallback(v.optional(v.pipe(v.number(), v.minValue(priceLimits.least), v.maxValue(priceLimits.most))), undefined));
const enteredSchema = v.object({ prompt: price, cachedPrompt: price, generated: price });
const storedSchema = v.fallback(v.record(v.string(), v.fallback(enteredSchema, {})), {});

/** As far as a person has filled them in, for a million tokens. */
export type EnteredPrices = v.InferOutput<typeof enteredSchema>;
type PriceList = Readonly<Record<string, EnteredPrices>>;

/** Prices out of anything: what cannot be read is left out. */
export const readPrices = (stored: unknown): PriceList => v.parse(storedSchema, stored);

export const priceStore = createStore<{ readonly list: PriceList }>(() => ({ list: readPrices(readStored(storageKey)) }));

/** As a base model's id is made: the endpoint, then the model; without a name, the prices are of every model there that has none of its own. */
export const priceKey = (endpoint: string, model: string): string => `${endpoint.replace(/\/v1(\/(chat\/)?completions|\/models)?$/, "")} ${model.trim()}`;

export function changePrices(key: string, changes: EnteredPrices): void {
  const { list } = priceStore.getState();
  const { [key]: before = {}, ...others } = list;
  const prices = { ...before, ...changes };
  const none = Object.values(prices).every((value) => value === undefined);
  const changed = none ? others : { ...others, [key]: prices };
  priceStore.setState({ list: changed });
  writeStored(storageKey, changed);
}

/** What a run with this base model is to be reckoned with; undefined until both prompt and generated tokens have a price. */
export function pricesOf(list: PriceList, base: string): Prices | undefined {
  const everyModel = base.slice(0, base.indexOf(" ") + 1);
  const { prompt, cachedPrompt, generated } = list[base] ?? list[everyModel] ?? {};
  if (prompt === undefined || generated === undefined) return undefined;
  return { prompt, generated, ...(cachedPrompt === undefined ? {} : { cachedPrompt }) };
}

export const usePriceList = (): PriceList => useStore(priceStore, ({ list }) => list);
