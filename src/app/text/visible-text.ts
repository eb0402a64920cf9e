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
