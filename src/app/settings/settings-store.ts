import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Policy } from "../../reasoning/policy.ts";
import { readStored, writeStored } from "../stored.ts";
import { createEndpointKey, type EndpointKey } from "./endpoint-key.ts";
import { lateKeyVault } from "./late-key-vault.ts";
import { readSettings, type Settings } from "./settings.ts";

const storageKey = "specreason.settings";

type StoredChoices = {
  readonly settings: Settings;
  /** The picked GGUF files; a page may keep them only until it is reloaded. */
  readonly file: File | undefined;
  readonly baseFile: File | undefined;
};

/** All that is chosen, with the key of the endpoint's origin. */
export type SettingsState = StoredChoices & { readonly apiKey: string };

export const settingsStore = createStore<StoredChoices>(() => ({
  settings: readSettings(readStored(storageKey)),
  file: undefined,
  baseFile: undefined,
}));

export const endpointKey = createEndpointKey(settingsStore.getState().settings.base.url, globalThis.location?.href ?? "http://page.invalid", lateKeyVault);

export function chosenNow(): SettingsState {
  const choices = settingsStore.getState();
  return { ...choices, apiKey: endpointKey.at(choices.settings.base.url) };
}

export function changeSettings(changes: Partial<Settings>): void {
  const settings = { ...settingsStore.getState().settings, ...changes };
  settingsStore.setState({ settings });
  endpointKey.follow(settings.base.url);
  writeStored(storageKey, settings);
}

export const changeDraft = (changes: Partial<Settings["draft"]>): void =>
  changeSettings({ draft: { ...settingsStore.getState().settings.draft, ...changes } });

export const changeBase = (changes: Partial<Settings["base"]>): void =>
  changeSettings({ base: { ...settingsStore.getState().settings.base, ...changes } });

export const changeDeviceBase = (changes: Partial<Settings["base"]["device"]>): void =>
  changeBase({ device: { ...settingsStore.getState().settings.base.device, ...changes } });

export const changePolicy = (changes: Partial<Policy>): void =>
  changeSettings({ policy: { ...settingsStore.getState().settings.policy, ...changes } });

export function pickFile(file: File): void {
  settingsStore.setState({ file });
  changeDraft({ source: "file", fileName: file.name });
}

export function pickBaseFile(baseFile: File): void {
  settingsStore.setState({ baseFile });
  changeDeviceBase({ source: "file", fileName: baseFile.name });
}

export const useSettings = <Selected>(select: (state: StoredChoices) => Selected): Selected => useStore(settingsStore, select);

export const useEndpointKey = <Selected>(select: (state: EndpointKey) => Selected): Selected => useStore(endpointKey.store, select);
