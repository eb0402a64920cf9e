import type { ChatFormat } from "../models/chat-format.ts";

/** The scoring instruction, exactly as the embedded base model was trained on it. */
export const scoringInstruction =
  "Rate the last reasoning step above from 0 to 9. Judge only whether it is correct and follows from the problem and the steps before it; ignore style. Answer with a single digit.";

/** What a model is told about a problem: its own turn structure, and an instruction where it needs one. */
export type PromptStyle = { readonly format: ChatFormat; readonly instruction: string };

/** Everything before the first step. Nothing in it changes during a run, so that prefix caches hold. */
export function openingPrompt({ format, instruction }: PromptStyle, problem: string): string {
  const task = instruction === "" ? problem : `${problem}\n\n${instruction}`;
  return format.textStart + format.userStart + task + format.userEnd + format.assistantStart + format.thinkingStart;
}

/** Asks for the next step after `steps`, the transcript with its blank lines. */
export const stepPrompt = (style: PromptStyle, problem: string, steps: string): string =>
  openingPrompt(style, problem) + steps;

/**
 * Asks for the score of the last step in `steps` (which ends without its blank line). The scoring turn comes after the
 * step and changes nothing before it; the very next token is the digit.
 */
export function scorePrompt(style: PromptStyle, problem: string, steps: string): string {
  const { format } = style;
  return (
    openingPrompt(style, problem) + steps + format.assistantEnd +
    format.userStart + scoringInstruction + format.userEnd + format.assistantStart + format.emptyThinking + "Score: "
  );
}

/** Asks for the answer once the thinking is closed. */
export function answerPrompt(style: PromptStyle, problem: string, steps: string): string {
  const gap = steps === "" || steps.endsWith("\n") ? "" : "\n\n";
  return `${openingPrompt(style, problem)}${steps}${gap}${style.format.thinkingEnd}\n\n`;
}
