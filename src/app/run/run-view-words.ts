import { plural } from "../words/numbers.ts";
import { useLanguage, type Language } from "../words/use-words.ts";

const steps = plural("step", "steps");

const en = {
  answerBelow: "The answer will stand here; the steps come first.",
  noAnswer: "No answer yet.",
  toAnswer: "Answer",
  /** Beside the symbol of who wrote them. */
  by: {
    draft: (count: number) => `${steps(count)} drafted on this device`,
    base: (count: number) => `${steps(count)} written by the base model`,
    reader: (count: number) => `${steps(count)} by you`,
  },
  pending: (count: number) => `${count} not judged yet`,
  unverified: (count: number) => `${count} unverified`,
  details: "Tokens, requests and time in detail",
};

export type RunViewWords = typeof en;

const zh: RunViewWords = {
  answerBelow: "先有步骤，随后答案会出现在这里。",
  noAnswer: "尚无答案。",
  toAnswer: "看答案",
  by: {
    draft: (count) => `${count} 步在本机起草`,
    base: (count) => `${count} 步由基础模型撰写`,
    reader: (count) => `${count} 步由你撰写`,
  },
  pending: (count) => `${count} 步待评判`,
  unverified: (count) => `${count} 步未验证`,
  details: "词元、请求与时间的细节",
};

export const runViewWords: Record<Language, RunViewWords> = { en, zh };

export const useRunViewWords = (): RunViewWords => runViewWords[useLanguage()];
