import type { ModelError } from "../models/model-error.ts";
import type { Desk, Job } from "./desk.ts";
import { answerPrompt } from "./prompts.ts";
import { stepSeed } from "./step-seed.ts";

/** Places of steps end far below this, so the answer's seed is its own. */
const answerPlace = 1_000_003;

/** The phase after the thinking: the answer, by the draft or the base model. */
export function createAnswering(desk: Desk, answered: boolean, failed: (error: ModelError) => void) {
  const { chain, clock, policy } = desk;
  let job: Job | undefined;
  let done = answered;

  return {
    get active() { return job !== undefined; },
    get done() { return done; },
    start(by: "draft" | "base"): void {
      const model = desk[by];
      const prompt = answerPrompt(model.info, desk.problem, chain.before(chain.length));
      const room = (by === "draft" ? desk.draftRoom : desk.baseRoom).after(prompt.length);
      const request = desk.newRequest();
      const began = clock.now();
      desk.emit({ kind: "answer-started", request, by });
      job = desk.launch(
        async (signal, self) => {
          let text = "";
          let firstToken: number | undefined;
          const parts = model.generate({
            prompt, signal, stop: [],
            maxTokens: Math.max(8, Math.min(policy.answerTokens, room)),
            temperature: policy.temperature, topP: policy.topP, seed: stepSeed(policy.seed, answerPlace),
          });
          for await (const part of parts) {
            if (part.kind === "text") {
              firstToken ??= clock.now();
              text += part.text;
              self.post(() => desk.emit({ kind: "answer-text", request, text: part.text }));
              continue;
            }
            const { ended, usage } = part;
            const now = clock.now();
            self.post(() => {
              job = undefined;
              done = true;
              desk.emit({
                kind: "answered", request, by, text: text.trim(), cut: ended.kind === "length",
                tokens: usage.generatedTokens, promptTokens: usage.promptTokens,
                firstTokenSeconds: (firstToken ?? now) - began, seconds: now - began,
              });
            });
          }
        },
        (error) => {
          job = undefined;
          failed(error);
        },
      );
    },
    /** The chain it answers for has changed. */
    cancel(): void {
      job?.cancel();
      job = undefined;
      done = false;
    },
  };
}
