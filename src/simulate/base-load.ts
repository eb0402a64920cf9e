import type { RunEvent } from "../reasoning/events.ts";
import { traceOfRun } from "./trace-of-run.ts";
import { baseTokensOf } from "./trace.ts";

/** What the base model's server had to compute for recorded runs, and what it would have had to alone. All in tokens but where it says otherwise. */
export type BaseLoad = {
  readonly runs: number;
  readonly steps: number;
  /** Prompt tokens that were not in the prefix cache, of all requests. */
  readonly prefilled: number;
  /** One for each score, and all that was written: corrections, races, answers, used or not. */
  readonly decoded: number;
  /** Of the largest prompt, mean over the runs: what must stay in the KV cache of each user. */
  readonly context: number;
  /** Wall clock. */
  readonly seconds: number;
  readonly alone: { readonly prefilled: number; readonly decoded: number };
};

/** @throws Error with a sentence where the server did not tell how many tokens came from its prefix cache */
export function baseLoadOf(runs: readonly { readonly id: string; readonly events: readonly RunEvent[] }[]): BaseLoad {
  const loads = runs.map(({ id, events }) => loadOf(id, events));
  const sum = (value: (load: BaseLoad) => number) => loads.reduce((total, load) => total + value(load), 0);
  return {
    runs: loads.length, steps: sum(({ steps }) => steps),
    prefilled: sum(({ prefilled }) => prefilled), decoded: sum(({ decoded }) => decoded),
    context: sum(({ context }) => context) / Math.max(1, loads.length), seconds: sum(({ seconds }) => seconds),
    alone: { prefilled: sum(({ alone }) => alone.prefilled), decoded: sum(({ alone }) => alone.decoded) },
  };
}

const unknownCache = "The run does not say how many prompt tokens came from the server's prefix cache. Start vLLM with --enable-prompt-tokens-details and record it again.";

function loadOf(id: string, events: readonly RunEvent[]): BaseLoad {
  const asked = new Map<number, number>();
  const known: number[] = [];
  let prefilled = 0;
  let decoded = 0;
  let context = 0;
  let untold = 0;
  let answer = 0;
  let problem = 0;
  const prompt = (tokens: number, cached: number | undefined, prompts = 1): void => {
    if (cached === undefined) throw new Error(unknownCache);
    prefilled += tokens - cached;
    known.push((tokens - cached) / prompts);
    context = Math.max(context, tokens / prompts);
  };
  for (const event of events) {
    if (event.kind === "drafted") problem ||= event.promptTokens;
    else if (event.kind === "score-requested") asked.set(event.request, event.steps.length);
    else if (event.kind === "score-answered") {
      prompt(event.promptTokens, event.cachedTokens, asked.get(event.request));
      decoded += event.generatedTokens;
    } else if (event.kind === "base-ended") {
      decoded += event.generatedTokens;
      if (event.promptTokens === undefined) untold += 1;
      else prompt(event.promptTokens, event.cachedTokens);
    } else if (event.kind === "answered") {
      answer = event.tokens;
      if (event.by === "base") decoded += event.tokens;
    }
  }
  // A stream that was cancelled tells nothing of its prompt: as much of it was new as of the others.
  prefilled += untold * (known.reduce((total, tokens) => total + tokens, 0) / Math.max(1, known.length));
  const steps = traceOfRun(id, events).trace.runs[0]?.steps ?? [];
  return {
    runs: 1, steps: steps.length, prefilled, decoded, context, seconds: events.at(-1)?.at ?? 0,
    alone: { prefilled: problem, decoded: baseTokensOf(steps) + answer },
  };
}
