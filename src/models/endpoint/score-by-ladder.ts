import type { ScoreResult } from "../base-model.ts";
import { ModelError } from "../model-error.ts";
import type { AskedModel } from "./ask-completion.ts";
import { afterRefusedScore, type Dialect } from "./dialect.ts";
import type { KnownDialect } from "./known-dialect.ts";
import { type AskedScores, scoreSteps } from "./score-steps.ts";

/** Whoever goes on with a digit here was not free to. */
const wordsWanted = "The capital of France is";

/** So many scores without a digit among the likely tokens, and the digits are taken to be no tokens of their own. */
const mostDigitless = 3;

/**
 * Scores by the best rung the endpoint has: the top 20 log-probabilities, one token that can only be a digit, a short sample.
 * The way down is gone once; from then on the rung that held is asked for at once.
 * @throws ModelError; of several refusals the first, which is of the best request
 */
export async function scoreByLadder(asked: AskedModel, known: KnownDialect, prompts: readonly string[], signal: AbortSignal): Promise<ScoreResult> {
  let dialect = await known.get(signal);
  let refusal: ModelError | undefined;
  for (;;) {
    let result: AskedScores;
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
    const { judgements, usage } = result;
    if (dialect.tried || isTold(dialect, result)) {
      if (!dialect.tried || refusal !== undefined) known.learned({ ...dialect, tried: true });
      return { judgements, usage };
    }
    if (result.logProbs && dialect.digitless + 1 < mostDigitless) {
      known.learned({ ...dialect, digitless: dialect.digitless + 1 });
      const sampled = await scoreSteps(asked, { ...dialect, scoreWay: "sampled-digit" }, prompts, signal);
      return { judgements: sampled.judgements, usage: sampled.usage };
    }
    dialect = { ...dialect, scoreWay: !result.logProbs && (await takesConstraints(asked, dialect, signal)) ? "constrained-digit" : "sampled-digit" };
  }
}

/** Whether the answer says what this rung can say. */
function isTold({ scoreWay }: Dialect, { judgements }: AskedScores): boolean {
  if (scoreWay === "constrained-digit" || scoreWay === "sampled-digit") return true;
  return judgements.some(({ probabilities, rung, digit }) => probabilities !== undefined || (rung === "constrained-digit" && digit !== undefined));
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
