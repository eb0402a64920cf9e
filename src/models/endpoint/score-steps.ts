import type { ScoreResult } from "../base-model.ts";
import { ModelError } from "../model-error.ts";
import { type AskedModel, askCompletion } from "./ask-completion.ts";
import { scoreBody } from "./completion-bodies.ts";
import type { Dialect } from "./dialect.ts";
import { ollamaScoreBody } from "./ollama.ts";
import { judgementOf } from "./score-of-logprobs.ts";
import { usageOf } from "./usage-of.ts";

export type AskedScores = ScoreResult & {
  /** Whether any log-probability came, of whatever token. */
  readonly logProbs: boolean;
};

/** The scores of these prompts in one dialect: one request, or one a prompt. @throws ModelError; "bad-response" where an answer is missing */
export async function scoreSteps(asked: AskedModel, dialect: Dialect, prompts: readonly string[], signal: AbortSignal): Promise<AskedScores> {
  if (prompts.length === 1 || (dialect.lists && dialect.server !== "ollama")) return scoreTogether(asked, dialect, prompts, signal);
  const others = new AbortController();
  const stop = AbortSignal.any([signal, others.signal]);
  try {
    return sumOf(await Promise.all(prompts.map((prompt) => scoreTogether(asked, dialect, [prompt], stop))));
  } finally {
    others.abort();
  }
}

async function scoreTogether(asked: AskedModel, dialect: Dialect, prompts: readonly string[], signal: AbortSignal): Promise<AskedScores> {
  const body = dialect.server === "ollama" ? ollamaScoreBody(asked.model, prompts[0] ?? "", dialect, asked.contextTokens) : scoreBody(asked.model, prompts, dialect, asked.scorePriority);
  const { choices, usage } = await askCompletion(asked, dialect, body, signal);
  const constrained = (dialect.server === "vllm" && dialect.extras && dialect.digitIds !== undefined) || dialect.scoreWay === "constrained-digit";
  const judgements = prompts.map((_, index) => {
    const choice = choices.find((candidate) => candidate.index === index);
    if (choice === undefined) throw new ModelError("bad-response", `The endpoint answered ${choices.length} of ${prompts.length} prompts. Check that it serves /v1/completions as OpenAI does.`);
    return judgementOf(choice, dialect.digitIds, constrained);
  });
  const reported = usage === null || usage === undefined ? { promptTokens: 0, generatedTokens: prompts.length } : usageOf(usage);
  const logProbs = choices.some((choice) => choice.logprobs !== null && choice.logprobs !== undefined);
  return { judgements, logProbs, usage: dialect.server === "llama-server" ? ofAllPrompts(reported, prompts) : reported };
}

/** llama-server counts only the first prompt of a list; the others are taken to have as many characters a token. */
function ofAllPrompts(first: ScoreResult["usage"], prompts: readonly string[]): ScoreResult["usage"] {
  const characters = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  if (prompts.length < 2) return first;
  return { promptTokens: Math.round((first.promptTokens * characters) / Math.max(1, prompts[0]?.length ?? 0)), generatedTokens: prompts.length };
}

function sumOf(results: readonly AskedScores[]): AskedScores {
  const sum = (count: (result: AskedScores) => number): number => results.reduce((total, result) => total + count(result), 0);
  const cachedKnown = results.every(({ usage }) => usage.cachedTokens !== undefined);
  return {
    logProbs: results.some(({ logProbs }) => logProbs),
    judgements: results.flatMap(({ judgements }) => judgements),
    usage: {
      promptTokens: sum(({ usage }) => usage.promptTokens),
      generatedTokens: sum(({ usage }) => usage.generatedTokens),
      ...(cachedKnown ? { cachedTokens: sum(({ usage }) => usage.cachedTokens ?? 0) } : {}),
    },
  };
}
