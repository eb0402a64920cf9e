import * as v from "valibot";
import { type Leashed, lastLines, untilAnswers } from "./leashed.ts";

export type Wanted = { readonly model: string; readonly contextTokens: number; readonly apiKey?: string; /** Longest wait. */ readonly seconds: number };

const modelsSchema = v.object({ data: v.array(v.looseObject({ id: v.string(), max_model_len: v.optional(v.number()), meta: v.optional(v.looseObject({ n_ctx: v.optional(v.number()) })) })) });

/** Waits until a server is ready with the model that is wanted. @throws Error that says which server, and why; the server is stopped then */
export async function untilServes(server: Leashed, url: string, { model, contextTokens, apiKey, seconds }: Wanted): Promise<void> {
  await untilAnswers(server, `${url}/health`, seconds);
  const why = await notAsWanted(url, model, contextTokens, apiKey);
  if (why === undefined) return;
  const lines = lastLines(server);
  await server.stop();
  throw new Error(`${server.name} ${why}. ${lines}`);
}

async function notAsWanted(url: string, model: string, contextTokens: number, apiKey: string | undefined): Promise<string | undefined> {
  let parsed;
  try {
    const answer = await fetch(`${url}/v1/models`, { headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }, signal: AbortSignal.timeout(30_000) });
    parsed = v.safeParse(modelsSchema, await answer.json());
  } catch (error) {
    return `does not list its models (${error instanceof Error ? error.message : String(error)})`;
  }
  if (!parsed.success) return "does not list its models";
  const { data } = parsed.output;
  const served = data.find(({ id }) => id === model);
  if (served === undefined) return `serves ${data.map(({ id }) => `“${id}”`).join(", ") || "no model"}, not “${model}”`;
  const context = served.max_model_len ?? served.meta?.n_ctx;
  return context !== undefined && context < contextTokens ? `has a context of ${context} tokens; the runs need ${contextTokens}` : undefined;
}
