import { fits } from "../../models/model-catalogue.ts";
import { toldSource } from "../models/draft-source.ts";
import type { Machine } from "../models/machine.ts";
import type { StoredModels } from "../models/model-storage.ts";
import type { DeviceModel } from "../settings/settings.ts";
import { onDevice } from "./shelf-store.ts";

/**
 * GPU memory that a chosen model takes here, bytes, as far as that is known before it is opened: what a catalogue's record
 * says, else its weights. 0 for what computes on the CPU, as GGUF models do without 16-bit floats in shaders.
 */
export function gpuBytesOf(model: DeviceModel, { gpu }: Pick<Machine, "gpu">, stored: StoredModels | undefined, page: string): number {
  const source = model.source === "embedded" ? undefined : toldSource(model, page)?.source;
  if (source === undefined || gpu === undefined || source.kind === "file") return 0;
  if (source.kind === "catalogue") {
    const fit = fits(source.model, gpu, undefined);
    return fit.kind === "does-not-fit" ? 0 : fit.variant.gpuBytes;
  }
  if (source.kind === "gguf" && !gpu.features.has("shader-f16")) return 0;
  return onDevice(stored, source)?.total ?? 0;
}
