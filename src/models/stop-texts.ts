/** What one more piece of text amounts to. */
export type StopTextsResult = {
  /** Text that can no longer be part of a stop text. */
  readonly text: string;
  /** The stop text that ended the generation; it and what follows it are in no `text`. */
  readonly stop?: string;
};

export type StopTexts = {
  push(piece: string): StopTextsResult;
  /** What was still held back, for a generation that ended without a stop text. */
  rest(): string;
};

/**
 * Finds stop texts in a stream of text, across and inside its pieces. The earliest match ends it; of several at one
 * place the longest. Held back is only what can still become a stop text.
 */
export function createStopTexts(stops: readonly string[]): StopTexts {
  const wanted = stops.filter((stop) => stop !== "");
  let held = "";

  const firstMatch = (text: string) => {
    let best: { readonly at: number; readonly stop: string } | undefined;
    for (const stop of wanted) {
      const at = text.indexOf(stop);
      if (at === -1) continue;
      if (best === undefined || at < best.at || (at === best.at && stop.length > best.stop.length)) best = { at, stop };
    }
    return best;
  };

  const heldLength = (text: string) => {
    let longest = 0;
    for (const stop of wanted) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  };

  return {
    push(piece) {
      const text = held + piece;
      const match = firstMatch(text);
      if (match !== undefined) {
        held = "";
        return { text: text.slice(0, match.at), stop: match.stop };
      }
      const keep = heldLength(text);
      held = keep === 0 ? "" : text.slice(-keep);
      return { text: text.slice(0, text.length - keep) };
    },
    rest() {
      const text = held;
      held = "";
      return text;
    },
  };
}
