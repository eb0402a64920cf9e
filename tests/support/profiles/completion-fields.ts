import * as v from "valibot";
import type { Fields } from "./profile-server.ts";

export const pick = (body: Fields, names: readonly string[]): Fields => Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)));

/** OpenAI's own fields of a completion that this project uses. */
export const openAiFields = ["model", "prompt", "max_tokens", "temperature", "top_p", "stop", "seed", "stream", "stream_options", "logprobs"] as const;

export const digitIds = [48, 49, 50, 51, 52, 53, 54, 55, 56, 57] as const;

const choiceSchema = v.object({
  index: v.number(),
  text: v.string(),
  logprobs: v.nullish(v.looseObject({ top_logprobs: v.nullish(v.array(v.record(v.string(), v.number()))) })),
  finish_reason: v.nullish(v.string()),
  stop_reason: v.nullish(v.union([v.string(), v.number()])),
});

export type BaseChoice = v.InferOutput<typeof choiceSchema>;

const completionSchema = v.object({
  id: v.string(),
  created: v.number(),
  model: v.string(),
  choices: v.array(choiceSchema),
  usage: v.nullish(v.object({ prompt_tokens: v.number(), total_tokens: v.number(), completion_tokens: v.number(), prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.number() })) })),
});

export const readCompletion = (completion: Fields): v.InferOutput<typeof completionSchema> => v.parse(completionSchema, completion);

export const errorText = ({ message }: Fields): string => (typeof message === "string" ? message : "");
export const isOverflow = (error: Fields): boolean => error["param"] === "input_tokens" || error["param"] === "max_tokens";
