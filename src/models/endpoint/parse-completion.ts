import * as v from "valibot";
import { errorInAnswer, notTheProtocol } from "./endpoint-error.ts";
import { type Completion, completionSchema } from "./schemas.ts";

/** @throws ModelError for an error that came with a good status, and for what is no completion */
export function parseCompletion(value: unknown, apiKey: string | undefined): Completion {
  const error = errorInAnswer(value, apiKey);
  if (error !== undefined) throw error;
  const completion = v.safeParse(completionSchema, value);
  if (!completion.success) throw notTheProtocol("", 200);
  return completion.output;
}
