import type { ScoreResult } from "../base-model.ts";
import { ModelError } from "../model-error.ts";
import type { AskedModel } from "./ask-completion.ts";
import { afterRefusedScore, type Dialect } from "./dialect.ts";
import type { KnownDialect } from "./known-dialect.ts";
import { scoreSteps } from "./score-steps.ts";

/** Whoever goes on with a digit here was not free to. */
const wordsWanted = "The capital of France is";

/**
 * Scores by the best rung the endpoint has: the top 20 log-probabilities, one token that can only be a digit, a short sample.
 * The way down is gone once; from then on the rung that held is asked for at once.
 * @throws ModelError; of several refusals the first, which is of the best request
 */
export async function scoreByLadder(asked: AskedModel, known: KnownDialect, prompts: readonly string[], signal: AbortSignal): Promise<ScoreResult> {
  let dialect = await known.get(signal);
  let refusal: ModelError | undefined;
  for (;;) {
    let result: ScoreResult;
    try {
      result = await scoreSteps(asked, dialect, prompts, signal);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const next = afterRefusedScore(dialect, error, prompts.length);
      if (next === undefined) throw error.kind === "bad-request" ? (refusal ?? error) : error;
      refusal ??= error;
      dialect = next;
      continue;
    }
    const lower = await lowerRung(asked, dialect, result, signal);
    if (lower === undefined) {
      if (!dialect.tried || refusal !== undefined) known.learned({ ...dialect, tried: true });
      return result;
    }
    dialect = lower;
  }
}

/** Where no probability of any digit came, and the written token could be anything. */
async function lowerRung(asked: AskedModel, dialect: Dialect, { judgements }: ScoreResult, signal: AbortSignal): Promise<Dialect | undefined> {
  if (dialect.tried || dialect.scoreWay === "constrained-digit" || dialect.scoreWay === "sampled-digit") return undefined;
  if (judgements.some(({ probabilities, rung, digit }) => probabilities !== undefined || (rung === "constrained-digit" && digit !== undefined))) return undefined;
  return { ...dialect, scoreWay: (await takesConstraints(asked, dialect, signal)) ? "constrained-digit" : "sampled-digit" };
}

async function takesConstraints(asked: AskedModel, dialect: Dialect, signal: AbortSignal): Promise<boolean> {
  if (!dialect.extras) return false;
  try {
    const { judgements } = await scoreSteps(asked, { ...dialect, scoreWay: "constrained-digit" }, [wordsWanted], signal);
    return judgements[0]?.digit !== undefined;
  } catch (error) {
    if (error instanceof ModelError && (error.kind === "bad-request" || error.kind === "server-failed")) return false;
    throw error;
  }
}
