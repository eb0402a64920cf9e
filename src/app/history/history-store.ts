import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import type { RunSummary } from "../../runs/list-runs.ts";
import type { StorageUsage } from "../../runs/run-journal.ts";
import { appRun, openJournal } from "../app-run.ts";
import { leaveRun, runInAddress } from "../run/run-address.ts";
import { troubleOf, type Trouble } from "../trouble.ts";

export type HistoryState = {
  /** Undefined until the database was read. */
  readonly runs: readonly RunSummary[] | undefined;
  readonly more: boolean;
  readonly search: string;
  readonly removed: { readonly titles: readonly string[]; /** Resolves to whether all came back. */ readonly undo: () => Promise<boolean> } | undefined;
  readonly usage: (StorageUsage & { readonly kept?: "granted" | "refused" | "not-asked" }) | undefined;
  readonly trouble: Trouble | undefined;
};

const page = 12;
let limit = page;
let unwatch: (() => void) | undefined;
let watches = 0;

export const historyStore = createStore<HistoryState>(() => ({
  runs: undefined, more: false, search: "", removed: undefined, usage: undefined, trouble: undefined,
}));

const tell = (thrown: unknown): void => historyStore.setState({ trouble: troubleOf(thrown, "run") });

/** What the one before could not do is told until then. */
export async function attempt(work: () => Promise<unknown>): Promise<void> {
  historyStore.setState({ trouble: undefined });
  try {
    await work();
  } catch (thrown) {
    tell(thrown);
  }
}

/** Shows the stored runs, newest first, or those that are searched for, and keeps the list as it changes, in this tab or another. */
export const watchHistory = (): Promise<void> => attempt(async () => {
  const watch = ++watches;
  const journal = await openJournal();
  if (watch !== watches) return;
  unwatch?.();
  const { search } = historyStore.getState();
  let failed = false;
  unwatch = journal.watchList(
    { limit, ...(search.trim() === "" ? {} : { search }) },
    ({ runs, next }) => {
      if (watch !== watches) return;
      historyStore.setState({ runs, more: next !== undefined, ...(failed ? { trouble: undefined } : {}) });
      failed = false;
      askUsage();
    },
    (error) => {
      failed = true;
      tell(error);
    },
  );
});

let asking: ReturnType<typeof setTimeout> | undefined;

/** The list changes with each step of a run, what it takes need not be told that often. */
function askUsage(): void {
  asking ??= setTimeout(() => {
    asking = undefined;
    const read = async (): Promise<void> => {
      const usage = await (await openJournal()).usage();
      const persisted = await navigator.storage?.persisted?.().catch(() => undefined);
      historyStore.setState(({ usage: before }) => ({
        usage: { ...usage, ...(persisted === undefined ? {} : { kept: persisted ? "granted" : (before?.kept ?? "not-asked") }) },
      }));
    };
    read().catch(tell);
  }, historyStore.getState().usage === undefined ? 0 : 1000);
}

/** The browser then clears nothing by itself when it runs short of space. */
export async function askToKeep(): Promise<void> {
  const granted = await navigator.storage.persist().catch(() => false);
  historyStore.setState(({ usage }) => (usage === undefined ? {} : { usage: { ...usage, kept: granted ? "granted" : "refused" } }));
}

export function searchHistory(search: string): void {
  limit = page;
  historyStore.setState({ search });
  void watchHistory();
}

export function showMore(): void {
  limit += page;
  void watchHistory();
}

export const renameRun = (id: string, title: string): Promise<void> => attempt(async () => (await openJournal()).rename(id, title));

/** The run on the page goes from it, and from its address. */
function leave(id: string): void {
  if (appRun.store.getState().run?.header.id === id) void appRun.clear();
  if (runInAddress() === id) leaveRun();
}

async function remove(runs: readonly Pick<RunSummary, "id" | "title">[]): Promise<void> {
  if (runs.length === 0) return;
  for (const { id } of runs) leave(id);
  const { removed, undo } = await (await openJournal()).remove(...runs.map(({ id }) => id));
  const gone = new Set(removed);
  historyStore.setState({ removed: { titles: runs.filter(({ id }) => gone.has(id)).map(({ title }) => title), undo } });
}

export const removeRun = (run: Pick<RunSummary, "id" | "title">): Promise<void> => attempt(() => remove([run]));

/** All but one that is at work. */
export const removeAll = (): Promise<void> => attempt(async () => {
  const { run, work } = appRun.store.getState();
  const { runs } = await (await openJournal()).list({ limit: Infinity });
  await remove(runs.filter(({ id }) => work.kind === "idle" || id !== run?.header.id));
});

export const undoRemove = (): Promise<void> => attempt(async () => {
  const { removed } = historyStore.getState();
  historyStore.setState({ removed: undefined });
  if (await removed?.undo() === false) {
    historyStore.setState({ trouble: { kind: "missing", message: "It was deleted for good meanwhile, perhaps in another tab.", kept: "run" } });
  }
});

/** Frees the space of what was deleted, which is then gone. */
export const removeForGood = (): Promise<void> => attempt(async () => {
  historyStore.setState({ removed: undefined });
  await (await openJournal()).purge();
  askUsage();
});

export const useHistory = <Selected>(select: (state: HistoryState) => Selected): Selected => useStore(historyStore, select);
