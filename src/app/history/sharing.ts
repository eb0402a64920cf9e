import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import { openJournal } from "../app-run.ts";
import { attempt } from "./history-store.ts";
import { fileNameOf, saveFile } from "./save-file.ts";

/** What became of the last link that was asked for. */
export type Sharing = { readonly run: string } & ({ readonly kind: "copied" } | { readonly kind: "too-large" } | { readonly kind: "not-copied"; readonly link: string });

export const sharingStore = createStore<{ readonly sharing: Sharing | undefined }>(() => ({ sharing: undefined }));

export const exportRun = (id: string, title: string): Promise<void> =>
  attempt(async () => saveFile(fileNameOf(title), await (await openJournal()).exportRuns([id])));

export const exportAll = (): Promise<void> =>
  attempt(async () => saveFile(`specreason-runs-${new Date().toISOString().slice(0, 10)}.json`, await (await openJournal()).exportRuns()));

/** Copies a link that holds the run. */
export const shareRun = (run: string): Promise<void> => attempt(async () => {
  const [{ writeShareLink }, file] = await Promise.all([import("../../runs/share-link.ts"), openJournal().then((journal) => journal.exportRuns([run]))]);
  let fragment: string;
  try {
    fragment = await writeShareLink(file);
  } catch (thrown) {
    if (!(thrown instanceof Error && "kind" in thrown && thrown.kind === "too-large")) throw thrown;
    sharingStore.setState({ sharing: { run, kind: "too-large" } });
    return;
  }
  const link = location.origin + location.pathname + fragment;
  const copied = await navigator.clipboard.writeText(link).then(() => true, () => false);
  sharingStore.setState({ sharing: copied ? { run, kind: "copied" } : { run, kind: "not-copied", link } });
});

export const useSharing = (run: string): Sharing | undefined =>
  useStore(sharingStore, ({ sharing }) => (sharing?.run === run ? sharing : undefined));
