import * as v from "valibot";
import { ModelError } from "../model-error.ts";
import { notTheProtocol } from "./endpoint-error.ts";
import { type EndpointAccess, openTransport } from "./open-transport.ts";
import { modelsSchema } from "./schemas.ts";
import type { Transport } from "./transport.ts";

export type ListedModel = {
  readonly id: string;
  /** Prompt and output together, in tokens; absent where the server does not say. */
  readonly contextTokens?: number;
  /** As the server says: "vllm", "sglang", "llamacpp", "library" (Ollama), … */
  readonly ownedBy?: string;
};

export type ListModelsOptions = Omit<EndpointAccess, "session" | "sessionHeader" | "memory"> & { readonly signal: AbortSignal };

/** The models an endpoint serves. @throws ModelError */
export const listModels = async ({ signal, ...access }: ListModelsOptions): Promise<readonly ListedModel[]> => modelsOf(openTransport(access).transport, signal);

/** @throws ModelError */
export async function modelsOf(transport: Transport, signal: AbortSignal): Promise<readonly ListedModel[]> {
  const answer = v.safeParse(modelsSchema, await transport.json({ path: "/v1/models", signal }));
  if (!answer.success) throw notTheProtocol("", 200);
  return answer.output.data.map(({ id, owned_by, max_model_len, meta, context_length }) => {
    const contextTokens = max_model_len ?? meta?.n_ctx ?? context_length;
    return {
      id,
      ...(contextTokens === null || contextTokens === undefined ? {} : { contextTokens }),
      ...(owned_by === null || owned_by === undefined ? {} : { ownedBy: owned_by }),
    };
  });
}

const mostNamed = 8;

export function unknownModel(model: string, served: readonly ListedModel[], cause?: ModelError): ModelError {
  const names = served.slice(0, mostNamed).map(({ id }) => `“${id}”`).join(", ");
  const more = served.length > mostNamed ? ` and ${served.length - mostNamed} more` : "";
  return new ModelError("unknown-model", `The endpoint does not serve a model named “${model}”. Choose one of those it has: ${names}${more}.`, {
    ...(cause?.status === undefined ? {} : { status: cause.status }),
    ...(cause?.param === undefined ? {} : { param: cause.param }),
    cause,
  });
}
