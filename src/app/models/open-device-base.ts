import { ModelError } from "../../models/model-error.ts";
import type { OnDeviceBase } from "../../models/on-device-base/open-on-device-base.ts";
import type { DraftLoading } from "./draft-loading.ts";
import type { DraftSource } from "./draft-source.ts";
import { obtainedFile } from "./obtained-file.ts";

/** A base model on this device. @throws ModelError */
export async function openDeviceBase({ key: _key, source, ...options }: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal): Promise<OnDeviceBase> {
  if (source.kind === "webllm" || source.kind === "catalogue") throw new ModelError("engine-failed", "A base model on this device computes in llama.cpp. Choose a GGUF file.");
  const file = await obtainedFile(source, show, signal);
  const { openOnDeviceBase } = await import("../../models/on-device-base/open-on-device-base.ts");
  return openOnDeviceBase({ ...options, source: { kind: "file", file }, signal });
}
