/* oxlint-disable typescript/no-unsafe-type-assertion, typescript/unbound-method -- reaches into the fake to make it fail as browsers do */
import { forceCloseDatabase, IDBFactory, IDBIndex, IDBKeyRange, IDBObjectStore, IDBTransaction } from "fake-indexeddb";
import { openRunJournal, type RunJournal, type RunJournalOptions } from "../../../src/runs/run-journal.ts";

/** One browser: what is stored outlives the tabs that open it. Its clock is a number that moves by one a look. */
export type Browser = { readonly indexedDB: IDBFactory; now: number };
export const newBrowser = (): Browser => ({ indexedDB: new IDBFactory(), now: 10_000 });

export const openTab = (browser: Browser, more: Partial<RunJournalOptions> = {}): Promise<RunJournal> =>
  openRunJournal({ name: "runs", indexedDB: browser.indexedDB, keyRange: IDBKeyRange, now: () => (browser.now += 1), ...more });

/** Ends a tab as a crash does: what it was writing is rolled back, what it had in memory is gone. */
export function killTab(tab: RunJournal): void {
  const connection = tab.database.dexie.backendDB();
  tab.database.close();
  // Its types say a class where it takes an instance.
  forceCloseDatabase(connection as unknown as Parameters<typeof forceCloseDatabase>[0]);
}

/** As when the user clears the site's data while the page is open. */
export function clearStorage(browser: Browser, tab: RunJournal): Promise<void> {
  forceCloseDatabase(tab.database.dexie.backendDB() as unknown as Parameters<typeof forceCloseDatabase>[0]);
  return new Promise((resolve, reject) => {
    const request = browser.indexedDB.deleteDatabase("runs");
    request.addEventListener("success", () => resolve());
    request.addEventListener("error", () => reject(new Error("not deleted")));
  });
}

/** Storage that is full fails at the write itself or only when the transaction is to be committed; both happen in browsers. */
export const disk: { full: "no" | "at-write" | "at-commit" } = { full: "no" };
/** Calls of each method of stores and indexes. */
export const operations = new Map<string, number>();

type Internal = { _requests: { operation: () => unknown }[]; _state: string; _abort(name: string): void; _start(): void };
const internal = (transaction: IDBTransaction): Internal => transaction as unknown as Internal;
const grown = new WeakSet<IDBTransaction>();
const quota = (): DOMException => new DOMException("full", "QuotaExceededError");

function wrap<Target extends object>(target: Target, name: keyof Target & string, after: (self: Target) => void): void {
  const original = target[name] as (...values: unknown[]) => unknown;
  Object.defineProperty(target, name, {
    configurable: true, writable: true,
    value(this: Target, ...values: unknown[]): unknown {
      operations.set(name, (operations.get(name) ?? 0) + 1);
      const result: unknown = original.apply(this, values);
      after(this);
      return result;
    },
  });
}

for (const name of ["add", "put"] as const) {
  wrap(IDBObjectStore.prototype, name, ({ transaction }) => {
    grown.add(transaction);
    const request = internal(transaction)._requests.at(-1);
    if (disk.full === "at-write" && request !== undefined) request.operation = () => { throw quota(); };
  });
}
for (const name of ["get", "getAll", "getAllKeys", "count", "delete", "openCursor", "openKeyCursor"] as const) wrap(IDBObjectStore.prototype, name, () => undefined);
for (const name of ["get", "getAll", "getAllKeys", "count", "openCursor", "openKeyCursor"] as const) wrap(IDBIndex.prototype, name, () => undefined);

const prototype = internal(IDBTransaction.prototype);
const start = prototype._start;
prototype._start = function (this: Internal & IDBTransaction): void {
  const committing = this._requests.length === 0 && this._state !== "finished";
  if (committing && disk.full === "at-commit" && grown.has(this)) this._abort("QuotaExceededError");
  else start.call(this);
};
