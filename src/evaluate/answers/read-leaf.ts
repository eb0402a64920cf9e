import type { Leaf, Mark } from "./answer.ts";
import { readRational } from "./rational.ts";
import { readUnit } from "./units.ts";

const none: Mark = { kind: "none" };
const marked = (latex: string, mark: Mark): Leaf => {
  const plain = withoutThousands(latex.trim());
  const value = readRational(plain);
  return { kind: "leaf", latex: plain, mark, ...(value === undefined ? {} : { value }) };
};

/** Functions of an angle. */
const angles = /(?:sin|cos|tan|cot|sec|csc)(?![a-zA-Z])/;

/** One number or expression, with the unit it is given in. What is no known unit (`12 apples`) is left out. */
export function readLeaf(text: string): Leaf {
  const written = text.replaceAll("\\$", "$").trim();
  const plain = angles.test(written) ? written.replaceAll(/(\d+(?:\.\d+)?)°/g, "(\\frac{$1\\pi}{180})") : written;
  if (plain.endsWith("%")) return marked(plain.slice(0, -1), { kind: "percent" });
  if (plain.endsWith("°") && !plain.slice(0, -1).includes("°")) return marked(plain.slice(0, -1), { kind: "degrees" });
  const dollars = /^(-?)\$\s*(.+)$/.exec(plain);
  const dollar = readUnit("dollar");
  if (dollars !== null && dollar !== undefined) return marked(`${dollars[1]}${dollars[2]}`, { kind: "unit", unit: dollar });
  const numeral = /^(\d+)_\{?(\d{1,2})\}?$/.exec(plain);
  if (numeral !== null) return marked(numeral[1] ?? "", { kind: "numeral-base", base: numeral[2] ?? "" });
  const named = /^(.*[\d})a-zA-Z!])\s*\\text\{([^{}]*)\}(\^\{?[23]\}?)?$/.exec(plain) ?? /^([-\d.,/]+)\s*((?:square |sq\.? |cubic |cu )?[a-zA-Z¢$][a-zA-Z ]+)(\^\{?[23]\}?)?$/.exec(plain) ?? /^(-?[\d.,/]+)\s+(\p{L}[\p{L} ]*)()$/u.exec(plain);
  if (named === null) return marked(plain.replaceAll(/\\text\{([^{}]*)\}/g, "$1"), none);
  const [, number = "", name = "", power = ""] = named;
  const unit = readUnit(`${name.trim()}${power}`);
  if (unit !== undefined) return marked(number, { kind: "unit", unit });
  // `2x` is a product, `12 apples` is none, and `(2x) \text{ apples}` neither.
  const word = plain.includes("\\text{") || /\p{L}{3}/u.test(name);
  return word && !/^e[\d-]/i.test(name) ? marked(number, none) : marked(plain, none);
}

const withoutThousands = (text: string): string => (/^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text) ? text.replaceAll(",", "") : text);
