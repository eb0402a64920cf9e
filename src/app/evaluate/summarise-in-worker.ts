import type { Outcome } from "../../evaluate/outcome.ts";
import type { SettingSummary } from "../../evaluate/statistics.ts";
import type { SummaryAnswer, SummaryQuestion } from "./summary-worker.ts";

let worker: Worker | undefined;
let heard: ((rows: readonly SettingSummary[]) => void) | undefined;
let last = 0;

/** The figures of an evaluation, computed away from the main thread: `told` is called with those after the last outcomes given, soon. */
export function addToSummary(outcomes: readonly Outcome[], reset: boolean, told: (rows: readonly SettingSummary[]) => void): void {
  if (worker === undefined) {
    worker = new Worker(new URL("./summary-worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<SummaryAnswer>) => { if (data.number === last) heard?.(data.rows); });
  }
  heard = told;
  const question: SummaryQuestion = { number: ++last, reset, outcomes };
  worker.postMessage(question);
}
