import * as v from "valibot";

const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const tokens = v.pipe(v.number(), v.integer(), v.minValue(0));

const traceStepSchema = v.object({
  draftTokens: tokens,
  /** 0-9 */
  score: v.pipe(v.number(), v.finite()),
  /** What the base model wrote in place of the draft; null where it wrote nothing. */
  baseTokens: v.nullable(tokens),
});

/** Recorded steps of a pair of models, with their speeds. Times exclude the round trip. */
export const traceSchema = v.object({
  name: v.string(),
  timing: v.object({
    draft: v.object({ startSeconds: seconds, secondsPerToken: seconds }),
    base: v.object({ startSeconds: seconds, secondsPerToken: seconds }),
    score: v.object({ seconds }),
  }),
  runs: v.array(v.object({ id: v.string(), steps: v.array(traceStepSchema) })),
});

export type Trace = v.InferOutput<typeof traceSchema>;
export type TraceRun = Trace["runs"][number];
export type TraceStep = TraceRun["steps"][number];
export type TraceTiming = Trace["timing"];

/** Parses a trace file. Throws an Error whose message names the first field that is wrong. */
export function parseTrace(text: string): Trace {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error("This is no trace: it is not JSON.");
  }
  const parsed = v.safeParse(traceSchema, data);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`This is no trace: ${v.getDotPath(issue) ?? "the file"}: ${issue.message}`);
}

/** Tokens of a step when the base model writes it. */
export const baseStepTokens = (step: TraceStep): number => step.baseTokens ?? step.draftTokens;

/** Tokens of so many steps when the base model writes them. */
export const baseTokensOf = (steps: readonly TraceStep[]): number => steps.reduce((sum, step) => sum + baseStepTokens(step), 0);

/** Seconds the base model alone takes: one request, every step written by it. */
export const baseOnlySeconds = (run: TraceRun, timing: TraceTiming, roundTripSeconds: number): number =>
  roundTripSeconds + timing.base.startSeconds +
  baseTokensOf(run.steps) * timing.base.secondsPerToken;
