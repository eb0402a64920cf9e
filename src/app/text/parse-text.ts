import { Marked, type Token, type TokenizerAndRendererExtension } from "marked";

export type MathsToken = { readonly type: "maths"; readonly raw: string; readonly tex: string; readonly display: boolean };

/** Longer is no formula but a mistake; it would only slow the page down. */
const longestFormula = 4000;

/** How models write formulas, most particular first. A dollar sign before a digit's price is none: nothing may touch it from inside. */
const inlineForms: readonly { readonly pattern: RegExp; readonly display: boolean }[] = [
  { pattern: /^\$\$([^$]{1,4000}?)\$\$/, display: true },
  { pattern: /^\\\[([\s\S]{1,4000}?)\\\]/, display: true },
  { pattern: /^\\\(([\s\S]{1,4000}?)\\\)/, display: false },
  { pattern: /^\$(?![\s$])((?:\\.|[^$\\\n])*?)(?<!\s)\$(?!\d)/, display: false },
];

function mathsAt(source: string): MathsToken | undefined {
  for (const { pattern, display } of inlineForms) {
    const [raw, tex] = pattern.exec(source) ?? [];
    if (raw !== undefined && tex !== undefined && raw.length <= longestFormula) return { type: "maths", raw, tex: tex.trim(), display };
  }
  return boxedAt(source);
}

/** `\boxed{…}` outside of a formula, as models end their answers; its braces may nest. */
function boxedAt(source: string): MathsToken | undefined {
  const opening = "\\boxed{";
  if (!source.startsWith(opening)) return undefined;
  let depth = 1;
  for (let index = opening.length; index < Math.min(source.length, longestFormula); index++) {
    if (source[index] === "\\") index += 1;
    else if (source[index] === "{") depth += 1;
    else if (source[index] === "}") depth -= 1;
    if (depth === 0) return { type: "maths", raw: source.slice(0, index + 1), tex: source.slice(0, index + 1), display: false };
  }
  return undefined;
}

const maths: TokenizerAndRendererExtension = {
  name: "maths",
  level: "inline",
  start: (source) => {
    const index = source.search(/\$|\\\(|\\\[|\\boxed\{/);
    return index === -1 ? undefined : index;
  },
  tokenizer: (source) => mathsAt(source),
};

/** A formula on lines of its own is taken whole, before its lines can look like lists, headings or rules. */
const displayedMaths: TokenizerAndRendererExtension = {
  name: "displayedMaths",
  level: "block",
  start: (source) => {
    const index = source.search(/^(?:\$\$|\\\[)/m);
    return index === -1 ? undefined : index;
  },
  tokenizer: (source) => {
    const [raw, dollars, brackets] = /^(?:\$\$([^$]{1,4000}?)\$\$|\\\[([\s\S]{1,4000}?)\\\])[ \t]*(?:\n+|$)/.exec(source) ?? [];
    const tex = dollars ?? brackets;
    return raw === undefined || tex === undefined ? undefined : { type: "maths", raw, tex: tex.trim(), display: true };
  },
};

const marked = new Marked({
  extensions: [maths, displayedMaths],
  gfm: true,
  breaks: true,
  tokenizer: {
    // In 3*4*5 and a~b~c the signs are the writer's, not emphasis: marked takes those inside a word for it.
    emStrong: (source, _masked, before) => (source.startsWith("*") && before !== undefined && /[\p{L}\p{N})\]]/u.test(before) ? undefined : false),
    del: (source) => (source.startsWith("~~") ? false : undefined),
  },
});

/** The lexer's time grows with the square of some hostile texts; a step or an answer of a model is far below this. */
const longestParsed = 12_000;

/** What no reader nests but a model gone wild, and what makes the lexer try every place of a very long word. */
const unreadable = /^(?:[ \t]{0,3}(?:>|[-*+]|\d{1,9}[.)])[ \t]*){12}|^[ \t]{60,}(?:[-*+]|\d{1,9}[.)])[ \t]|[\w.+-]{1000}|[*_~`<[]{200}/m;

function lexed(text: string): readonly Token[] | undefined {
  if (text.length > longestParsed || unreadable.test(text)) return undefined;
  try {
    return marked.lexer(text);
  } catch {
    return undefined;
  }
}

/** The last so many texts are kept: settled text is parsed once, though it may be drawn again. */
const parsed = new Map<string, readonly Token[] | undefined>();
const mostParsed = 2000;

/** Markdown and formulas of a text; undefined where it can only be shown as it was written. */
export function parseText(text: string): readonly Token[] | undefined {
  if (parsed.has(text)) return parsed.get(text);
  const tokens = lexed(text);
  const [oldest] = parsed.keys();
  if (parsed.size >= mostParsed && oldest !== undefined) parsed.delete(oldest);
  parsed.set(text, tokens);
  return tokens;
}

export const isMaths = (token: { readonly type: string }): token is MathsToken => token.type === "maths";
