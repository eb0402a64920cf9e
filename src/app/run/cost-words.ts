import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  title: "Tokens sent and paid for",
  prompt: "Prompt",
  cached: "of it cached",
  generated: "Generated",
  cost: "Cost",
  baseOnly: "Base alone, cost",
  assumption: "In the currency of your prices. Base alone is an estimate: one request that writes all steps and the answer, each as long as here, with nothing of its prompt cached; the draft model’s tokens count as the base model’s, and the problem’s are taken from its length.",
};

export type CostWords = typeof en;

const zh: CostWords = {
  title: "发送与计费的词元",
  prompt: "提示",
  cached: "其中来自缓存",
  generated: "生成",
  cost: "费用",
  baseOnly: "仅基础模型的费用",
  assumption: "以你所填价格的货币计。“仅基础模型”是估计值：假定一次请求写出全部步骤与答案，长度与此处相同，提示不经缓存；草稿模型的词元按基础模型的词元计，题目的词元数由其长度推算。",
};

export const costWords: Record<Language, CostWords> = { en, zh };

export const useCostWords = (): CostWords => costWords[useLanguage()];
