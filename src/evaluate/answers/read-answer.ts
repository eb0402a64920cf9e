import type { Answer, Leaf } from "./answer.ts";
import { bracketsAround, nesting, splitOutside } from "./bracketed.ts";
import { readDate } from "./read-date.ts";
import { readLeaf } from "./read-leaf.ts";
import { tidyLatex } from "./tidy-latex.ts";

/** Longer or deeper than any answer: compared as text only, which takes no time. */
const longest = 2_000;
const deepest = 40;
const mostItems = 64;

/** Takes an answer apart: brackets, lists, matrices, equations, units. Never throws; what is none of these is text. */
export function readAnswer(written: string): Answer {
  if (written.length > longest) return asText(written);
  const tidied = tidyLatex(written);
  const depth = nesting(tidied);
  return depth === undefined || depth > deepest ? { kind: "text", text: tidied } : read(tidied);
}

const asText = (text: string): Answer => ({ kind: "text", text: wordsOf(text) });

/** Letters alone tell words apart: case, punctuation and marks of emphasis do not. */
const wordsOf = (text: string): string => text.toLowerCase().replaceAll(/\\text\{([^{}]*)\}/g, "$1").replaceAll(/[\s.,;:!?'’"“”*_()-]+/g, " ").trim();

function read(text: string): Answer {
  const date = readDate(text.replaceAll(/\\text\{([^{}]*)\}/g, "$1"));
  if (date !== undefined) return { kind: "date", text: date };
  if (isWords(text)) return asText(text);
  const matrix = readMatrix(text);
  if (matrix !== undefined) return matrix;
  const unbound = text.replaceAll(/,?\s*(?:\\text\{(?:or|and)\}|(?<![a-zA-Z])(?:or|and)(?![a-zA-Z]))\s*/gi, ",").replace(/^[a-zA-Z]\s*\\in(?![a-zA-Z])\s*/, "");
  const parts = splitOutside(unbound, ["\\cup"]);
  if (parts.length > 1) return { kind: "union", items: parts.map((part) => read(part.trim())) };
  const choice = /^\(?(?:\\text\{)?\(?([A-Z])\)?\}?\)?$/.exec(unbound)?.[1];
  if (choice !== undefined && unbound.length > 1) return readLeaf(choice);
  const set = bracketsAround(unbound);
  if (set !== undefined) return readBrackets(set.open, set.close, set.inside);
  const items = splitOutside(unbound, [",", ";"]);
  if (items.length > 1) return unordered(items);
  return readRelation(unbound) ?? signsOf(unbound);
}

const answers = new Set(["yes", "no", "true", "false", "odd", "none"]);
const isWords = (text: string): boolean => {
  const plain = text.replaceAll(/\\text\{([^{}]*)\}/g, "$1").trim();
  if (!/^[\p{L}\s'’.()-]+$/u.test(plain)) return false;
  return answers.has(plain.toLowerCase()) || /\p{L}{4}|\p{Script=Han}/u.test(plain) || (text.startsWith("\\text{") && /\p{L}{2}/u.test(plain)) || /^\p{L}{2,}(?: \p{L}+)+$/u.test(plain);
};

function readBrackets(open: string, close: string, inside: string): Answer {
  const items = splitOutside(inside, [",", ";"]);
  if (items.length > mostItems) return asText(inside);
  if (open === "\\{") return inside.trim() === "" ? { kind: "unordered", items: [] } : unordered(items);
  // A pair of parentheses around one thing says nothing.
  if (items.length === 1 && open === "(" && close === ")") return read(inside.trim());
  return { kind: "ordered", open, close, items: items.map((item) => read(item.trim())) };
}

function unordered(items: readonly string[]): Answer {
  if (items.length > mostItems) return asText(items.join(","));
  const all = items.map((item) => item.trim()).filter((item) => item !== "").map(read);
  return { kind: "unordered", items: all.flatMap((item) => (item.kind === "unordered" ? item.items : [item])) };
}

/** `a ± b` stands for both. */
function signsOf(text: string): Answer {
  if (!/\\(?:pm|mp)(?![a-zA-Z])/.test(text)) return readLeaf(text);
  const signed = (plus: string, minus: string): Leaf => readLeaf(text.replaceAll(/\\pm(?![a-zA-Z])\s*/g, plus).replaceAll(/\\mp(?![a-zA-Z])\s*/g, minus));
  return { kind: "unordered", items: [signed("+", "-"), signed("-", "+")] };
}

function readMatrix(text: string): Answer | undefined {
  const [, , inside] = /^\\begin\{([pbvBV]?matrix|array)\}(?:\{[clr|]*\})?([^]*)\\end\{\1\}$/.exec(text) ?? [];
  if (inside === undefined || inside.includes("\\begin")) return undefined;
  const rows = inside.split(/\\\\(?:\[[^\]]*\])?/).map((row) => row.trim()).filter((row) => row !== "");
  if (rows.length > mostItems) return asText(text);
  return { kind: "matrix", rows: rows.map((row) => row.split("&").map((item) => read(item.trim()))) };
}

const compared = ["\\le", "\\ge", "<", ">"] as const;
type Sign = (typeof compared)[number];
const turned: Readonly<Record<Sign, Sign>> = { "<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le" };

/** `x>2` and `1<x\le 3` are intervals; `x=5` and `y=2x+3` equations. */
function readRelation(text: string): Answer | undefined {
  if (/[<>]|\\[lg]e(?![a-zA-Z])/.test(text)) return readBounds(text.replaceAll(/\\([lg]e)(?![a-zA-Z]) ?/g, "\\$1"));
  const sides = splitOutside(text, ["="]);
  const [left = "", right = ""] = sides;
  if (sides.length !== 2 || left.trim() === "" || right.trim() === "") return undefined;
  return { kind: "equation", left: left.trim(), right: signsOf(right.trim()), latex: text };
}

function readBounds(text: string): Answer | undefined {
  const parts = splitOutside(text, compared).map((part) => part.trim());
  const signs: Sign[] = [];
  let at = 0;
  for (const part of parts.slice(0, -1)) {
    at = text.indexOf(part, at) + part.length;
    const sign = compared.find((one) => text.trimStart().startsWith(one, at) || text.startsWith(one, at));
    if (sign === undefined) return undefined;
    signs.push(sign);
    at += sign.length;
  }
  const [first = "", second = "", third] = parts;
  const [sign, next] = signs;
  const isName = (part: string): boolean => /^[a-zA-Z]$/.test(part);
  if (sign === undefined || parts.length > 3) return undefined;
  if (third !== undefined) return isName(second) && next !== undefined ? interval([first, sign, next, third]) : undefined;
  if (isName(second)) return interval([first, sign]);
  return isName(first) ? interval([second, turned[sign]]) : undefined;
}

/** `first sign x`, or `first sign x second last`. */
function interval([first = "", sign = "", second, last]: readonly (string | undefined)[]): Answer | undefined {
  const rising = sign === "<" || sign === "\\le";
  if (second !== undefined && (second === "<" || second === "\\le") !== rising) return undefined;
  const from = { bound: first.trim(), closed: sign.startsWith("\\") };
  const to = last === undefined ? { bound: rising ? "\\infty" : "-\\infty", closed: false } : { bound: last.trim(), closed: second?.startsWith("\\") === true };
  if (from.bound === "" || to.bound === "") return undefined;
  const [low, high] = rising ? [from, to] : [to, from];
  return { kind: "ordered", open: low.closed ? "[" : "(", close: high.closed ? "]" : ")", items: [readLeaf(low.bound), readLeaf(high.bound)] };
}
