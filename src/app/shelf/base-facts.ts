import { likelyGpuBytes } from "../../models/model-catalogue.ts";
import { catalogued, toldSource } from "../models/draft-source.ts";
import type { Settings } from "../settings/settings.ts";
import type { Numbers } from "../words/use-numbers.ts";
import { gpuBytesOf } from "./gpu-bytes.ts";
import { cpuModelFacts, gpuModelFacts, type ModelFacts } from "./model-facts.ts";
import { onDevice, type ShelfState } from "./shelf-store.ts";
import type { ShelfWords } from "./shelf-words.ts";

type Chosen = Pick<Settings, "draft"> & { readonly device: Settings["base"]["device"] };

/** What is said of the chosen base model, and whether it fits beside the draft model; undefined where nothing is known of it. */
export function baseFacts({ device, draft }: Chosen, shelf: ShelfState, words: ShelfWords, numbers: Numbers, page: string): (Partial<ModelFacts> & Pick<ModelFacts, "fit">) | undefined {
  const { machine, stored } = shelf;
  const beside = machine === undefined ? 0 : gpuBytesOf(draft, machine, stored, page);
  const found = device.source === "catalogue" ? catalogued(device.catalogueId) : undefined;
  if (found !== undefined) return "url" in found ? cpuModelFacts(found, shelf, words, numbers) : gpuModelFacts(found, shelf, words, numbers, beside);
  if (device.source !== "mlc" || machine === undefined || toldSource(device, page) === undefined) return undefined;
  if (machine.gpu === undefined) return { fit: words.doesNotFit["no-webgpu"] };
  const bytes = gpuBytesOf(device, machine, stored, page);
  // Its weights alone are known, once they are listed.
  if (bytes === 0) return undefined;
  return { fit: bytes + beside > likelyGpuBytes(machine.gpu) ? words.mayNotFitBeside : words.weightsFit };
}

/** The same in a line; where it is still to be downloaded, with that. */
export function baseNote({ facts, fit, target }: NonNullable<ReturnType<typeof baseFacts>>, { stored }: ShelfState, words: ShelfWords): string {
  const missing = target !== undefined && stored !== undefined && onDevice(stored, target)?.complete !== true;
  return [...(facts === undefined ? [] : [`${facts}.`]), fit, ...(missing ? [words.notHereYet] : [])].join(" ");
}
