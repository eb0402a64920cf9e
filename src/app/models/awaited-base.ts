import type { BaseModel, BaseModelInfo } from "../../models/base-model.ts";
import { chatFormatFor, reasoningInstruction } from "../../models/chat-format.ts";
import { addressesOf } from "../../models/endpoint/addresses.ts";
import { asModelError, ModelError } from "../../models/model-error.ts";
import { readStored, writeStored } from "../stored.ts";
import type { BaseSource } from "./open-models.ts";

type OpenBase = (source: BaseSource, session: string, signal: AbortSignal) => Promise<BaseModel>;

/** Milliseconds a run waits for an endpoint that says nothing; it is asked again while the run goes on. */
const longestWait = 8000;

/** Opens the base model, or one to be waited for where its endpoint is away. @throws ModelError or PageError that waiting does not mend. */
export const orAwaited = (open: OpenBase): OpenBase => async (source, session, signal) => {
  const silence = AbortSignal.timeout(longestWait);
  try {
    const base = await open(source, session, AbortSignal.any([signal, silence]));
    if (source.model.trim() === "") keepFirstModel(source.baseUrl, base.info.name);
    return base;
  } catch (thrown) {
    signal.throwIfAborted();
    const away = silence.aborted ? new ModelError("timed-out", "The endpoint does not answer.") : thrown;
    if (!(away instanceof ModelError) || !(away.retryable || away.kind === "engine-dead")) throw thrown;
    return awaitedBase(awaitedInfo(source), away, (until) => open(source, session, until));
  }
};

/** What a base model that was never asked is called: by the name chosen, or by that of the first one its endpoint had the last time. */
export function awaitedInfo({ baseUrl, model }: Pick<BaseSource, "baseUrl" | "model">): BaseModelInfo {
  const name = model.trim() === "" ? firstModel(baseUrl) : model.trim();
  return { id: `${addressesOf(baseUrl).root} ${name}`, name, format: chatFormatFor(name), instruction: reasoningInstruction };
}

/** Stands for a base model until its endpoint answers a probe; from then on it is that model. */
export function awaitedBase(info: BaseModelInfo, away: ModelError, open: (signal: AbortSignal) => Promise<BaseModel>): BaseModel {
  let found: BaseModel | undefined;
  return {
    get info() { return found?.info ?? info; },
    score: (request) => found?.score(request) ?? Promise.reject(away),
    generate(request) {
      if (found === undefined) throw away;
      return found.generate(request);
    },
    async probe(signal) {
      try {
        found ??= await open(signal);
      } catch (thrown) {
        throw asModelError(thrown, "bad-response");
      }
      return found.probe(signal);
    },
  };
}

const storageKey = "specreason.first-models";

function firstModels(): Readonly<Record<string, unknown>> {
  const stored = readStored(storageKey);
  return typeof stored === "object" && stored !== null ? { ...stored } : {};
}

function firstModel(baseUrl: string): string {
  const name = firstModels()[baseUrl];
  return typeof name === "string" ? name : "";
}

function keepFirstModel(baseUrl: string, name: string): void {
  if (firstModel(baseUrl) !== name) writeStored(storageKey, { ...firstModels(), [baseUrl]: name });
}
