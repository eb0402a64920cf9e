import { languageTag, useLanguage, type Language } from "./use-words.ts";

export function createNumbers(language: Language) {
  const tag = languageTag[language];
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const score = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 });
  const exactPercent = new Intl.NumberFormat(tag, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const short = new Intl.NumberFormat(tag, { maximumSignificantDigits: 3 });
  const date = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" });
  return {
    count: (value: number): string => whole.format(value),
    score: (value: number): string => score.format(value),
    percent: (share: number): string => percent.format(share),
    /** With one decimal. */
    exactPercent: (share: number): string => exactPercent.format(share),
    /** Three significant digits. */
    short: (value: number): string => short.format(value),
    seconds: (value: number): string => (value >= 100 ? whole : score).format(value),
    date: (milliseconds: number): string => date.format(milliseconds),
  };
}

export type Numbers = ReturnType<typeof createNumbers>;

/** Formatters are dear to make, and each step needs them. */
const made = new Map<Language, Numbers>();

/** Numbers as the chosen language writes them. */
export function useNumbers(): Numbers {
  const language = useLanguage();
  const numbers = made.get(language) ?? createNumbers(language);
  made.set(language, numbers);
  return numbers;
}
