/**
 * Tokens of a text, roughly: the page has no tokenizer before a model is loaded. Four characters a token as in English
 * prose, one where a script has no spaces.
 */
export function roughTokens(text: string): number {
  const dense = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  return Math.ceil(dense + (text.length - dense) / 4);
}

/** Whether a problem and a few steps have room: `tight` where they may not, `never` where not even the problem has. */
export function problemFits(problem: string, contextTokens: number): "well" | "tight" | "never" {
  const share = roughTokens(problem) / contextTokens;
  if (share >= 1) return "never";
  return share > 0.25 ? "tight" : "well";
}
