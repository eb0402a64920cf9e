import { settingsStore } from "../settings/settings-store.ts";
import { frontModels } from "./front-models.ts";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { targetId, type Download } from "../models/downloads.ts";
import type { ModelTarget } from "../models/draft-source.ts";
import { readMachine, type Machine } from "../models/machine.ts";
import { deleteStoredModel, listStoredModels, modelDownloads, onModelsStored, type StoredModels } from "../models/model-storage.ts";

/** What the shelf knows; each part is absent until it has been looked at. */
export type ShelfState = {
  readonly machine?: Machine;
  readonly stored?: StoredModels;
  /** Ids of the models in front. As it was found at the last opening: nothing leaves its place under the reader's hand. */
  readonly front?: ReadonlySet<string>;
};

export const shelfStore = createStore<ShelfState>(() => ({}));

/** Looks at the device and at what is stored. A look that fails leaves what was known. */
export async function refreshShelf(): Promise<void> {
  const [machine, stored] = await Promise.all([readMachine().catch(() => undefined), listStoredModels().catch(() => undefined)]);
  shelfStore.setState({ ...(machine === undefined ? {} : { machine }), ...(stored === undefined ? {} : { stored }) });
}

/** As the shelf comes into sight. */
export async function arrangeShelf(): Promise<void> {
  await refreshShelf();
  const { machine, stored } = shelfStore.getState();
  const running = modelDownloads.store.getState();
  const front = frontModels(settingsStore.getState().settings.draft, machine, (target) => onDevice(stored, target) !== undefined || running[targetId(target)] !== undefined);
  shelfStore.setState({ front });
}

onModelsStored(() => void refreshShelf());

export async function deleteFromShelf(target: ModelTarget): Promise<void> {
  modelDownloads.pause(targetId(target));
  await deleteStoredModel(target);
  modelDownloads.forget(targetId(target));
  await refreshShelf();
}

/** What is on this device of one model. */
export type OnDevice = { readonly bytes: number; readonly total?: number; readonly complete: boolean };

export function onDevice(stored: StoredModels | undefined, target: ModelTarget): OnDevice | undefined {
  const id = targetId(target);
  const found = target.kind === "gguf" ? stored?.files.find(({ url }) => url === id) : stored?.webLlm.find(({ folder }) => folder === id);
  if (found === undefined) return undefined;
  return { bytes: found.storedBytes, complete: found.complete, ...(found.bytes === undefined ? {} : { total: found.bytes }) };
}

export const useShelf = <Selected>(select: (state: ShelfState) => Selected): Selected => useStore(shelfStore, select);
export const useDownload = (target: ModelTarget): Download | undefined => useStore(modelDownloads.store, (downloads) => downloads[targetId(target)]);
