import { ggufCatalogue } from "../../models/gguf-catalogue.ts";
import { modelCatalogue } from "../../models/model-catalogue.ts";
import { modelFolder } from "../../models/webllm/model-cache.ts";
import type { StoredModels } from "../models/model-storage.ts";
import type { DeviceModel } from "../settings/settings.ts";
import { isolatedLine } from "../text/visible-text.ts";
import type { ShelfWords } from "./shelf-words.ts";

/** What there is to choose as the base model on this device. */
export type BaseChoice = { readonly id: string; readonly label: string; readonly choose: Partial<DeviceModel> };

const keptId = (folder: string): string => `kept ${folder}`;

/** The built-in one, those of the shelf, MLC models that were downloaded by their addresses, and one's own. */
export function baseChoices(stored: StoredModels | undefined, embedded: string, words: ShelfWords): readonly BaseChoice[] {
  const onShelf = new Set(modelCatalogue.flatMap(({ variants: { f16, f32 } }) => [f16, f32]).flatMap((variant) => (variant === undefined ? [] : [modelFolder(variant.modelUrl)])));
  const kept = stored?.webLlm.filter(({ folder, complete }) => complete && !onShelf.has(folder)) ?? [];
  return [
    { id: "embedded", label: embedded, choose: { source: "embedded" } },
    ...modelCatalogue.map(({ id, name }) => ({ id, label: words.onWebLlm(name), choose: { source: "catalogue", catalogueId: id } as const })),
    ...ggufCatalogue.map(({ id, name }) => ({ id, label: name, choose: { source: "catalogue", catalogueId: id } as const })),
    ...kept.flatMap(({ folder, modelLibUrl }) => (modelLibUrl === undefined ? [] : [{
      id: keptId(folder), label: words.onWebLlm(isolatedLine(nameOfFolder(folder))), choose: { source: "mlc", mlcUrl: folder, mlcLib: modelLibUrl } as const,
    }])),
    { id: "mlc", label: words.mlc, choose: { source: "mlc" } },
    { id: "url", label: words.url, choose: { source: "url" } },
    { id: "file", label: words.file, choose: { source: "file" } },
  ];
}

export const nameOfFolder = (folder: string): string => folder.replace(/\/resolve\/.*$/, "").split("/").at(-1) ?? folder;

/** The choice that a stored one is; undefined where the shelf has it no more. */
export function chosenOf(model: DeviceModel, choices: readonly BaseChoice[]): BaseChoice | undefined {
  const folder = model.source === "mlc" && URL.canParse(model.mlcUrl) ? keptId(modelFolder(model.mlcUrl)) : undefined;
  return choices.find(({ id }) => id === folder) ?? choices.find(({ id }) => id === (model.source === "catalogue" ? model.catalogueId : model.source));
}
