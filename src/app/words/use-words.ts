import type { Settings } from "../settings/settings.ts";
import { useSettings } from "../settings/settings-store.ts";
import { en, type Words } from "./en.ts";
import { zh } from "./zh.ts";

export type Language = "en" | "zh";
const dictionaries: Record<Language, Words> = { en, zh };

export const languageTag: Record<Language, string> = { en: "en", zh: "zh-Hans" };

export const spokenLanguage = (chosen: Settings["language"], preferred: string): Language =>
  chosen === "auto" ? (/^zh\b/i.test(preferred) ? "zh" : "en") : chosen;

export const useLanguage = (): Language => useSettings(({ settings }) => spokenLanguage(settings.language, navigator.language));

export const useWords = (): Words => dictionaries[useLanguage()];

export const wordsOf = (language: Language): Words => dictionaries[language];
