import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import type { RunSummary } from "../../runs/list-runs.ts";
import { openJournal } from "../app-run.ts";
import { troubleOf, type Trouble } from "../trouble.ts";

export type HistoryState = {
  /** Undefined until the database was read. */
  readonly runs: readonly RunSummary[] | undefined;
  readonly more: boolean;
  readonly removed: { readonly id: string; readonly title: string; readonly undo: () => Promise<boolean> } | undefined;
  readonly trouble: Trouble | undefined;
};

const page = 12;
let limit = page;
let unwatch: (() => void) | undefined;

export const historyStore = createStore<HistoryState>(() => ({ runs: undefined, more: false, removed: undefined, trouble: undefined }));

async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    historyStore.setState({ trouble: troubleOf(thrown, "run") });
  }
}

/** Shows the stored runs, newest first, and keeps the list as it changes, in this tab or another. */
export const watchHistory = (): Promise<void> => attempt(async () => {
  const journal = await openJournal();
  unwatch?.();
  unwatch = journal.watchList(
    { limit },
    ({ runs, next }) => historyStore.setState({ runs, more: next !== undefined, trouble: undefined }),
    (error) => historyStore.setState({ trouble: troubleOf(error, "run") }),
  );
});

export function showMore(): void {
  limit += page;
  void watchHistory();
}

export const renameRun = (id: string, title: string): Promise<void> => attempt(async () => (await openJournal()).rename(id, title));

export const removeRun = (id: string, title: string): Promise<void> => attempt(async () => {
  const { undo } = await (await openJournal()).remove(id);
  historyStore.setState({ removed: { id, title, undo } });
});

export const undoRemove = (): Promise<void> => attempt(async () => {
  const { removed } = historyStore.getState();
  historyStore.setState({ removed: undefined });
  await removed?.undo();
});

export const useHistory = <Selected>(select: (state: HistoryState) => Selected): Selected => useStore(historyStore, select);
