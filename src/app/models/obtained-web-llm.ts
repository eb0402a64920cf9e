import type { OpenWebLlmRequest } from "../../models/webllm/open-webllm-model.ts";
import type { DraftLoading } from "./draft-loading.ts";
import type { DraftSource, ModelTarget } from "./draft-source.ts";
import { modelDownloads } from "./model-storage.ts";
import { showBytes } from "./obtained-file.ts";

/** Seconds a WebLLM worker may be silent; a first prefill compiles shaders, in software for a minute and more. */
const stallSeconds = 120;

/** A WebLLM model through this browser's storage, and how it is to be opened. @throws ModelError */
export async function obtainedWebLlm(
  { name, contextTokens }: Pick<DraftSource, "name" | "contextTokens">, target: Extract<ModelTarget, { kind: "webllm" }>, show: (loading: DraftLoading) => void, signal: AbortSignal,
): Promise<OpenWebLlmRequest> {
  await modelDownloads.download(target, signal, showBytes(show));
  show({ kind: "preparing" });
  const { modelUrl, modelLibUrl } = target;
  return { modelId: name, modelUrl, modelLibUrl, contextTokens, stallSeconds, signal, onProgress: () => show({ kind: "preparing" }) };
}
