import type { RunEvent } from "../../../src/reasoning/events.ts";
import { defaultPolicy } from "../../../src/reasoning/policy.ts";
import type { RunHeader } from "../../../src/reasoning/run.ts";

export const headerOf = (id: string, problem = "What is 12 + 7?"): RunHeader => ({
  version: 1, id, problem, createdAt: 1_000,
  draft: { id: "wllama:small", name: "Small" }, base: { id: "http://base/v1 large", name: "Large" },
  policy: defaultPolicy,
});

/** The events of one drafted and accepted step; four are kept, one is streaming. */
export const acceptedStep = (index: number, text = `Step ${index}: we add ${index}.`): RunEvent[] => [
  { kind: "draft-started", step: index, index, at: index },
  { kind: "draft-text", step: index, text: text.slice(0, 4), at: index + 0.1 },
  drafted(index, text),
  { kind: "scored", request: index, step: index, score: 8.5, rung: "top-logprobs", at: index + 0.3 },
  { kind: "accepted", step: index, at: index + 0.4 },
];

export const drafted = (index: number, text: string, step = index): RunEvent => ({
  kind: "drafted", step, index, text, end: "blank-line", tokens: 9, promptTokens: 40, prefilledTokens: 9,
  firstTokenSeconds: 0.01, seconds: 0.1, meanLogProb: -0.2, at: index + 0.2,
});

export const unverified = (step: number, why: "base-away" | "later" | "sure" | "alone" = "base-away"): RunEvent =>
  ({ kind: "unverified", step, why, at: step + 0.3 });
