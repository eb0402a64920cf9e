import type { RunEvent } from "../reasoning/events.ts";
import type { Trace, TraceStep, TraceTiming } from "./trace.ts";

/** A run's own steps and speeds as a trace, and what of it had to be assumed. */
export type RecordedTrace = {
  readonly trace: Trace;
  /** Round trip during the recording, in seconds; undefined where it was not measured. */
  readonly roundTripSeconds: number | undefined;
  /** Steps of the chain whose score is not known (the base model wrote them unasked); they count as accepted. */
  readonly unscored: number;
  /** Figures for which the run held no measurement. */
  readonly assumed: readonly ("draft" | "base" | "score")[];
};

const assumedTiming: TraceTiming = {
  draft: { startSeconds: 0.1, secondsPerToken: 0.01 },
  base: { startSeconds: 0.1, secondsPerToken: 0.045 },
  score: { seconds: 0.15 },
};

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of text no model has counted. */
const charactersPerToken = 4;

type Spent = { readonly first: number; readonly rest: number; readonly tokens: number };

/** Start and pace of a model, from requests' seconds to the first token and after it. */
function paceOf(spent: readonly Spent[], network: number): { startSeconds: number; secondsPerToken: number } | undefined {
  const first = mean(spent.map((one) => one.first));
  const later = spent.reduce((sum, { tokens }) => sum + Math.max(0, tokens - 1), 0);
  if (first === undefined || later === 0) return undefined;
  const secondsPerToken = spent.reduce((sum, { rest }) => sum + rest, 0) / later;
  return { startSeconds: Math.max(0, first - network - secondsPerToken), secondsPerToken };
}

/** Makes a trace of what a run recorded, for other thresholds, links and modes to be tried on it. */
export function traceOfRun(id: string, events: readonly RunEvent[]): RecordedTrace {
  /** By place in the chain: the latest judged draft, and the latest step of the base model. */
  let drafts = new Map<number, { readonly tokens: number; readonly step: number }>();
  let bases = new Map<number, number>();
  /** The chains of other branches, by number. */
  const branches = new Map<number, { readonly drafts: typeof drafts; readonly bases: typeof bases; readonly length: number }>();
  let branch = 1;
  const scores = new Map<number, number>();
  const drafting: Spent[] = [];
  const writing: Spent[] = [];
  const scoring: number[] = [];
  let roundTripSeconds: number | undefined;
  let length = 0;

  for (const event of events) {
    if (event.kind === "drafted") {
      drafts.set(event.index, { tokens: event.tokens, step: event.step });
      bases.delete(event.index);
      length = event.index + 1;
      drafting.push({ first: event.firstTokenSeconds, rest: event.seconds - event.firstTokenSeconds, tokens: event.tokens });
    } else if (event.kind === "scored" && event.score !== undefined) scores.set(event.step, event.score);
    else if (event.kind === "rolled-back") length = Math.min(length, event.toIndex);
    else if (event.kind === "branched") {
      branches.set(branch, { drafts: new Map(drafts), bases: new Map(bases), length });
      branch = branches.size + 1;
      length = Math.min(length, event.toIndex);
    } else if (event.kind === "switched") {
      const chosen = branches.get(event.branch);
      if (chosen === undefined) continue;
      branches.delete(event.branch);
      branches.set(branch, { drafts, bases, length });
      branch = event.branch;
      ({ drafts, bases, length } = chosen);
    } else if (event.kind === "edited") {
      // Counted as a draft that passes: what the reader wrote is as long as its text.
      drafts.set(event.index, { tokens: Math.max(1, Math.round(event.text.length / charactersPerToken)), step: event.step });
      bases.delete(event.index);
      length = event.index + 1;
    } else if (event.kind === "base-step") {
      bases.set(event.index, event.tokens);
      length = event.index + 1;
    } else if (event.kind === "base-ended" && event.firstTokenSeconds !== undefined) {
      writing.push({ first: event.firstTokenSeconds, rest: (event.lastTokenSeconds ?? event.seconds) - event.firstTokenSeconds, tokens: event.generatedTokens });
    } else if (event.kind === "score-answered") scoring.push(event.seconds);
    else if (event.kind === "link-measured" || event.kind === "base-back") roundTripSeconds = event.roundTripSeconds;
  }

  const network = roundTripSeconds ?? 0;
  let unscored = 0;
  const steps = Array.from({ length }, (_, index): TraceStep => {
    const draft = drafts.get(index);
    const baseTokens = bases.get(index) ?? null;
    const score = draft === undefined ? undefined : scores.get(draft.step);
    if (score === undefined) unscored += 1;
    return { draftTokens: draft?.tokens ?? baseTokens ?? 1, score: score ?? 9, baseTokens };
  });
  const draft = paceOf(drafting, 0);
  const base = paceOf(writing, network);
  const score = mean(scoring);
  return {
    trace: {
      name: id,
      timing: {
        draft: draft ?? assumedTiming.draft,
        base: base ?? assumedTiming.base,
        score: score === undefined ? assumedTiming.score : { seconds: Math.max(0, score - network) },
      },
      runs: [{ id, steps }],
    },
    roundTripSeconds, unscored,
    assumed: [
      ...(draft === undefined ? (["draft"] as const) : []),
      ...(base === undefined ? (["base"] as const) : []),
      ...(score === undefined ? (["score"] as const) : []),
    ],
  };
}
