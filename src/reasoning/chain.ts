import type { StepEnd, StepId } from "./events.ts";
import type { Author, Run, Step } from "./run.ts";
import { separatorAfter } from "./step-splitter.ts";

/** One step of the chain of thought as the algorithm sees it. */
export type ChainStep = {
  readonly id: StepId;
  readonly author: Author;
  readonly text: string;
  readonly end: StepEnd;
  readonly tokens: number;
  /** When it was written, on the clock. */
  readonly writtenAt: number;
  /** `settled` is final; `waived` stays unverified for good (draft alone, verified later, the draft model was sure, or the reader keeps it). */
  state: "settled" | "pending" | "waived";
  /** Asked for and not yet answered. */
  asked: boolean;
  /** The base model's judgement: a score, or null where it gave no digit. */
  score?: number | null;
  /** Word for word the step before it: rejected without asking. */
  readonly repeats: boolean;
  /** Shown as unverified while the base model is away. */
  shownUnverified: boolean;
  /** The draft model was surer of it than of most. */
  readonly sure?: boolean;
  /** Cut from the chain. */
  gone: boolean;
};

/**
 * The chain of thought: a settled prefix, then drafted steps that wait for their verdict.
 * Texts before each step are kept, so that a prompt costs no more than joining two strings.
 */
export function createChain(run: Run) {
  const steps: ChainStep[] = [];
  const textBefore: string[] = [""];
  const tokensBefore: number[] = [0];
  let settled = 0;

  function push(step: ChainStep): void {
    textBefore.push((textBefore.at(-1) ?? "") + step.text + separatorAfter(step.end));
    tokensBefore.push((tokensBefore.at(-1) ?? 0) + step.tokens);
    steps.push(step);
  }

  const chain = {
    steps: steps as readonly ChainStep[],
    /** How many steps at the start have their final verdict (or are waived). */
    get settled() { return settled; },
    get length() { return steps.length; },
    get pending() { return steps.length - settled; },
    /** Tokens of all steps. */
    get tokens() { return tokensBefore.at(-1) ?? 0; },
    /** Tokens of the steps before `index`. */
    tokensBefore: (index: number): number => tokensBefore[index] ?? 0,
    push,
    /** The transcript before step `index`, with blank lines, ready to be continued. */
    before: (index: number): string => textBefore[index] ?? "",
    /** The transcript up to step `index` and with it, without its blank line, ready to be scored. */
    upTo: (index: number): string => (textBefore[index] ?? "") + (steps[index]?.text ?? ""),
    /** Whether this text is word for word the step that stands before `index`. */
    repeatsBefore(index: number, text: string): boolean {
      const previous = steps[index - 1];
      return previous !== undefined && text.trim() !== "" && previous.text.trim() === text.trim();
    },
    /** Gives the first pending step its verdict. */
    settle(): void { settled += 1; },
    /** Cuts the chain back to `index` steps and returns what was cut. */
    cut(index: number): ChainStep[] {
      const gone = steps.splice(index);
      textBefore.length = Math.min(textBefore.length, index + 1);
      tokensBefore.length = textBefore.length;
      for (const step of gone) step.gone = true;
      settled = Math.min(settled, index);
      return gone;
    },
  };

  for (const [index, step] of run.steps.entries()) {
    push(fromRun(step, index > 0 && run.steps[index - 1]?.text.trim() === step.text.trim()));
    if (settled === index && steps[index]?.state !== "pending") settled += 1;
  }
  return chain;
}

export type Chain = ReturnType<typeof createChain>;

function fromRun(step: Step, repeats: boolean): ChainStep {
  const waived = step.verdict === "unverified" && (step.unverifiedBecause === "sure" || step.unverifiedBecause === "kept");
  const open = step.verdict === "pending" || (step.verdict === "unverified" && !waived);
  return {
    id: step.id, author: step.author, text: step.text, end: step.end, tokens: step.tokens, writtenAt: Infinity,
    state: open ? "pending" : waived ? "waived" : "settled",
    asked: false,
    ...(step.score === undefined || !open ? {} : { score: step.score }),
    repeats: open && repeats,
    shownUnverified: step.verdict === "unverified",
    gone: false,
  };
}
