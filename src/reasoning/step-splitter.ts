import type { Ended } from "../models/generation.ts";
import type { StepEnd } from "./events.ts";

export const blankLine = "\n\n";

/** A model that writes only blank lines this often in a row has nothing more to say. */
export const mostBlankLines = 4;

export type WrittenStep = { readonly text: string; readonly end: StepEnd; readonly tokens: number };

/** How a step ended that was generated with the blank line and the end-of-thinking tag as stop texts. */
export function stepEnd(ended: Ended): StepEnd {
  if (ended.kind === "length") return "cut";
  if (ended.kind === "end-of-text") return "end-of-text";
  return ended.stop === blankLine ? "blank-line" : "end-of-thinking";
}

/** What stands between a step and the next: a cut step goes on where it stopped. */
export const separatorAfter = (end: StepEnd): string => (end === "blank-line" ? blankLine : "");

/**
 * Cuts a running stream of text into steps at blank lines, whatever the pieces it comes in.
 * Blank lines before a step's first visible character belong to the step: they end nothing.
 * Where `thinkingEnd` is given, that tag ends the last step, and what follows it stays in `text`.
 */
export function createStepSplitter(thinkingEnd?: string) {
  let text = "";
  let tokens = 0;
  /** Where a blank line may begin; what lies before has been searched. */
  let searched = 0;
  let closed = false;

  function cut(end: StepEnd, at: number, length: number, steps: WrittenStep[]): void {
    steps.push({ text: text.slice(0, at), end, tokens });
    text = text.slice(at + length);
    tokens = 0;
    searched = 0;
  }

  /** Steps finished by this piece. A piece of several steps counts its tokens for the first of them. */
  function push(piece: string, pieceTokens: number): WrittenStep[] {
    text += piece;
    tokens += pieceTokens;
    const steps: WrittenStep[] = [];
    while (!closed) {
      const blank = text.indexOf(blankLine, searched);
      const tag = thinkingEnd === undefined ? -1 : text.indexOf(thinkingEnd, Math.max(0, searched - thinkingEnd.length));
      if (thinkingEnd !== undefined && tag >= 0 && (blank < 0 || tag < blank)) {
        cut("end-of-thinking", tag, thinkingEnd.length, steps);
        closed = true;
      } else if (blank < 0) {
        searched = Math.max(0, text.length - 1);
        break;
      } else if (text.slice(0, blank).trim() === "") {
        searched = blank + blankLine.length;
      } else {
        cut("blank-line", blank, blankLine.length, steps);
      }
    }
    return steps;
  }

  return {
    /** The unfinished step. */
    get text() { return text; },
    get tokens() { return tokens; },
    push,
    /** A piece may end one step and begin the next: what of it belongs to each is told before that step is. */
    read(piece: string, pieceTokens: number, onText: (text: string, tokens: number) => void, onStep: (step: WrittenStep) => void): void {
      let told = text.length;
      let untold = pieceTokens;
      for (const step of push(piece, pieceTokens)) {
        onText(step.text.slice(told), untold);
        onStep(step);
        told = 0;
        untold = 0;
      }
      onText(text.slice(told), untold);
    },
    /** What is left when the stream ends. */
    finish(end: StepEnd): WrittenStep {
      const last = { text, end, tokens };
      text = "";
      tokens = 0;
      searched = 0;
      return last;
    },
  };
}
