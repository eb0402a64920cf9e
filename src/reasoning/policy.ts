/**
 * How the two models work together.
 * - `draft`: the draft model alone, nothing verified.
 * - `base`: the base model alone, in one stream.
 * - `sync`: SpecReason's loop: draft, wait for the score, keep or correct, go on.
 * - `async`: drafting goes on inside a window while scores are on their way.
 * - `auto`: `async` whose window, races, hedges and hand-overs follow what is measured.
 */
export type Mode = "draft" | "base" | "sync" | "async" | "auto";

/** What `auto` is to save: seconds, the base model's tokens and calls, or some of both. */
export type Objective = "latency" | "balanced" | "cloud";

export type Policy = {
  readonly mode: Mode;
  readonly objective: Objective;
  /** Lowest score, 0-9, at which a drafted step is accepted. SpecReason's default is 7. */
  readonly threshold: number;
  /** The expectation over the ten digits' probabilities, or the most likely digit (SpecReason's default). */
  readonly scoring: "expectation" | "greedy";
  /** How many steps at the start the base model writes by itself. */
  readonly firstStepsByBase: number;
  /** Most drafted steps that wait for their verdict in `async`, and the bound for `auto`. */
  readonly window: number;
  /** Most tokens of one step; a step cut by it is told from a finished one. */
  readonly stepTokens: number;
  /** Most tokens of the whole chain of thought. */
  readonly tokenBudget: number;
  readonly answerTokens: number;
  readonly answerBy: "draft" | "base";
  readonly temperature: number;
  readonly topP: number;
  /** Each step's sampling seed is drawn from this and its position, so that when a step is drafted never changes what is drafted. */
  readonly seed: number;
  /** `later` drafts on without waiting for the base model; its steps stay unverified until verification is asked for. */
  readonly verify: "now" | "later";
};

/** SpecReason's settings, with `auto` and the expectation as score. */
export const defaultPolicy: Policy = {
  mode: "auto",
  objective: "balanced",
  threshold: 7,
  scoring: "expectation",
  firstStepsByBase: 0,
  window: 8,
  stepTokens: 512,
  tokenBudget: 8192,
  answerTokens: 1024,
  answerBy: "draft",
  temperature: 0.6,
  topP: 0.95,
  seed: 0,
  verify: "now",
};
