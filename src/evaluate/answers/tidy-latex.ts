/** Signs that people and models write in place of LaTeX. */
const signs: readonly (readonly [RegExp, string])[] = [
  [/[−–—]/g, "-"], [/[×✕]/g, "\\times "], [/[·∙⋅]/g, "\\cdot "], [/÷/g, "/"], [/π/g, "\\pi "], [/∞/g, "\\infty "], [/√\s*(\d+(?:\.\d+)?|[a-z])/gi, "\\sqrt{$1}"], [/√\s*\(([^()]*)\)/g, "\\sqrt{$1}"],
  [/±/g, "\\pm "], [/∓/g, "\\mp "], [/∪/g, "\\cup "], [/∈/g, "\\in "], [/≤/g, "\\le "], [/≥/g, "\\ge "], [/≠/g, "\\ne "], [/θ/g, "\\theta "],
  [/½/g, "\\frac{1}{2}"], [/⅓/g, "\\frac{1}{3}"], [/⅔/g, "\\frac{2}{3}"], [/¼/g, "\\frac{1}{4}"], [/¾/g, "\\frac{3}{4}"],
  [/，/g, ","], [/（/g, "("], [/）/g, ")"], [/％/g, "%"], [/＝/g, "="], [/º/g, "°"], [/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, ""],
];
const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** The same in other words of LaTeX. In order: what comes first makes what follows simpler. */
const rewritings: readonly (readonly [RegExp, string])[] = [
  [/\\(?:left|right|bigl?|bigr?|Bigl?|Bigr?|biggl?|biggr?|displaystyle|textstyle|limits)(?![a-zA-Z])\s*\.?/g, ""],
  [/(?<=\d)\s*(?:,\s*\\!|\{,\}|\\,)\s*(?=\d{3}(?!\d))/g, ""],
  [/\\!/g, ""],
  // Not the end of a matrix's row.
  [/(?<!\\)\\(?:,|;|:|>|quad(?![a-zA-Z])|qquad(?![a-zA-Z])| )|~/g, " "],
  [/\\[dtc]frac(?![a-zA-Z])/g, "\\frac"],
  [/\\(?:mbox|textbf|textrm|textit|textsf|texttt|mathrm|mathbf|mathit|mathsf|operatorname|hbox|bold|rm)(?=\s*\{)/g, "\\text"],
  [/\^\s*\{?\s*\\(?:circ|degree)\s*\}?|\\degree(?![a-zA-Z])/g, "°"],
  [/\\text\s*\{\s*degrees?\s*\}|(?<=[\d})])\s*degrees?\b/gi, "°"],
  [/\\%|\\text\s*\{\s*(?:%|\\%|percent)\s*\}|(?<=\d)\s*percent\b/gi, "%"],
  [/\\leq(?![a-zA-Z])|\\leqslant(?![a-zA-Z])|<=/g, "\\le "], [/\\geq(?![a-zA-Z])|\\geqslant(?![a-zA-Z])|>=/g, "\\ge "],
  [/\\lt(?![a-zA-Z])/g, "<"], [/\\gt(?![a-zA-Z])/g, ">"],
  [/\\(?:ne|neq)(?![a-zA-Z])/g, "\\ne "],
  [/\\lbrace(?![a-zA-Z])/g, "\\{"], [/\\rbrace(?![a-zA-Z])/g, "\\}"], [/\\lbrack(?![a-zA-Z])/g, "["], [/\\rbrack(?![a-zA-Z])/g, "]"],
  [/(?<![\\a-zA-Z])sqrt\s*\(([^()]*)\)/g, "\\sqrt{$1}"],
  [/(?<![\\a-zA-Z])pi(?![a-zA-Z])/g, "\\pi "],
  [/(?<![\\a-zA-Z])(?:infinity|infty|inf)(?![a-zA-Z])/gi, "\\infty "],
  [/\*\*/g, "^"], [/\*/g, "\\cdot "],
  [/\\(frac)\s*(\d|[a-zA-Z])\s*(\d|[a-zA-Z])/g, "\\$1{$2}{$3}"],
  [/\\(frac)\s*(\d|[a-zA-Z])\s*\{/g, "\\$1{$2}{"],
  [/(\\frac\s*\{[^{}]*\})\s*(\d|[a-zA-Z])/g, "$1{$2}"],
  [/\\sqrt\s*(\d|[a-zA-Z])/g, "\\sqrt{$1}"],
  [/\+\s*\\infty/g, "\\infty"],
  [/\\(?:times|cdot)(?![a-zA-Z])/g, "\\cdot "],
];

const wrappers: readonly RegExp[] = [/^\*\*([^*]*)\*\*$/, /^\$\$([^]*)\$\$$/, /^\$([^$]*)\$$/, /^\\\(([^]*)\\\)$/, /^\\\[([^]*)\\\]$/];

/** An answer in one way of writing it: one spelling of each command, no spaces but those that separate something. Linear in its length. */
export function tidyLatex(written: string): string {
  let text = written.normalize("NFC").trim().replace(/(?<=\$|\*\*|\\[)\]])[.,]$/, "");
  for (const wrapper of wrappers) text = wrapper.exec(text)?.[1]?.trim() ?? text;
  for (const [sign, latex] of signs) text = text.replaceAll(sign, latex);
  text = text.replaceAll(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/gu, (digits) => `^{${Array.from(digits, (digit) => raised.indexOf(digit)).join("")}}`);
  // In brackets `1,234` may be two numbers.
  if (!/[([]|\\\{/.test(text)) text = text.replaceAll(/(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])/g, (digits) => digits.replaceAll(",", ""));
  for (const [form, latex] of rewritings) text = text.replaceAll(form, latex);
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(" \\", "\\")
    .replaceAll(/ ?([{}()[\],;=+\-/^_<>|&]) ?/g, "$1")
    // A comma that ends a sentence, or its full stop.
    .replace(/(?<=[^.])[.,;]$/, "")
    .trim();
}
