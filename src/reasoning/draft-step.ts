import type { DraftModel } from "../models/draft-model.ts";
import type { Clock } from "./clock.ts";
import type { RunEventBody } from "./events.ts";
import { blankLine, mostBlankLines, stepEnd, type WrittenStep } from "./step-splitter.ts";

/** What the event of a drafted step tells of it, its name and place aside. */
export type DraftedStep = Omit<Extract<RunEventBody, { readonly kind: "drafted" }>, "kind" | "step" | "index">;

export type DraftStepRequest = {
  readonly draft: DraftModel;
  readonly clock: Clock;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onText: (text: string, tokens: number) => void;
};

/** Lets the draft model write one step, up to the blank line, the end of thinking, the end of text or the cap. */
export async function draftStep(request: DraftStepRequest): Promise<DraftedStep> {
  const { draft, clock, maxTokens, temperature, topP, seed, signal, onText } = request;
  const began = clock.now();
  let firstToken: number | undefined;
  let text = "";
  let tokens = 0;
  let promptTokens = 0;
  let prefilledTokens = 0;
  let logProbs = 0;
  let lowestLogProb = 0;
  let signals = 0;
  let firstEntropy: number | undefined;
  const stop = [blankLine, draft.info.format.thinkingEnd];

  for (let blankLines = 0; ; blankLines++) {
    let end: WrittenStep["end"] = "end-of-text";
    let heard = 0;
    const part = { prompt: request.prompt + text, maxTokens: Math.max(1, maxTokens - tokens), stop, temperature, topP, seed, signal };
    for await (const written of draft.generate(part)) {
      if (written.kind === "end") {
        end = stepEnd(written.ended);
        if (blankLines === 0) promptTokens = written.usage.promptTokens;
        prefilledTokens += written.usage.promptTokens - (written.usage.cachedTokens ?? 0);
        tokens += Math.max(0, written.usage.generatedTokens - heard);
        continue;
      }
      firstToken ??= clock.now();
      text += written.text;
      tokens += written.tokens;
      heard += written.tokens;
      for (const { logProb, entropy } of written.signals ?? []) {
        if (signals === 0) firstEntropy = entropy;
        logProbs += logProb;
        lowestLogProb = Math.min(lowestLogProb, logProb);
        signals += 1;
      }
      onText(written.text, written.tokens);
    }
    if (end === "blank-line" && text.trim() === "") {
      // A blank line before anything was said is part of the step, not its end.
      if (blankLines < mostBlankLines) {
        text += blankLine;
        continue;
      }
      end = "end-of-text";
    }
    const now = clock.now();
    return {
      text, end, tokens, promptTokens, prefilledTokens,
      firstTokenSeconds: (firstToken ?? now) - began,
      seconds: now - began,
      ...(signals === 0 ? {} : { meanLogProb: logProbs / signals, lowestLogProb }),
      ...(firstEntropy === undefined ? {} : { firstEntropy }),
    };
  }
}
