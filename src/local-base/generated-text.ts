/** What one more token did to the text. */
export type TextStep = { readonly stop: string | undefined };

export type GeneratedText = {
  /** All text so far, the stop text and what follows it removed once it was met. */
  readonly text: string;
  append(piece: string): TextStep;
  /** New text that may be shown: what could still become a stop text is held back until `ended`. */
  take(ended: boolean): string;
};

/**
 * Watches generated text for stop strings as vLLM does: a stop may lie across tokens or inside one, the first in the
 * list that is found wins, and a stream holds back one character less than the longest of them.
 */
export function generatedText(stops: readonly string[], keepStop: boolean): GeneratedText {
  const longest = stops.reduce((length, stop) => Math.max(length, stop.length), 0);
  const heldBack = keepStop || longest === 0 ? 0 : longest - 1;
  let text = "";
  let taken = 0;
  return {
    get text() {
      return text;
    },
    append(piece) {
      text += piece;
      for (const stop of stops) {
        const from = Math.max(0, text.length - piece.length - stop.length + 1);
        const found = text.indexOf(stop, from);
        if (found === -1) continue;
        text = text.slice(0, found + (keepStop ? stop.length : 0));
        return { stop };
      }
      return { stop: undefined };
    },
    take(ended) {
      const end = Math.max(taken, ended ? text.length : text.length - heldBack);
      const fresh = text.slice(taken, end);
      taken = end;
      return fresh;
    },
  };
}
