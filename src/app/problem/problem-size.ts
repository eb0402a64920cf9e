import type { Settings } from "../settings/settings.ts";

const usualCharactersPerToken = 4;
/** The built-in pair knows few words and spells the others out. */
const embeddedCharactersPerToken = 1.5;

export const charactersPerToken = (source: Settings["draft"]["source"]): number =>
  source === "embedded" ? embeddedCharactersPerToken : usualCharactersPerToken;

/**
 * Tokens of a text, roughly: the page has no tokenizer before a model is loaded. Four characters a token as in English
 * prose read by a usual tokenizer, one where a script has no spaces.
 */
export function roughTokens(text: string, perToken = usualCharactersPerToken): number {
  const dense = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  return Math.ceil(dense + (text.length - dense) / perToken);
}

/** Whether a problem and a few steps have room: `tight` where they may not, `never` where not even the problem has. */
export function problemFits(problem: string, contextTokens: number, perToken = usualCharactersPerToken): "well" | "tight" | "never" {
  const share = roughTokens(problem, perToken) / contextTokens;
  if (share >= 1) return "never";
  return share > 0.25 ? "tight" : "well";
}
