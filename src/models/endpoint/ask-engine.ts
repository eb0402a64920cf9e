import * as v from "valibot";
import { ModelError } from "../model-error.ts";
import type { ServerKind } from "./dialect.ts";
import type { ListedModel } from "./list-models.ts";
import type { Transport } from "./transport.ts";

export type Engine = {
  readonly name: string;
  readonly version?: string;
  /** The app's own server, slowed to a link and a GPU in seconds: its speed is no measurement. */
  readonly slowedTo?: Readonly<Record<string, number>>;
};

const versionSchema = v.object({
  version: v.string(),
  /** The app's own server answers as vLLM does, and says here that it is none. */
  local_base: v.optional(v.object({ engine: v.string(), shape: v.nullish(v.record(v.string(), v.unknown())) })),
});
const propsSchema = v.object({ build_info: v.nullish(v.string()) });

/** Names by which servers say that a model is theirs. */
const names: Readonly<Record<string, string>> = { vllm: "vLLM", sglang: "SGLang", llamacpp: "llama-server", library: "Ollama", organization_owner: "LM Studio" };

const named = (name: string, told: string | null | undefined): Engine => ({ name, ...(told === null || told === undefined || told === "" ? {} : { version: told }) });

/** What serves the model, where it says so. @throws ModelError "aborted" */
export async function askEngine(transport: Transport, server: ServerKind, model: ListedModel | undefined, signal: AbortSignal): Promise<Engine | undefined> {
  const ask = async (path: `/${string}`): Promise<unknown> => {
    try {
      return await transport.json({ path, signal });
    } catch (error) {
      if (error instanceof ModelError && error.kind !== "aborted") return undefined;
      throw error;
    }
  };
  const version = async (path: `/${string}`): Promise<v.InferOutput<typeof versionSchema> | undefined> => {
    const answer = v.safeParse(versionSchema, await ask(path));
    return answer.success ? answer.output : undefined;
  };

  if (server === "ollama") return named("Ollama", (await version("/api/version"))?.version);
  if (server === "llama-server") {
    const props = v.safeParse(propsSchema, await ask("/props"));
    return named("llama-server", props.success ? props.output.build_info : undefined);
  }
  const name = names[model?.ownedBy ?? ""] ?? (server === "vllm" ? "vLLM" : undefined);
  if (name === undefined) return undefined;
  if (name !== "vLLM") return { name };
  const told = await version("/version");
  return told?.local_base === undefined ? named(name, told?.version) : localBase(told.local_base);
}

function localBase({ engine, shape }: { readonly engine: string; readonly shape?: Readonly<Record<string, unknown>> | null | undefined }): Engine {
  const slowedTo = Object.fromEntries(Object.entries(shape ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  return { name: `the app's own base over ${engine}`, ...(Object.keys(slowedTo).length === 0 ? {} : { slowedTo }) };
}
