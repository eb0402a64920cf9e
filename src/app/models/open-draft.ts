import type { DraftModel } from "../../models/draft-model.ts";
import { fits, type CatalogueModel } from "../../models/model-catalogue.ts";
import type { WebLlmReport } from "../../models/webllm/open-webllm-draft.ts";
import { PageError } from "../trouble.ts";
import type { DraftLoading } from "./draft-loading.ts";
import type { DraftSource, ModelTarget } from "./draft-source.ts";
import { readMachine } from "./machine.ts";
import { modelDownloads } from "./model-storage.ts";
import { obtainedFile, showBytes } from "./obtained-file.ts";

/** A draft model; WebLLM's tells more of what it does. */
export type OpenedDraft = DraftModel & { readonly report?: WebLlmReport };

/** Seconds a WebLLM worker may be silent; a first prefill compiles shaders, in software for a minute and more. */
const stallSeconds = 120;

/**
 * The only place that knows the draft model's engines; each is loaded when a run first needs it.
 * @throws ModelError, PageError "no-gpu" where a model of the catalogue cannot run on this machine's GPU
 */
export async function openDraft({ key: _key, source, ...options }: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal): Promise<OpenedDraft> {
  const found = source.kind === "catalogue" ? await variantHere(source.model) : source;
  if (found.kind === "webllm") {
    await modelDownloads.download(found, signal, showBytes(show));
    show({ kind: "preparing" });
    const { openWebLlmDraft } = await import("../../models/webllm/open-webllm-draft.ts");
    const { modelUrl, modelLibUrl } = found;
    return await openWebLlmDraft({ ...options, modelId: options.name, modelUrl, modelLibUrl, stallSeconds, signal, onProgress: () => show({ kind: "preparing" }) });
  }
  const file = await obtainedFile(found, show, signal);
  const { openWllamaDraft } = await import("../../models/wllama/open-wllama-draft.ts");
  return await openWllamaDraft({ ...options, source: { kind: "file", file }, signal });
}

/** The f16 or the f32 record, as the adapter's shaders allow. Its size is no reason to refuse: the browser tells no GPU's memory. */
async function variantHere(model: CatalogueModel): Promise<ModelTarget> {
  const fit = fits(model, (await readMachine()).gpu, undefined);
  if (fit.kind === "does-not-fit") throw new PageError("no-gpu", `${model.name} cannot run here: ${[fit.why, ...(fit.missing ?? [])].join(", ")}.`);
  return { kind: "webllm", modelUrl: fit.variant.modelUrl, modelLibUrl: fit.variant.modelLibUrl };
}
