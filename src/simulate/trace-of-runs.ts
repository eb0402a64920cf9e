import { readRunFile } from "../runs/run-file.ts";
import { type RecordedTrace, traceOfRun } from "./trace-of-run.ts";
import { parseTrace, type Trace } from "./trace.ts";

/** A trace file, or a run file exported from the app as a trace. Throws an Error with a sentence where it is neither. */
export function parseTraceOrRuns(text: string): Trace {
  if (!looksLikeRuns(text)) return parseTrace(text);
  let unnamed = 0;
  const { runs, problems } = readRunFile(text, () => `run-${unnamed++}`);
  const [problem] = problems;
  if (runs.length === 0) throw new Error(`This run file holds no run that can be read${problem === undefined ? "" : `: ${problem.path}: ${problem.message}`}.`);
  const recorded = runs.map(({ header, events }) => traceOfRun(header.id, events));
  return { name: "exported runs", timing: meanTiming(recorded.map(({ trace }) => trace)), runs: recorded.flatMap(({ trace }: RecordedTrace) => trace.runs) };
}

function looksLikeRuns(text: string): boolean {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === "object" && data !== null && !("timing" in data) && "runs" in data;
  } catch {
    return false;
  }
}

/** Runs of one file were made on one machine and link: their speeds are averaged. */
export function meanTiming(traces: readonly Trace[]): Trace["timing"] {
  const mean = (value: (timing: Trace["timing"]) => number) => traces.reduce((sum, { timing }) => sum + value(timing), 0) / Math.max(1, traces.length);
  return {
    draft: { startSeconds: mean(({ draft }) => draft.startSeconds), secondsPerToken: mean(({ draft }) => draft.secondsPerToken) },
    base: { startSeconds: mean(({ base }) => base.startSeconds), secondsPerToken: mean(({ base }) => base.secondsPerToken) },
    score: { seconds: mean(({ score }) => score.seconds) },
  };
}
