import type { Desk } from "./desk.ts";
import type { Outcome, Work } from "./reason.ts";
import { answerPrompt, stepPrompt } from "./prompts.ts";
import type { Run } from "./run.ts";
import { createStepSplitter, type WrittenStep } from "./step-splitter.ts";

/** Mode `base`: thinking and answer in one stream of the base model, which is what the two models together are compared with. */
export function reasonAlone(desk: Desk, run: Run): Work {
  const { base, chain, clock, policy } = desk;
  let outcome: Outcome | undefined;
  let thinking = run.thinkingEnded === undefined;
  let answer = "";
  let answerTokens = 0;
  let tokens = 0;
  const splitter = createStepSplitter(base.info.format.thinkingEnd);
  const request = desk.newRequest();
  const began = clock.now();
  let stepBegan = began;
  let firstToken: number | undefined;
  let answerBegan: number | undefined;

  function wrote(step: WrittenStep): void {
    const index = chain.length;
    const now = clock.now();
    if (step.text.trim() !== "") {
      const seconds = now - stepBegan;
      const { text, end } = step;
      const id = desk.newStep();
      desk.emit({ kind: "base-step", request, step: id, index, text, end, tokens: step.tokens, seconds, why: "alone", needed: true });
      chain.push({ id, author: "base", text, end, tokens: step.tokens, writtenAt: now, state: "settled", asked: false, repeats: false, shownUnverified: false, gone: false });
      chain.settle();
    }
    stepBegan = now;
    if (step.end !== "end-of-thinking") return;
    thinking = false;
    endThinking("model");
  }

  function endThinking(why: "model" | "budget"): void {
    desk.emit({ kind: "thinking-ended", why });
    if (policy.answerTokens === 0) return;
    answerBegan = clock.now();
    desk.emit({ kind: "answer-started", request, by: "base" });
  }

  function answered(text: string, partTokens: number): void {
    answer += text;
    answerTokens += partTokens;
    if (text !== "" && policy.answerTokens > 0) desk.emit({ kind: "answer-text", request, text });
  }

  function read(text: string, partTokens: number): void {
    firstToken ??= clock.now() - began;
    tokens += partTokens;
    if (!thinking) return answered(text, partTokens);
    splitter.read(text, partTokens, (shown) => {
      if (thinking && shown !== "") desk.emit({ kind: "base-text", request, index: chain.length, text: shown });
    }, wrote);
    if (!thinking && splitter.text !== "") answered(splitter.finish("cut").text, 0);
  }

  function ended(how: "finished" | "cancelled" | "failed", usage: { promptTokens?: number; cachedTokens?: number } = {}): void {
    desk.emit({
      kind: "base-ended", request, how, generatedTokens: tokens - answerTokens, wastedTokens: 0, seconds: clock.now() - began,
      ...(firstToken === undefined ? {} : { firstTokenSeconds: firstToken }), ...usage,
    });
  }

  const prompt = thinking
    ? stepPrompt(base.info, desk.problem, chain.before(chain.length))
    : answerPrompt(base.info, desk.problem, chain.before(chain.length));
  desk.emit({ kind: "base-started", request, index: chain.length, why: "alone" });
  const job = desk.launch(
    async (signal, self) => {
      const most = Math.min(policy.tokenBudget + policy.answerTokens, desk.baseRoom.after(prompt.length));
      const seed = desk.seedAt(chain.length);
      const parts = base.generate({ prompt, maxTokens: Math.max(8, most), stop: [], temperature: policy.temperature, topP: policy.topP, seed, signal });
      for await (const part of parts) {
        if (part.kind === "text") {
          self.post(() => read(part.text, part.tokens));
          continue;
        }
        self.post(() => {
          const { promptTokens, cachedTokens } = part.usage;
          const cut = part.ended.kind === "length";
          if (thinking) {
            wrote(splitter.finish(cut ? "cut" : "end-of-text"));
            endThinking(cut ? "budget" : "model");
          }
          ended("finished", { promptTokens, ...(cachedTokens === undefined ? {} : { cachedTokens }) });
          if (policy.answerTokens > 0) {
            const seconds = clock.now() - (answerBegan ?? began);
            desk.emit({ kind: "answered", request, by: "base", text: answer.trim(), cut, tokens: answerTokens, promptTokens: 0, firstTokenSeconds: 0, seconds });
          }
          outcome = { kind: "finished" };
        });
      }
    },
    ({ kind, message }) => {
      ended("failed");
      outcome = { kind: "failed", failure: { kind, message } };
    },
  );
  return {
    turn: () => outcome,
    stop() {
      if (outcome !== undefined) return;
      job.cancel();
      ended("cancelled");
    },
  };
}
