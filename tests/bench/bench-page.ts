import { wallClock } from "../../src/app/wall-clock.ts";
import { chatMl } from "../../src/models/chat-format.ts";
import type { DraftModel } from "../../src/models/draft-model.ts";
import { connectEndpoint } from "../../src/models/endpoint/connect-endpoint.ts";
import { openWllamaDraft } from "../../src/models/wllama/open-wllama-draft.ts";
import { isPassing, type RunEvent } from "../../src/reasoning/events.ts";
import { assumedPace, observePace, type Pace } from "../../src/reasoning/pacing.ts";
import { defaultPolicy, type Policy } from "../../src/reasoning/policy.ts";
import { reason } from "../../src/reasoning/reason.ts";
import { emptyRun, foldEvent } from "../../src/reasoning/run.ts";

export type BenchRequest = { readonly id: string; readonly problem: string; readonly baseUrl: string; readonly policy: Partial<Policy> };

export type BenchResult = {
  readonly id: string;
  readonly status: string;
  readonly failure?: string;
  readonly seconds: number;
  readonly answer: string;
  readonly steps: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly baseTokens: number;
  readonly scoreRequests: number;
  readonly wastedDraftTokens: number;
  readonly draftTokens: number;
  readonly prefilledTokens: number;
  /** Prompt tokens the draft model had not seen before: what prefilling in proportion to new text would cost. */
  readonly newTokens: number;
  readonly events: readonly RunEvent[];
};

/** What is learnt of the pair is kept per endpoint and mode, as the app keeps it, so that modes do not help each other. */
const paces = new Map<string, Pace>();
let draft: DraftModel | undefined;

const openDraft = async (): Promise<DraftModel> =>
  (draft ??= await openWllamaDraft({
    source: { kind: "url", url: "/models/arithmetic-draft.gguf" },
    name: "arithmetic-draft", format: chatMl, instruction: "", contextTokens: 512,
  }));

async function solve({ id, problem, baseUrl, policy }: BenchRequest): Promise<BenchResult> {
  const model = await openDraft();
  const base = connectEndpoint({ baseUrl, model: "arithmetic-base", format: chatMl, instruction: "", contextTokens: 512, session: id });
  const whole: Policy = { ...defaultPolicy, ...policy };
  const key = `${baseUrl} ${whole.mode} ${whole.objective}`;
  let pace = paces.get(key) ?? assumedPace;
  let run = emptyRun({
    version: 1, id, problem, createdAt: 0, policy: whole,
    draft: { id: model.info.id, name: model.info.name }, base: { id: base.info.id, name: base.info.name },
  });
  const events: RunEvent[] = [];
  const began = wallClock.now();
  for await (const event of reason({ run, draft: model, base, clock: wallClock, signal: new AbortController().signal, pace })) {
    run = foldEvent(run, event);
    pace = observePace(pace, event);
    if (!isPassing(event)) events.push(event);
  }
  const seconds = wallClock.now() - began;
  paces.set(key, pace);
  const { steps, totals, answer, failure, status } = run;
  const scored = events.filter(({ kind }) => kind === "scored").length;
  const accepted = steps.filter(({ author, verdict }) => author === "draft" && verdict === "accepted").length;
  return {
    id, status, seconds, answer: answer?.text ?? "", steps: steps.length, drafted: scored, accepted,
    ...(failure === undefined ? {} : { failure: `${failure.kind}: ${failure.message}` }),
    baseTokens: totals.baseTokens, scoreRequests: totals.scoreRequests,
    wastedDraftTokens: totals.wastedDraftTokens, draftTokens: totals.draftTokens,
    prefilledTokens: totals.draftPrefilledTokens, newTokens: newPromptTokens(events), events,
  };
}

/** Tokens of each prompt that the draft model had not held before: what a prefill in proportion to the new text costs. */
function newPromptTokens(events: readonly RunEvent[]): number {
  const promptAt = new Map<number, number>();
  let held = 0;
  let fresh = 0;
  for (const event of events) {
    if (event.kind === "rolled-back") held = promptAt.get(event.toIndex) ?? held;
    if (event.kind !== "drafted") continue;
    // The last token is computed again to have logits to go on from.
    fresh += Math.max(1, event.promptTokens - held);
    promptAt.set(event.index, event.promptTokens);
    held = event.promptTokens + event.tokens;
  }
  return fresh;
}

declare global {
  interface Window {
    bench: { solve: typeof solve; openDraft: () => Promise<string> };
  }
}

window.bench = { solve, openDraft: async () => (await openDraft()).info.device };
