import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  title: "Tokens step by step",
  note: "Read, and written. “New” is what was not in the draft model’s KV cache; “cached” what the endpoint had kept from before. A request that scores several steps stands with each of them.",
  step: "Step",
  draft: "Draft",
  score: "Score",
  base: "Base",
  answer: "Answer",
  fresh: (fresh: string) => `${fresh} new`,
  cached: (cached: string) => `${cached} cached`,
  written: (written: string) => `${written} written`,
  shared: (steps: string) => `for ${steps} steps`,
};

export type StepTokensWords = typeof en;

const zh: StepTokensWords = {
  title: "逐步的词元",
  note: "读取与写出的词元。“新”是草稿模型 KV 缓存里没有的部分；“缓存”是端点先前留下的部分。一次请求为多个步骤评分时，在每个步骤处都列出。",
  step: "步骤",
  draft: "草稿",
  score: "评分",
  base: "基础",
  answer: "答案",
  fresh: (fresh) => `新 ${fresh}`,
  cached: (cached) => `缓存 ${cached}`,
  written: (written) => `写出 ${written}`,
  shared: (steps) => `共 ${steps} 步`,
};

const stepTokensWords: Record<Language, StepTokensWords> = { en, zh };

export const useStepTokensWords = (): StepTokensWords => stepTokensWords[useLanguage()];
