import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { parseDataSet, type DataSet } from "../../evaluate/data-set.ts";
import { largestFile, loadBuiltIn, type BuiltInSet } from "./data-sets.ts";

export type SetState =
  | { readonly kind: "nothing" | "reading" | "too-large" | "not-loaded" }
  | ({ readonly kind: "ready" | "none-usable" } & DataSet);

/** The problems that a new evaluation will draw from. `name`: the set's, or the file's. */
export type ChosenSet = { readonly set: BuiltInSet | "own"; readonly name: string; readonly state: SetState };

const store = createStore<ChosenSet>(() => ({ set: "arithmetic", name: "arithmetic", state: { kind: "nothing" } }));

/** The last choice counts, whichever is read first. */
async function choose(set: ChosenSet["set"], name: string, read: () => Promise<DataSet>): Promise<void> {
  const chosen: ChosenSet = { set, name, state: { kind: "reading" } };
  store.setState(chosen, true);
  const state = await read().then((data): SetState => ({ kind: data.problems.length === 0 ? "none-usable" : "ready", ...data }), (): SetState => ({ kind: "not-loaded" }));
  if (store.getState() === chosen) store.setState({ state });
}

export const loadSet = (set: ChosenSet["set"]): Promise<void> => {
  if (set !== "own") return choose(set, set, () => loadBuiltIn(set));
  store.setState({ set, name: "", state: { kind: "nothing" } });
  return Promise.resolve();
};

/** What was chosen before the page was left is still chosen. */
export function openChosenSet(): void {
  const { set, state } = store.getState();
  if (set !== "own" && state.kind === "nothing") void loadSet(set);
}

export function chooseFile(file: File): Promise<void> {
  if (file.size <= largestFile) return choose("own", file.name, async () => parseDataSet(await file.text()));
  store.setState({ set: "own", name: file.name, state: { kind: "too-large" } });
  return Promise.resolve();
}

export const useChosenSet = (): ChosenSet => useStore(store);
