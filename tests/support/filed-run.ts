import type { RunEvent } from "../../src/reasoning/events.ts";
import type { Policy } from "../../src/reasoning/policy.ts";

/** A drafted step, kept with its score or rejected by it and written by the base model. */
export type FiledStep = { readonly draft: string; readonly score: number; readonly correction?: string };

export type FiledRun = {
  readonly id: string;
  readonly problem: string;
  readonly steps: readonly FiledStep[];
  readonly answer: string;
  readonly title?: string;
  readonly draft?: string;
  readonly base?: string;
};

const policy: Policy = {
  mode: "sync", objective: "balanced", threshold: 7, scoring: "expectation", firstStepsByBase: 0, window: 4, stepTokens: 512, tokenBudget: 8192,
  answerTokens: 512, answerBy: "base", temperature: 0.6, topP: 0.95, seed: 1, verify: "now",
};

/** The events of a finished run in the paper's loop: a draft takes a second, a score and a correction one more each. */
function eventsOf({ steps, answer }: FiledRun): RunEvent[] {
  const events: RunEvent[] = [{ kind: "started", at: 0 }];
  let step = 0;
  let request = 0;
  let at = 0;
  for (const [index, { draft, score, correction }] of steps.entries()) {
    const drafted = step++;
    events.push(
      { kind: "draft-started", step: drafted, index, at },
      { kind: "drafted", step: drafted, index, text: draft, end: "blank-line", tokens: 12, promptTokens: 40, prefilledTokens: 9, firstTokenSeconds: 0.2, seconds: 0.9, at: at += 0.9 },
      { kind: "score-requested", request, steps: [drafted], at: at += 0.05 },
      { kind: "scored", request, step: drafted, score, rung: "top-logprobs", at: at += 0.2 },
      { kind: "score-answered", request, seconds: 0.2, promptTokens: 90, cachedTokens: 64, generatedTokens: 1, at },
    );
    request++;
    if (correction === undefined) events.push({ kind: "accepted", step: drafted, at });
    else {
      events.push(
        { kind: "rejected", step: drafted, why: "score", at },
        { kind: "rolled-back", toIndex: index, steps: [drafted], tokens: 12, at },
        { kind: "base-started", request, index, why: "correction", at },
        { kind: "base-step", request, step: step++, index, text: correction, end: "blank-line", tokens: 14, seconds: 0.6, why: "correction", needed: true, at: at += 0.6 },
        { kind: "base-ended", request, how: "finished", firstTokenSeconds: 0.2, seconds: 0.6, promptTokens: 60, cachedTokens: 48, generatedTokens: 14, wastedTokens: 0, at },
      );
      request++;
    }
  }
  events.push(
    { kind: "thinking-ended", why: "model", at },
    { kind: "answer-started", request, by: "base", at },
    { kind: "answered", request, by: "base", text: answer, cut: false, tokens: 8, promptTokens: 120, firstTokenSeconds: 0.2, seconds: 0.5, at: at + 0.5 },
    { kind: "finished", at: at + 0.5 },
  );
  return events;
}

/** A run file as the page exports it. */
export const runFileOf = (...runs: readonly FiledRun[]): string =>
  JSON.stringify({
    format: "specreason-runs",
    version: 1,
    runs: runs.map((run) => {
      const events = eventsOf(run);
      return {
        header: {
          version: 1, id: run.id, problem: run.problem, createdAt: 1_700_000_000_000,
          draft: { id: run.draft ?? "draft", name: run.draft ?? "A draft model" }, base: { id: run.base ?? "base", name: run.base ?? "A base model" }, policy,
        },
        title: run.title ?? "", updatedAt: 1_700_000_000_000, events,
      };
    }),
  });
