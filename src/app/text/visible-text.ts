/** Reorders what follows it, so that 12 can read as 21: embeddings, overrides and isolates of either direction. */
const reordering = /[\u202A-\u202E\u2066-\u2069]/g;
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;
const blankLines = /\n(?:[ \t\r]*\n){3,}/g;

const pictureOf = (character: string): string => (character === "\u007F" ? "\u2421" : String.fromCharCode(0x2400 + character.charCodeAt(0)));

/** A text from outside with what would be unseen made visible, and blank lines without end made few. What is stored stays as it is. */
export const visibleText = (text: string): string =>
  text
    .replaceAll(control, pictureOf)
    .replaceAll(reordering, (character) => `[U+${character.charCodeAt(0).toString(16).toUpperCase()}]`)
    .replaceAll(blankLines, "\n\n\n");

/** Longer names, addresses and messages say nothing more. Characters. */
const longestLine = 300;
/** More marks on one letter than any script has: they would be painted over the lines around. */
const piledMarks = /(\p{M}{8})\p{M}+/gu;

/** A name, an address or a message from outside as one line of bounded length, with nothing in it unseen. */
export function visibleLine(text: string): string {
  // Cut twice: what is made visible is longer than it was, and a million characters need not be looked at.
  const line = visibleText(text.slice(0, 4 * longestLine)).replaceAll(/\s+/g, " ").trim().replaceAll(piledMarks, "$1");
  const characters = Array.from(line);
  return text.length <= 4 * longestLine && characters.length <= longestLine ? line : `${characters.slice(0, longestLine).join("")}…`;
}

/** Such a line within a sentence: whatever its script, the words around it keep their order. In elements, `OutsideText` does the same. */
export const isolatedLine = (text: string): string => `\u2068${visibleLine(text)}\u2069`;
