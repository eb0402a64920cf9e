import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Policy } from "../../reasoning/policy.ts";
import { readStored, writeStored } from "../stored.ts";
import { readSettings, type Settings } from "./settings.ts";

const storageKey = "specreason.settings";

export type SettingsState = {
  readonly settings: Settings;
  /** In memory only. */
  readonly apiKey: string;
  /** The picked GGUF file; a page may keep it only until it is reloaded. */
  readonly file: File | undefined;
};

export const settingsStore = createStore<SettingsState>(() => ({
  settings: readSettings(readStored(storageKey)),
  apiKey: "",
  file: undefined,
}));

export function changeSettings(changes: Partial<Settings>): void {
  const settings = { ...settingsStore.getState().settings, ...changes };
  settingsStore.setState({ settings });
  writeStored(storageKey, settings);
}

export const changeDraft = (changes: Partial<Settings["draft"]>): void =>
  changeSettings({ draft: { ...settingsStore.getState().settings.draft, ...changes } });

export const changeBase = (changes: Partial<Settings["base"]>): void =>
  changeSettings({ base: { ...settingsStore.getState().settings.base, ...changes } });

export const changePolicy = (changes: Partial<Policy>): void =>
  changeSettings({ policy: { ...settingsStore.getState().settings.policy, ...changes } });

export const changeApiKey = (apiKey: string): void => settingsStore.setState({ apiKey });

export function pickFile(file: File): void {
  settingsStore.setState({ file });
  changeDraft({ source: "file", fileName: file.name });
}

export const useSettings = <Selected>(select: (state: SettingsState) => Selected): Selected => useStore(settingsStore, select);
