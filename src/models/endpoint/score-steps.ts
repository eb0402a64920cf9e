import * as v from "valibot";
import type { ScoreResult } from "../base-model.ts";
import { ModelError } from "../model-error.ts";
import { scoreBody } from "./completion-bodies.ts";
import type { Tokenization } from "./digit-ids.ts";
import { notTheProtocol } from "./endpoint-error.ts";
import { completionSchema } from "./schemas.ts";
import { judgementOf } from "./score-of-logprobs.ts";
import type { Transport } from "./transport.ts";
import { usageOf } from "./usage-of.ts";

/** One request for all prompts. @throws ModelError; "bad-response" where an answer is missing */
export async function scoreSteps(
  transport: Transport,
  model: string,
  prompts: readonly string[],
  tokenization: Tokenization,
  signal: AbortSignal,
): Promise<ScoreResult> {
  const completion = v.safeParse(completionSchema, await transport.json({ path: "/v1/completions", body: scoreBody(model, prompts, tokenization), signal }));
  if (!completion.success) throw notTheProtocol("", 200);
  const { choices, usage } = completion.output;
  const constrained = tokenization.kind !== "llama-server" && tokenization.digitIds !== undefined;
  const judgements = prompts.map((_, index) => {
    const choice = choices.find((candidate) => candidate.index === index);
    if (choice === undefined) throw new ModelError("bad-response", `The endpoint answered ${choices.length} of ${prompts.length} prompts.`);
    return judgementOf(choice, tokenization.digitIds, constrained);
  });
  const reported = usage === null || usage === undefined ? { promptTokens: 0, generatedTokens: prompts.length } : usageOf(usage);
  return { judgements, usage: tokenization.kind === "llama-server" ? ofAllPrompts(reported, prompts) : reported };
}

/** llama-server counts only the first prompt of a list; the others are taken to have as many characters a token. */
function ofAllPrompts(first: ScoreResult["usage"], prompts: readonly string[]): ScoreResult["usage"] {
  const characters = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  if (prompts.length < 2) return first;
  return { promptTokens: Math.round((first.promptTokens * characters) / Math.max(1, prompts[0]?.length ?? 0)), generatedTokens: prompts.length };
}
