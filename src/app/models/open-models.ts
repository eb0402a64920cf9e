import type { BaseModel } from "../../models/base-model.ts";
import { chatMl, type ChatFormat } from "../../models/chat-format.ts";
import type { Capabilities } from "../../models/endpoint/capabilities.ts";
import type { EndpointMemory } from "../../models/endpoint/endpoint-memory.ts";
import type { EndpointAccess } from "../../models/endpoint/open-transport.ts";
import type { ListedModel } from "../../models/endpoint/list-models.ts";
import type { SpeculationCounts } from "../../models/endpoint/speculation-metrics.ts";
import { defaultSessionHeader } from "../settings/session-header.ts";
import { PageError } from "../trouble.ts";

/** Trained on the bare problem. */
const embeddedBase = "arithmetic-base";

export type BaseSource = {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string;
  /** The name of the header that keeps a run on one replica. */
  readonly sessionHeader?: string;
};

/** The models the endpoint serves. @throws ModelError */
export async function servedModels({ baseUrl, apiKey }: Omit<BaseSource, "model">, signal: AbortSignal): Promise<readonly ListedModel[]> {
  const { listModels } = await import("../../models/endpoint/list-models.ts");
  return listModels({ baseUrl, apiKey, signal });
}

/** What tests and runs have found out of endpoints, for as long as the page is open: a run asks for none of it again. */
const memory: EndpointMemory = { dialects: new Map(), headers: new Map() };
const tested = new Map<string, Capabilities>();
/** By address: the model that a test without a name has found. */
const firstModels = new Map<string, string>();
/** Turn structures that were asked for without a test; undefined where the server does not tell. */
const formats = new Map<string, ChatFormat | undefined>();
const testedKey = ({ baseUrl, model }: Pick<BaseSource, "baseUrl" | "model">): string => `${baseUrl} ${model}`;

/** What the endpoint can do, and what is used instead of what it cannot. @throws ModelError */
export async function testEndpoint({ baseUrl, apiKey, model, sessionHeader = defaultSessionHeader }: BaseSource, signal: AbortSignal): Promise<Capabilities> {
  const { testConnection } = await import("../../models/endpoint/capabilities.ts");
  const found = await testConnection({ baseUrl, apiKey, signal, memory, sessionHeader, ...(model.trim() === "" ? {} : { model: model.trim() }) });
  tested.set(testedKey({ baseUrl, model: found.model }), found);
  if (model.trim() === "") firstModels.set(baseUrl, found.model);
  return found;
}

/** A score is one token that a whole run waits for; a server that schedules by priority serves it before longer work. */
const scorePriority = -1;

/** Milliseconds that a reading of counts may take. */
const longestReading = 10_000;

/** Reads what the server has counted of its own speculation; undefined where no test has found that it does. */
export function speculationReader({ baseUrl, model: named, apiKey }: BaseSource): (() => Promise<SpeculationCounts | undefined>) | undefined {
  const model = named.trim() === "" ? firstModels.get(baseUrl) : named.trim();
  if (model === undefined || tested.get(testedKey({ baseUrl, model }))?.speculation === undefined) return undefined;
  return async () => {
    const { readSpeculation } = await import("../../models/endpoint/capabilities.ts");
    return readSpeculation({ baseUrl, model, apiKey, memory, signal: AbortSignal.timeout(longestReading) });
  };
}

/** Asked for once for each endpoint and model, before its first run. */
async function formatOf(access: EndpointAccess, model: string, signal: AbortSignal): Promise<ChatFormat | undefined> {
  const key = testedKey({ baseUrl: access.baseUrl, model });
  if (!formats.has(key)) {
    const { silentFormat } = await import("./silent-format.ts");
    const format = await silentFormat(access, model, signal);
    if (!signal.aborted) formats.set(key, format);
  }
  return formats.get(key);
}

/** The base model, or the first one the endpoint serves where none is named. @throws ModelError, or PageError `no-models` */
export async function openBase({ baseUrl, apiKey, model: named, sessionHeader = defaultSessionHeader }: BaseSource, session: string, signal: AbortSignal): Promise<BaseModel> {
  const { connectEndpoint } = await import("../../models/endpoint/connect-endpoint.ts");
  const served = await servedModels({ baseUrl, apiKey }, signal);
  const model = named.trim() === "" ? served[0]?.id : named.trim();
  if (model === undefined) throw new PageError("no-models", "The list of models is empty.");
  const known = tested.get(testedKey({ baseUrl, model }));
  const contextTokens = known?.contextTokens ?? served.find(({ id }) => id === model)?.contextTokens;
  // By its usual name it is sent to another origin only where it is known to pass; another name was chosen for this router.
  const access = { baseUrl, apiKey, session, memory, scorePriority, ...(sessionHeader === defaultSessionHeader ? {} : { sessionHeader }) };
  const embedded = model === embeddedBase;
  const format = embedded ? chatMl : (known?.format ?? await formatOf(access, model, signal));
  return connectEndpoint({
    ...access, model,
    ...(format === undefined ? {} : { format }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(embedded ? { instruction: "" } : {}),
  });
}
