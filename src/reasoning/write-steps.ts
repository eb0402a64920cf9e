import type { BaseModel } from "../models/base-model.ts";
import type { Ended, Usage } from "../models/generation.ts";
import type { Clock } from "./clock.ts";
import { blankLine, createStepSplitter, mostBlankLines, stepEnd, type WrittenStep } from "./step-splitter.ts";

export type WriteStepsRequest = {
  readonly base: BaseModel;
  readonly clock: Clock;
  readonly prompt: string;
  /** One step, or on and on until the thinking ends. */
  readonly extent: "one-step" | "run-on";
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Text of the step being written; tokens arrive with it or before it. */
  readonly onText: (text: string, tokens: number) => void;
  /** A step was finished, `seconds` after the one before it (or the request) . */
  readonly onStep: (step: WrittenStep, seconds: number) => void;
};

export type Writing = {
  readonly firstTokenSeconds: number;
  readonly seconds: number;
  readonly usage: Usage;
};

/** Streams steps of the base model's own from the accepted prefix. */
export async function writeSteps(request: WriteStepsRequest): Promise<Writing> {
  const { base, clock, extent, maxTokens, temperature, topP, seed, signal, onText, onStep } = request;
  const { thinkingEnd } = base.info.format;
  const stop = extent === "one-step" ? [blankLine, thinkingEnd] : [thinkingEnd];
  const splitter = createStepSplitter();
  const began = clock.now();
  let stepBegan = began;
  let firstToken: number | undefined;
  let usage: Usage = { promptTokens: 0, generatedTokens: 0 };
  let lead = "";

  const finished = (step: WrittenStep) => {
    const now = clock.now();
    onStep(step, now - stepBegan);
    stepBegan = now;
  };

  for (let blankLines = 0; ; blankLines++) {
    let ended: Ended = { kind: "end-of-text" };
    let heard = 0;
    for await (const part of base.generate({ prompt: request.prompt + lead, maxTokens, stop, temperature, topP, seed, signal })) {
      if (part.kind === "end") {
        ended = part.ended;
        usage = {
          ...part.usage,
          promptTokens: blankLines === 0 ? part.usage.promptTokens : usage.promptTokens,
          generatedTokens: usage.generatedTokens + part.usage.generatedTokens,
        };
        // Tokens of the stop text come with no part of their own.
        splitter.push("", Math.max(0, part.usage.generatedTokens - heard));
        continue;
      }
      firstToken ??= clock.now();
      heard += part.tokens;
      splitter.read(part.text, part.tokens, onText, finished);
    }
    const end = stepEnd(ended);
    if (end === "blank-line" && splitter.text.trim() === "" && blankLines < mostBlankLines) {
      splitter.push(blankLine, 0);
      lead += blankLine;
      continue;
    }
    finished(splitter.finish(end === "blank-line" && splitter.text.trim() === "" ? "end-of-text" : end));
    const now = clock.now();
    return { firstTokenSeconds: (firstToken ?? now) - began, seconds: now - began, usage };
  }
}
