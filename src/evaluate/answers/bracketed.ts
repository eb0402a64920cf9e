const opening: Readonly<Record<string, number>> = { "(": 1, "[": 1, "{": 1 };
const closing: Readonly<Record<string, number>> = { ")": 1, "]": 1, "}": 1 };

/** Calls `visit` with every place outside of brackets, and what begins there; returns the deepest nesting, or undefined where brackets do not match up in number. */
function walk(text: string, visit: (at: number, depth: number) => void): number | undefined {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const escaped = text[at] === "\\" && (text[at + 1] === "{" || text[at + 1] === "}");
    const letter = escaped ? text[at + 1] ?? "" : text[at] ?? "";
    if (closing[letter] !== undefined) depth -= 1;
    if (depth < 0) return undefined;
    visit(at, depth);
    if (opening[letter] !== undefined) depth += 1;
    deepest = Math.max(deepest, depth);
    if (escaped) at += 1;
  }
  return depth === 0 ? deepest : undefined;
}

/** How deep brackets nest; undefined where they do not match up. */
export const nesting = (text: string): number | undefined => walk(text, () => undefined);

/** The parts between these separators, outside of brackets. */
export function splitOutside(text: string, separators: readonly string[]): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  const sound = walk(text, (at, depth) => {
    if (depth > 0 || at < from) return;
    const separator = separators.find((one) => text.startsWith(one, at));
    if (separator === undefined) return;
    parts.push(text.slice(from, at));
    from = at + separator.length;
  });
  return sound === undefined ? [text] : [...parts, text.slice(from)];
}

export type Brackets = { readonly open: string; readonly close: string; readonly inside: string };

/** The brackets around the whole text, if one pair is. */
export function bracketsAround(text: string): Brackets | undefined {
  const open = /^(?:\\\{|[([])/.exec(text)?.[0];
  const close = /(?:\\\}|[)\]])$/.exec(text)?.[0];
  if (open === undefined || close === undefined || (open === "\\{") !== (close === "\\}")) return undefined;
  let whole = true;
  const last = text.length - close.length;
  const sound = walk(text, (at, depth) => {
    // Closed before the end: `(1,2)\cup(3,4)`.
    if (at > 0 && at < last && depth === 0) whole = false;
  });
  return sound === undefined || !whole ? undefined : { open, close, inside: text.slice(open.length, last) };
}
