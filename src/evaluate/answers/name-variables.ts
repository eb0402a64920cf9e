/** Greek letters that stand for a number nobody has fixed. */
const greek = "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|upsilon|phi|varphi|chi|psi|omega";
const command = String.raw`\\(?:${greek})(?![a-zA-Z])|\\[a-zA-Z]+`;
/** Commands, function names without a backslash, and letters with their subscript. */
const names = new RegExp(String.raw`(${command}|(?<![a-zA-Z])(?:sin|cos|tan|cot|sec|csc|log|ln|exp)(?![a-zA-Z])|[a-zA-Z])(_\{?\w+\}?)?`, "g");
const isGreek = new RegExp(String.raw`^\\(?:${greek})$`);
/** More different letters than an answer has. */
export const mostVariables = 12;
export const variables: readonly string[] = Array.from({ length: mostVariables }, (_, index) => `v${String.fromCodePoint(97 + index)}`);

const isVariable = (name: string): boolean => (name.startsWith("\\") ? isGreek.test(name) : name.length === 1 && name !== "e" && name !== "i");

/**
 * Both texts with every variable as one of `variables`, the same in both. The library gives letters like N, D or G and
 * subscripts a meaning of their own, and remembers how each was used. Undefined where there are too many.
 */
export function nameVariables(left: string, right: string): readonly [left: string, right: string] | undefined {
  const found = new Set<string>();
  for (const text of [left, right]) {
    for (const [, name = "", index = ""] of text.matchAll(names)) if (isVariable(name)) found.add(plain(name, index));
  }
  if (found.size > mostVariables) return undefined;
  const order = [...found].toSorted();
  const rename = (text: string): string => text.replaceAll(names, (whole: string, name: string, index: string | undefined) => {
    if (isVariable(name)) return `\\mathrm{${variables[order.indexOf(plain(name, index ?? ""))]}}`;
    return /^[a-z]{2}/.test(name) ? `\\${whole}` : whole;
  });
  return [rename(left), rename(right)];
}

const plain = (name: string, index: string): string => `${name}${index.replaceAll(/[{}]/g, "")}`;
