import type { DraftModel } from "../../models/draft-model.ts";
import type { WebLlmReport } from "../../models/webllm/open-webllm-model.ts";
import type { DraftLoading } from "./draft-loading.ts";
import type { DraftSource } from "./draft-source.ts";
import { obtainedFile } from "./obtained-file.ts";
import { obtainedWebLlm } from "./obtained-web-llm.ts";
import { variantHere } from "./variant-here.ts";

/** A draft model; WebLLM's tells more of what it does. */
export type OpenedDraft = DraftModel & { readonly report?: WebLlmReport };

/**
 * The draft model in its engine, which is loaded when a run first needs it.
 * @throws ModelError, PageError "no-gpu" where a model of the catalogue cannot run on this machine's GPU
 */
export async function openDraft({ key: _key, source, ...options }: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal): Promise<OpenedDraft> {
  const found = source.kind === "catalogue" ? await variantHere(source.model) : source;
  if (found.kind === "webllm") {
    const request = await obtainedWebLlm(options, found, show, signal);
    const { openWebLlmDraft } = await import("../../models/webllm/open-webllm-draft.ts");
    return await openWebLlmDraft({ ...options, ...request });
  }
  const file = await obtainedFile(found, show, signal);
  const { openWllamaDraft } = await import("../../models/wllama/open-wllama-draft.ts");
  return await openWllamaDraft({ ...options, source: { kind: "file", file }, signal });
}
