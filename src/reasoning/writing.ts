import type { ModelError } from "../models/model-error.ts";
import type { Desk, Job } from "./desk.ts";
import type { BaseWriting, RequestId } from "./events.ts";
import { stepPrompt } from "./prompts.ts";
import type { WrittenStep } from "./step-splitter.ts";
import { writeSteps } from "./write-steps.ts";

/** Most steps one stream may run on for, so that a stream nobody needs is never long. */
const mostStepsInOneStream = 8;

type Stream = {
  readonly job: Job;
  readonly request: RequestId;
  readonly began: number;
  readonly extent: "one-step" | "run-on";
  /** The place in the chain its next step is for. */
  index: number;
  why: BaseWriting;
  /** Steps it has finished that are not in the chain yet. */
  readonly ready: { readonly step: WrittenStep; readonly seconds: number }[];
  /** Tokens of the step it is writing now. */
  partTokens: number;
  tokens: number;
  usedTokens: number;
  /** Seconds after it began. */
  firstToken?: number;
  lastToken?: number;
  /** Its last step is in the chain. */
  complete: boolean;
  /** How it ended, once it has. */
  over?: { readonly how: "finished" | "cancelled"; readonly seconds: number; readonly promptTokens?: number; readonly cachedTokens?: number };
};

/** The base model's side of writing: one stream at a time, from the accepted prefix on. */
export function createWriting(desk: Desk, outcome: { readonly failed: (error: ModelError) => void; readonly full: () => void }) {
  const { base, chain, clock, policy } = desk;
  let stream: Stream | undefined;

  function end(how: "finished" | "cancelled" | "failed"): void {
    if (stream === undefined) return;
    const { request, began, firstToken, lastToken, tokens, usedTokens, over } = stream;
    stream = undefined;
    desk.emit({
      kind: "base-ended", request, how, generatedTokens: tokens, wastedTokens: Math.max(0, tokens - usedTokens),
      seconds: over?.seconds ?? clock.now() - began,
      ...(firstToken === undefined ? {} : { firstTokenSeconds: firstToken }),
      ...(lastToken === undefined ? {} : { lastTokenSeconds: lastToken }),
      ...(over?.promptTokens === undefined ? {} : { promptTokens: over.promptTokens }),
      ...(over?.cachedTokens === undefined ? {} : { cachedTokens: over.cachedTokens }),
    });
  }

  return {
    get active() { return stream !== undefined; },
    /** The place in the chain the stream's next step is for. */
    get index() { return stream?.index; },
    get why() { return stream?.why; },
    /** How many whole steps of its own wait to be taken. */
    get ready() { return stream?.ready.length ?? 0; },
    /** Tokens of the whole step that waits to be taken next. */
    get nextTokens() { return stream?.ready[0]?.step.tokens; },
    /** Whether that step is the last of the thinking. */
    get endsNext() {
      const next = stream?.ready[0]?.step.end;
      return next === "end-of-thinking" || next === "end-of-text";
    },
    /** Tokens written that are not in the chain, with those that should have come since the last ones: they arrive several at once. */
    get unusedTokens() {
      if (stream === undefined) return 0;
      const { began, lastToken, over, tokens, usedTokens } = stream;
      const silence = lastToken === undefined || over !== undefined ? 0 : clock.now() - began - lastToken;
      return tokens - usedTokens + silence / desk.pace.basePerToken.value;
    },

    start(index: number, why: BaseWriting, extent: "one-step" | "run-on"): void {
      const prompt = stepPrompt(base.info, desk.problem, chain.before(index));
      // A scoring prompt of this length has more tokens than this prompt: whichever count says more room is right.
      const room = Math.max(desk.baseRoom.after(prompt.length), desk.scoreRoom.known ? desk.scoreRoom.after(prompt.length) : 0);
      if (room < 8 && index > 0) {
        outcome.full();
        return;
      }
      const cap = policy.stepTokens * (extent === "run-on" ? mostStepsInOneStream : 1);
      const request = desk.newRequest();
      const began = clock.now();
      desk.emit({ kind: "base-started", request, index, why });
      let live: Stream | undefined;
      const heard = (tokens: number) => {
        if (live === undefined) return;
        live.firstToken ??= clock.now() - began;
        live.lastToken = clock.now() - began;
        live.partTokens += tokens;
        live.tokens += tokens;
      };
      const job = desk.launch(
        async (signal, self) => {
          const written = await writeSteps({
            base, clock, prompt, extent, signal,
            maxTokens: Math.max(8, Math.min(cap, policy.tokenBudget - chain.tokens, room)),
            temperature: policy.temperature, topP: policy.topP, seed: desk.seedAt(index),
            onText: (text, tokens) => self.post(() => {
              heard(tokens);
              if (live !== undefined && text !== "") desk.emit({ kind: "base-text", request, index: live.index + live.ready.length, text });
            }),
            onStep: (step, seconds) => self.post(() => {
              if (live === undefined) return;
              live.ready.push({ step, seconds });
              live.partTokens = 0;
            }),
          });
          self.post(() => {
            if (live === undefined) return;
            desk.baseRoom.learn(prompt.length, written.usage.promptTokens);
            const { promptTokens, cachedTokens } = written.usage;
            live.tokens = Math.max(live.tokens, written.usage.generatedTokens);
            live.over = { how: "finished", seconds: written.seconds, promptTokens, ...(cachedTokens === undefined ? {} : { cachedTokens }) };
          });
        },
        (error) => {
          end("failed");
          outcome.failed(error);
        },
      );
      live = { job, request, began, extent, index, why, ready: [], complete: false, partTokens: 0, tokens: 0, usedTokens: 0 };
      stream = live;
    },

    /** Takes the stream's next whole step into the chain, unless it was but the end of the thinking, and returns it. */
    take(needed: boolean): WrittenStep | undefined {
      const next = stream?.ready.shift();
      if (stream === undefined || next === undefined) return undefined;
      const { step, seconds } = next;
      const { index, request, why } = stream;
      stream.usedTokens += step.tokens;
      stream.complete = stream.extent === "one-step" || step.end !== "blank-line";
      stream.index += 1;
      if (step.text.trim() !== "" || step.end === "cut") {
        const id = desk.newStep();
        desk.emit({ kind: "base-step", request, step: id, index, text: step.text, end: step.end, tokens: step.tokens, seconds, why, needed });
        chain.push({
          id, author: "base", text: step.text, end: step.end, tokens: step.tokens, writtenAt: clock.now(), state: "settled", asked: false,
          repeats: chain.repeatsBefore(index, step.text), shownUnverified: false, gone: false,
        });
        chain.settle();
      }
      return step;
    },
    /** Whether the stream goes on to another step. */
    get goesOn() { return stream !== undefined && stream.over === undefined && stream.extent === "run-on"; },
    /** Why it goes on with the next step. */
    because(why: BaseWriting): void { if (stream !== undefined) stream.why = why; },
    /** Closes a stream that has ended and whose steps are all taken. */
    closeIfOver(): void {
      if (stream?.over !== undefined && stream.ready.length === 0) {
        if (stream.over.how === "finished") stream.usedTokens = Math.max(stream.usedTokens, stream.tokens - stream.partTokens);
        end(stream.over.how);
      }
    },
    /** Aborts the stream, and keeps the whole steps that wait to be taken. */
    rest(): void {
      if (stream === undefined || stream.over !== undefined) return;
      stream.job.cancel();
      stream.over = { seconds: clock.now() - stream.began, how: "cancelled" };
    },
    /** Aborts the stream; what it wrote beyond the chain is wasted. */
    cancel(): void {
      stream?.job.cancel();
      end(stream?.complete === true ? "finished" : (stream?.over?.how ?? "cancelled"));
    },
  };
}
