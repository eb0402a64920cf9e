import type { OnDeviceBase } from "../../models/on-device-base/on-device-base.ts";
import type { OnDeviceModel } from "../../models/on-device-model.ts";
import type { DraftLoading } from "./draft-loading.ts";
import type { DraftSource } from "./draft-source.ts";
import { obtainedFile } from "./obtained-file.ts";
import { obtainedWebLlm } from "./obtained-web-llm.ts";
import { variantHere } from "./variant-here.ts";

/** A base model on this device, in the engine its file is for. @throws as `openDraft` */
export async function openDeviceBase(source: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal): Promise<OnDeviceBase> {
  const model = await openModel(source, show, signal);
  const { onDeviceBase } = await import("../../models/on-device-base/on-device-base.ts");
  return onDeviceBase(source, model);
}

async function openModel({ key: _key, source, ...options }: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal): Promise<OnDeviceModel> {
  const found = source.kind === "catalogue" ? await variantHere(source.model) : source;
  if (found.kind === "webllm") {
    const request = await obtainedWebLlm(options, found, show, signal);
    const { openWebLlmModel } = await import("../../models/webllm/open-webllm-model.ts");
    return await openWebLlmModel(request);
  }
  const file = await obtainedFile(found, show, signal);
  const { openWllamaModel } = await import("../../models/wllama/open-wllama-model.ts");
  return await openWllamaModel({ ...options, source: { kind: "file", file }, signal });
}
