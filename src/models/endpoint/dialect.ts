import type { ModelError } from "../model-error.ts";

/** By how they are spoken to: SGLang answers as vLLM does. */
export type ServerKind = "vllm" | "llama-server" | "ollama" | "other";

/** How scores are asked for, best first: the 20 (or 5) most likely tokens, one token that can only be a digit, a short sample to be parsed. */
export type ScoreWay = "top-20" | "top-5" | "constrained-digit" | "sampled-digit";

/** How one endpoint is to be spoken to about one model. Found out once, then used without asking again. */
export type Dialect = {
  readonly server: ServerKind;
  /** Token ids of "0" to "9"; absent where the server does not tell, or a digit is no token of its own. */
  readonly digitIds?: readonly number[];
  readonly scoreWay: ScoreWay;
  /** Whether several prompts go into one request. */
  readonly lists: boolean;
  /** Whether fields beyond OpenAI's own are taken; proxies may refuse them. */
  readonly extras: boolean;
  /** Whether a score may ask to be served before longer work. */
  readonly priority: boolean;
  /** Whether a stream may be asked for its usage. */
  readonly streamUsage: boolean;
  /** Scores in a row whose log-probabilities held no digit: a few may be the prompt's doing, more are the tokenizer's. */
  readonly digitless: number;
  /** Whether a score was answered this way; what is refused from then on is refused for its own sake. */
  readonly tried: boolean;
};

export const firstDialect: Dialect = { server: "other", scoreWay: "top-20", lists: true, extras: true, priority: true, streamUsage: true, digitless: 0, tried: false };

/** Other refusals (no credit left, too large) are not about how something was asked. */
const refusesFields = ({ kind, status }: ModelError): boolean => kind === "bad-request" && (status === 400 || status === 422);
const refusesLogProbs = ({ message, param }: ModelError): boolean => /logprob/i.test(`${param ?? ""} ${message}`);

const refusesPriority = ({ message, param }: ModelError): boolean => /priorit/i.test(`${param ?? ""} ${message}`);

/**
 * What may be tried after a refused score, a step down the ladder; undefined where the refusal has nothing to do with how it was asked.
 * vLLM and llama-server ignore what they do not know, so that they refuse for a reason.
 */
export function afterRefusedScore(dialect: Dialect, error: ModelError, prompts: number): Dialect | undefined {
  if (error.kind === "bad-response") return dialect.lists && prompts > 1 && dialect.server === "other" ? { ...dialect, lists: false } : undefined;
  if (!refusesFields(error)) return undefined;
  if (dialect.priority && refusesPriority(error)) return { ...dialect, priority: false };
  if (refusesLogProbs(error) && dialect.scoreWay === "top-20") return { ...dialect, scoreWay: "top-5" };
  if (refusesLogProbs(error) && dialect.scoreWay === "top-5") return { ...dialect, scoreWay: dialect.extras ? "constrained-digit" : "sampled-digit" };
  if (dialect.server !== "other") return undefined;
  if (dialect.lists && prompts > 1) return { ...dialect, lists: false };
  if (dialect.tried) return undefined;
  if (dialect.extras) return { ...dialect, extras: false };
  if (dialect.scoreWay === "top-20") return { ...dialect, scoreWay: "top-5" };
  if (dialect.scoreWay === "top-5") return { ...dialect, scoreWay: "sampled-digit" };
  return undefined;
}

/** The same for a refused stream. */
export function afterRefusedStream(dialect: Dialect, error: ModelError): Dialect | undefined {
  if (!refusesFields(error) || dialect.server !== "other") return undefined;
  if (dialect.extras) return { ...dialect, extras: false };
  if (dialect.streamUsage) return { ...dialect, streamUsage: false };
  return undefined;
}
