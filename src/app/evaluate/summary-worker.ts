import type { Outcome } from "../../evaluate/outcome.ts";
import { summarise, type SettingSummary } from "../../evaluate/statistics.ts";

/** `reset`: what was told before is of another evaluation. Both ends are built together, so messages are not parsed again. */
export type SummaryQuestion = { readonly number: number; readonly reset: boolean; readonly outcomes: readonly Outcome[] };
export type SummaryAnswer = { readonly number: number; readonly rows: readonly SettingSummary[] };

const outcomes: Outcome[] = [];
let last = 0;

addEventListener("message", ({ data }: MessageEvent<SummaryQuestion>) => {
  if (data.reset) outcomes.length = 0;
  outcomes.push(...data.outcomes);
  last = data.number;
  // Of several questions that wait only the last one is answered: drawing problems anew thousands of times takes a while.
  setTimeout(() => {
    if (last !== data.number) return;
    const answer: SummaryAnswer = { number: data.number, rows: summarise(outcomes) };
    postMessage(answer);
  });
});
