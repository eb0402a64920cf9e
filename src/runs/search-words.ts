/** Scripts written without spaces between words: found by pairs of characters. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const stretches = new RegExp(`[${unspaced}]+|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`, "gu");
const isUnspaced = new RegExp(`^[${unspaced}]`, "u");

const longestWord = 40;

/** The words of one term: one word, or the overlapping pairs of a stretch without spaces. */
function pieces(stretch: string): string[] {
  if (!isUnspaced.test(stretch)) return [stretch.slice(0, longestWord)];
  const characters = Array.from(stretch);
  // The last one stands alone too, so that every single character begins a word.
  return characters.map((character, index) => character + (characters[index + 1] ?? ""));
}

const folded = (text: string): string => text.normalize("NFKC").toLowerCase();

/** What a text is found by, each once: words of letters and digits; pairs of characters where a script has no spaces. */
export function searchWords(text: string): string[] {
  return [...new Set((folded(text).match(stretches) ?? []).flatMap(pieces))];
}

/** One thing to look for: every piece must begin a word of the same text. */
export type SearchTerm = readonly string[];

export function searchTerms(query: string): SearchTerm[] {
  return (folded(query).match(stretches) ?? []).map((stretch) => {
    const all = pieces(stretch);
    // The pair before already holds the last character.
    return isUnspaced.test(stretch) && all.length > 1 ? all.slice(0, -1) : all;
  });
}
