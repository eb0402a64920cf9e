import * as v from "valibot";
import { addressesOf } from "./addresses.ts";
import { notTheProtocol } from "./endpoint-error.ts";
import { createEndpointMemory } from "./endpoint-memory.ts";
import { type EndpointTiming, wallTiming } from "./endpoint-timing.ts";
import { checkedKey } from "./checked-key.ts";
import { modelsSchema } from "./schemas.ts";
import { createTransport } from "./transport.ts";

export type ListedModel = {
  readonly id: string;
  /** Prompt and output together, in tokens; absent where the server does not say. */
  readonly contextTokens?: number;
};

export type ListModelsOptions = {
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly fetch?: typeof fetch;
  readonly timing?: Partial<EndpointTiming>;
  /** The page's origin; where absent, that of the page this runs in. */
  readonly pageOrigin?: string;
  readonly signal: AbortSignal;
};

/** The models an endpoint serves. @throws ModelError */
export async function listModels({ baseUrl, apiKey, fetch: given, timing, pageOrigin, signal }: ListModelsOptions): Promise<readonly ListedModel[]> {
  const transport = createTransport({
    addresses: addressesOf(baseUrl, pageOrigin),
    apiKey: checkedKey(apiKey),
    fetch: given ?? ((...request) => globalThis.fetch(...request)),
    timing: { ...wallTiming, ...timing },
    memory: createEndpointMemory(),
  });
  const answer = v.safeParse(modelsSchema, await transport.json({ path: "/v1/models", signal }));
  if (!answer.success) throw notTheProtocol("", 200);
  return answer.output.data.map(({ id, max_model_len, meta }) => {
    const contextTokens = max_model_len ?? meta?.n_ctx;
    return { id, ...(contextTokens === null || contextTokens === undefined ? {} : { contextTokens }) };
  });
}
