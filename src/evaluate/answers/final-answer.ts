/** Where a final answer was found in what a model wrote, surest first. `last-number` is a guess for want of any sign. */
export type FoundBy = "boxed" | "hashes" | "phrase" | "last-number";
export type FinalAnswer = { readonly text: string; readonly foundBy: FoundBy };

/** The final answer in a model's text: the last `\boxed{…}`, what follows `####`, "the result is …", or, as a last resort, the last number. */
export function finalAnswer(text: string): FinalAnswer | undefined {
  const boxed = lastBoxed(text);
  if (boxed !== undefined) return { text: boxed, foundBy: "boxed" };
  const hashes = text.lastIndexOf("####");
  if (hashes >= 0) {
    const line = firstLine(text.slice(hashes + 4));
    if (line !== "") return { text: line, foundBy: "hashes" };
  }
  const phrase = afterPhrase(text);
  if (phrase !== undefined) return { text: phrase, foundBy: "phrase" };
  const number = lastNumber(text);
  return number === undefined ? undefined : { text: number, foundBy: "last-number" };
}

const firstLine = (text: string): string => text.trimStart().split("\n", 1)[0]?.trim() ?? "";

function lastBoxed(text: string): string | undefined {
  for (let end = text.length; end >= 0;) {
    const at = Math.max(text.lastIndexOf("\\boxed", end), text.lastIndexOf("\\fbox", end));
    if (at < 0) return undefined;
    const open = at + (text.startsWith("\\boxed", at) ? 6 : 5);
    const content = inBraces(text, open);
    // A box that was never closed, or an empty one, is no answer: an earlier one may be.
    if (content !== undefined && content.trim() !== "") return content.trim();
    end = at - 1;
  }
  return undefined;
}

/** `\boxed{…}`, or `\boxed 5`. */
function inBraces(text: string, from: number): string | undefined {
  let at = from;
  while (text[at] === " ") at += 1;
  if (text[at] !== "{") return /^\s*-?[\w.]+/.exec(text.slice(from, from + 40))?.[0];
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    const letter = text[index];
    if (letter === "\\") index += 1;
    else if (letter === "{") depth += 1;
    else if (letter === "}" && --depth === 0) return text.slice(at + 1, index);
  }
  return undefined;
}

const phrases = /(?:final (?:answer|result|number)|the (?:answer|result)|answer)\s*(?:is|was|:|=|：)+\s*|(?:答案|结果)(?:是|为|：|:)\s*/giu;
/** A sentence of an answer is short; what is longer is no answer but a text. */
const longestSentence = 2_000;

function afterPhrase(text: string): string | undefined {
  const found = [...text.matchAll(phrases)].at(-1);
  if (found === undefined) return undefined;
  const rest = firstLine(text.slice(found.index + found[0].length)).slice(0, longestSentence);
  // A full stop ends it, a decimal point does not.
  const sentence = rest.split(/[.。](?=\s|$)/u, 1)[0]?.replaceAll(/\*\*|`/g, "").trim() ?? "";
  return sentence === "" ? undefined : sentence;
}

/** Far from the end no last number is looked for. */
const lookBack = 20_000;

function lastNumber(text: string): string | undefined {
  return [...text.slice(-lookBack).matchAll(/-?(?:\d[\d,]*)?\.?\d+(?:\/\d+)?/g)].at(-1)?.[0];
}
