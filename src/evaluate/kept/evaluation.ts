import * as v from "valibot";
import type { Policy } from "../../reasoning/policy.ts";
import { policySchema } from "../../runs/run-schema.ts";
import { rungs } from "../answers/compare-answers.ts";
import type { Problem } from "../data-set.ts";
import type { Outcome } from "../outcome.ts";
import { evaluatedModes, type Plan } from "../plan.ts";

/** Why an evaluation rests before its end. `failure` is of a model or of storage; `models`: others are chosen than it began with. */
export type Pause =
  | { readonly kind: "asked" }
  | { readonly kind: "failure"; readonly failure: { readonly kind: string; readonly message: string } }
  | { readonly kind: "models"; readonly began: string; readonly chosen: string };

/** An evaluation as its list shows it; small, since it changes with each task that is done. */
export type Evaluation = {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** What its problems come from: a built-in set's name or a file's. */
  readonly dataSet: string;
  readonly plan: Plan;
  /** As chosen when it began; mode, threshold and seed are each task's own. */
  readonly policy: Policy;
  /** Ids of the models, once one of its runs has told them. */
  readonly draft?: string;
  readonly base?: string;
  /** Runs to be done in all, and those done. */
  readonly tasks: number;
  readonly done: number;
  /** Wall clock of the tasks done, opening and judging included. */
  readonly seconds: number;
  readonly paused?: Pause;
  /** When it was taken off the list. */
  readonly removedAt?: number;
};

export type DrawnRow = { readonly evaluation: string; readonly problems: readonly Problem[] };
/** `place`: how many were stored before it. */
export type OutcomeRow = { readonly evaluation: string; readonly key: string; readonly place: number; readonly outcome: Outcome };

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const threshold = v.pipe(v.number(), v.minValue(0), v.maxValue(9));
const mode = v.picklist(evaluatedModes);

const evaluationSchema = v.object({
  id: v.string(),
  createdAt: v.number(),
  dataSet: v.string(),
  plan: v.object({ problems: count, seed: v.pipe(v.number(), v.safeInteger()), samples: count, modes: v.array(mode), thresholds: v.array(threshold) }),
  policy: policySchema,
  draft: v.exactOptional(v.string()),
  base: v.exactOptional(v.string()),
  tasks: count,
  done: count,
  seconds: amount,
  paused: v.exactOptional(v.variant("kind", [
    v.object({ kind: v.literal("asked") }),
    v.object({ kind: v.literal("failure"), failure: v.object({ kind: v.string(), message: v.string() }) }),
    v.object({ kind: v.literal("models"), began: v.string(), chosen: v.string() }),
  ])),
  removedAt: v.exactOptional(v.number()),
});

const drawnSchema = v.object({ evaluation: v.string(), problems: v.array(v.object({ id: v.string(), problem: v.string(), answer: v.string() })) });

const outcomeSchema = v.object({
  evaluation: v.string(),
  key: v.string(),
  place: count,
  outcome: v.object({
    key: v.string(),
    problem: v.string(),
    mode,
    threshold: v.exactOptional(threshold),
    sample: count,
    run: v.string(),
    right: v.boolean(),
    given: v.exactOptional(v.string()),
    foundBy: v.exactOptional(v.picklist(["boxed", "hashes", "phrase", "last-number"])),
    rung: v.exactOptional(v.picklist(rungs)),
    seconds: amount,
    draftTokens: count,
    baseTokens: count,
    baseRequests: count,
    scoredSteps: count,
    acceptedSteps: count,
  }),
});

const read = <Row>(schema: v.GenericSchema<unknown, Row>) => (row: unknown): Row | undefined => {
  const parsed = v.safeParse(schema, row);
  return parsed.success ? parsed.output : undefined;
};

/** A row that cannot be read is as if it were not there: its task is done again. */
export const readEvaluation = read<Evaluation>(evaluationSchema);
export const readDrawn = read<DrawnRow>(drawnSchema);
export const readOutcome = read<OutcomeRow>(outcomeSchema);
