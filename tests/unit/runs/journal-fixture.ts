import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { openRunJournal, type RunJournal, type RunJournalOptions } from "../../../src/runs/run-journal.ts";

/** One browser: what is stored outlives the tabs that open it. */
export type Browser = { readonly indexedDB: IDBFactory; now: number };
export const newBrowser = (): Browser => ({ indexedDB: new IDBFactory(), now: 10_000 });

export const openTab = (browser: Browser, more: Partial<RunJournalOptions> = {}): Promise<RunJournal> =>
  openRunJournal({ name: "runs", indexedDB: browser.indexedDB, keyRange: IDBKeyRange, now: () => (browser.now += 1), ...more });
