import type { GeneratedToken } from "./kv-session.ts";

export type PartBatch = { readonly text: string; readonly tokens: number; readonly signals: readonly { readonly logProb: number; readonly entropy: number }[] };

/** A frame at 60 Hz: the page cannot show more often. */
const frameMilliseconds = 16;

/** Gathers tokens and sends them at most once a frame; the first one of a pause goes at once. */
export function createPartBatches(send: (batch: PartBatch) => void) {
  let text = "";
  let tokens = 0;
  let signals: { logProb: number; entropy: number }[] = [];
  let waiting = false;
  let lastSent = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush() {
    clearTimeout(timer);
    if (!waiting) return;
    waiting = false;
    lastSent = performance.now();
    send({ text, tokens, signals });
    text = "";
    tokens = 0;
    signals = [];
  }

  return {
    push(token: GeneratedToken): void {
      text += token.text;
      tokens += token.tokens;
      if (token.signal !== undefined) signals.push({ logProb: token.signal.logProb, entropy: token.signal.entropy ?? 0 });
      const due = lastSent + frameMilliseconds - performance.now();
      if (!waiting && due > 0) timer = setTimeout(flush, due);
      waiting = true;
      if (due <= 0) flush();
    },
    flush,
  };
}
