import type { ModelError } from "../models/model-error.ts";
import type { ChainStep } from "./chain.ts";
import type { Desk, Job } from "./desk.ts";
import { draftStep, type DraftedStep } from "./draft-step.ts";
import type { StepId } from "./events.ts";
import { stepPrompt } from "./prompts.ts";

/** Fewer tokens than this are not worth a step. */
const smallestStep = 8;

export type DraftingOutcome = {
  /** A step was added to the chain. */
  readonly added: (step: ChainStep) => void;
  /** The draft model closed its thinking after what is in the chain. */
  readonly ended: () => void;
  /** No room for another step in the draft model's context. */
  readonly full: () => void;
  readonly failed: (error: ModelError) => void;
};

/** The draft model's side: one step at a time, onto the end of the chain. */
export function createDrafting(desk: Desk, outcome: DraftingOutcome) {
  const { chain, clock, draft, policy } = desk;
  const attempts = new Map<number, number>();
  let current: { readonly job: Job; readonly step: StepId; readonly index: number; readonly began: number; tokens: number } | undefined;

  function drafted(step: StepId, index: number, prompt: string, result: DraftedStep): void {
    current = undefined;
    desk.draftRoom.learn(prompt.length + result.text.length, result.promptTokens + result.tokens);
    const { text, end, tokens, seconds } = result;
    if (text.trim() === "" && end !== "cut") {
      desk.emit({ kind: "end-drafted", step, index, tokens, seconds });
      outcome.ended();
      return;
    }
    desk.emit({ kind: "drafted", step, index, ...result });
    const added: ChainStep = {
      id: step, author: "draft", text, end, tokens, writtenAt: clock.now(), state: "pending", asked: false,
      repeats: chain.repeatsBefore(index, text), shownUnverified: false, gone: false,
      ...(result.meanLogProb === undefined ? {} : { sure: result.meanLogProb > desk.pace.sureFrom }),
    };
    chain.push(added);
    outcome.added(added);
    if (end === "end-of-thinking" || end === "end-of-text") outcome.ended();
  }

  return {
    /** The index of the step being drafted. */
    get index() { return current?.index; },
    /** Seconds already spent on it. */
    get elapsed() { return current === undefined ? 0 : clock.now() - current.began; },
    start(): void {
      const index = chain.length;
      const prompt = stepPrompt(draft.info, desk.problem, chain.before(index));
      const reserve = policy.answerBy === "draft" ? Math.min(policy.answerTokens, draft.info.contextTokens / 8) : 0;
      const maxTokens = Math.floor(Math.min(policy.stepTokens, desk.draftRoom.after(prompt.length) - reserve));
      // Before anything is known of the prompt's length the engine itself decides whether it fits.
      if (maxTokens < smallestStep && index > 0) {
        outcome.full();
        return;
      }
      const step = desk.newStep();
      const attempt = attempts.get(index) ?? 0;
      desk.emit({ kind: "draft-started", step, index });
      const job = desk.launch(
        async (signal, self) => {
          const result = await draftStep({
            draft, clock, prompt, signal,
            maxTokens: Math.max(smallestStep, maxTokens),
            temperature: policy.temperature, topP: policy.topP,
            seed: desk.seedAt(index, attempt),
            onText: (text, tokens) => self.post(() => {
              if (current !== undefined) current.tokens += tokens;
              if (text !== "") desk.emit({ kind: "draft-text", step, text });
            }),
          });
          self.post(() => drafted(step, index, prompt, result));
        },
        (error) => {
          current = undefined;
          desk.emit({ kind: "draft-dropped", step, index, tokens: 0, seconds: 0 });
          outcome.failed(error);
        },
      );
      current = { job, step, index, began: clock.now(), tokens: 0 };
    },
    /** Gives up the step being drafted. */
    cancel(): void {
      if (current === undefined) return;
      const { job, step, index, began, tokens } = current;
      job.cancel();
      current = undefined;
      desk.emit({ kind: "draft-dropped", step, index, tokens, seconds: clock.now() - began });
    },
    /** A rejected step drafted again (the base model being away) is to be another one. */
    anotherAttempt(index: number): void { attempts.set(index, (attempts.get(index) ?? 0) + 1); },
  };
}
