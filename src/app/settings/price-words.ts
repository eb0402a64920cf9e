import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  title: "Prices",
  of: (model: string) => `Prices of ${model}, for a million tokens`,
  ofAll: "Prices of this endpoint’s models, for a million tokens",
  prompt: "Prompt",
  cachedPrompt: "Cached prompt",
  generated: "Generated",
  note: "In any one currency. Left empty, no cost is shown; an empty cached price is the prompt price.",
  outOf: (least: string, most: string) => `A number between ${least} and ${most}, or nothing.`,
};

export type PriceWords = typeof en;

const zh: PriceWords = {
  title: "价格",
  of: (model) => `${model} 的价格（每百万词元）`,
  ofAll: "此端点各模型的价格（每百万词元）",
  prompt: "提示",
  cachedPrompt: "缓存的提示",
  generated: "生成",
  note: "任选一种货币。留空则不显示费用；缓存价格留空时按提示价格计。",
  outOf: (least, most) => `${least} 与 ${most} 之间的数字，或留空。`,
};

export const priceWords: Record<Language, PriceWords> = { en, zh };

export const usePriceWords = (): PriceWords => priceWords[useLanguage()];
