import { liveQuery } from "dexie";
import type { RunEvent } from "../reasoning/events.ts";
import type { RunHeader } from "../reasoning/run.ts";
import type { ModelError } from "../models/model-error.ts";
import { listRuns, type ListQuery, type RunList } from "./list-runs.ts";
import { importRuns, type ConflictChoice, type ImportResult } from "./import-runs.ts";
import { parseProgress, parseRunRow, runRowOf, type StoredRun } from "./read-run.ts";
import { readWaiting, type WaitingRun } from "./read-outbox.ts";
import { openRunDatabase, type RunDatabase, type RunDatabaseOptions } from "./run-database.ts";
import { writeRunFile, type FiledRun } from "./run-file.ts";
import { mendRuns, purgeRuns, readShelf } from "./run-shelf.ts";
import type { SavingState } from "./run-writer.ts";
import { createRunWriters, type RunWriters } from "./run-writers.ts";
import type { RunsError } from "./runs-error.ts";
import { titleOf } from "./title.ts";
import { asStorageError, missing } from "./storage-error.ts";

export type RunJournalOptions = Omit<RunDatabaseOptions, "onClosing"> & {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Names a run that is imported beside one of the same id; `crypto.randomUUID` where none is given. */
  readonly newId?: () => string;
  /** `navigator.storage`, where there is one. */
  readonly storage?: Pick<StorageManager, "estimate">;
  /** Told after every write, and when one failed. */
  readonly onSaving?: (state: SavingState) => void;
};

export type LoadedRun = Omit<StoredRun, "lineage">;

export type StorageUsage = {
  readonly runs: number;
  /** Of the runs' events, roughly. */
  readonly runBytes: number;
  /** Of all this page stores, models too, and what the browser allows it; absent where the browser does not say. */
  readonly usedBytes?: number;
  readonly quotaBytes?: number;
};

/**
 * Runs as ordered events in IndexedDB. Every failure is a RunsError, or ModelError "storage-full".
 * After `storage-full` or `unavailable` the events stay in memory, `load` shows them, and they are written with the next
 * append, `retry` or freed space.
 */
export type RunJournal = {
  /** Resolves when stored. Twice with the same header is once. */
  readonly create: (header: RunHeader) => Promise<void>;
  /**
   * Resolves when the events are stored; streaming parts are passed over. `from` is the sequence number of the first of them
   * (counted without streaming parts): with it, events delivered twice are stored once.
   * @throws RunsError `overtaken` where the run has other events there, `missing` where it is gone.
   */
  readonly append: (run: string, events: readonly RunEvent[], from?: number) => Promise<void>;
  readonly load: (run: string) => Promise<LoadedRun>;
  readonly list: (query: ListQuery) => Promise<RunList>;
  /** Calls `show` with the list now and whenever it changes, in this tab or another; returns what stops it. */
  readonly watchList: (query: ListQuery, show: (list: RunList) => void, fail: (error: ModelError | RunsError) => void) => () => void;
  readonly rename: (run: string, title: string) => Promise<void>;
  /**
   * Off the list at once, all together; `removed` lacks those that are gone already. `undo` brings them back, and resolves to false where one was purged meanwhile.
   * @throws RunsError `missing` where all are gone.
   */
  readonly remove: (...runs: readonly string[]) => Promise<{ readonly removed: readonly string[]; readonly undo: () => Promise<boolean> }>;
  /** Deletes removed runs for good. Done by itself an hour later and when storage is full. */
  readonly purge: () => Promise<void>;
  /** Runs with steps that wait for a verdict, of one base model or of all, longest waiting first. */
  readonly waiting: (base?: string) => Promise<readonly WaitingRun[]>;
  /** Calls `show` with what waits for all base models, now and whenever it changes, in this tab or another; returns what stops it. */
  readonly watchWaiting: (show: (runs: readonly WaitingRun[]) => void, fail: (error: ModelError | RunsError) => void) => () => void;
  /** The text of a run file (JSON) of these runs or all, with what is only in memory. */
  readonly exportRuns: (ids?: readonly string[]) => Promise<string>;
  /** Runs that went on differently here and in the file are left alone and told, unless `choices` says by id what to do. */
  readonly importRuns: (text: string, choices?: ReadonlyMap<string, ConflictChoice>) => Promise<ImportResult>;
  readonly usage: () => Promise<StorageUsage>;
  /** Tries again to write all that is only in memory. */
  readonly retry: () => Promise<void>;
  /** Writes what is pending and closes the database. */
  readonly close: () => Promise<void>;
  readonly database: RunDatabase;
};

async function named<Result>(work: () => PromiseLike<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    throw asStorageError(thrown);
  }
}

/** @throws RunsError `newer-database` or `unavailable`. */
export async function openRunJournal(options: RunJournalOptions): Promise<RunJournal> {
  const newId = options.newId ?? (() => crypto.randomUUID());
  let writers: RunWriters | undefined;
  const database = await openRunDatabase({
    ...options,
    onClosing: async () => writers?.settle(),
    onClosed(why) {
      if (why === "browser") writers?.cleared();
      options.onClosed?.(why);
    },
  });
  await named(() => mendRuns(database, options.now()));
  // Another tab may still be offering to undo.
  await named(() => purgeRuns(database, options.now() - 3_600_000));
  const { create, append, look, load, settle, unsaved, forget } = writers =
    createRunWriters({ database, now: options.now, onSaving: (state) => options.onSaving?.(state) });

  async function exported(ids?: readonly string[]): Promise<string> {
    const all = ids ?? new Set([...(await readShelf(database, "kept")).map(({ run }) => run), ...unsaved()]);
    const runs: FiledRun[] = [];
    for (const id of all) {
      const { header, title, updatedAt, events } = await look(id);
      runs.push({ header, title, updatedAt, events });
    }
    return writeRunFile(runs);
  }

  async function rename(run: string, title: string): Promise<void> {
    await database.dexie.transaction("rw", [database.runs], async () => {
      const row = await database.runs.get(run);
      if (row === undefined) throw missing();
      const { header } = parseRunRow(row, run);
      const name = title.trim() === "" ? titleOf(header.problem) : title.trim();
      await database.runs.put(runRowOf(header, name));
    });
  }

  /** @returns those that are there */
  const shelve = (runs: readonly string[], shelf: "kept" | "removed"): Promise<readonly string[]> =>
    database.dexie.transaction("rw", [database.progress], async () => {
      const rows = (await database.progress.bulkGet([...runs])).map(parseProgress).filter((row) => row !== undefined);
      await database.progress.bulkPut(rows.map(({ removedAt: _, ...rest }) => ({ ...rest, shelf, ...(shelf === "removed" ? { removedAt: options.now() } : {}) })));
      return rows.map(({ run }) => run);
    });

  async function usage(): Promise<StorageUsage> {
    const rows = await readShelf(database, "kept");
    const { usage: used, quota } = (await options.storage?.estimate().catch(() => undefined)) ?? {};
    return {
      runs: rows.length,
      runBytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
      ...(used === undefined ? {} : { usedBytes: used }),
      ...(quota === undefined ? {} : { quotaBytes: quota }),
    };
  }

  return {
    database,
    create: (header) => named(() => create(header)),
    append: (run, events, from) => named(() => append(run, events, from)),
    load: (run) => named(() => load(run)),
    list: (query) => named(() => listRuns(database, query)),
    watchList(query, show, fail) {
      const watching = liveQuery(async () => listRuns(database, query)).subscribe({ next: show, error: (thrown) => fail(asStorageError(thrown)) });
      return () => watching.unsubscribe();
    },
    rename: (run, title) => named(() => rename(run, title)),
    async remove(...runs) {
      const removed = await named(() => shelve(runs, "removed"));
      if (removed.length === 0) throw missing();
      return { removed, undo: async () => (await named(() => shelve(removed, "kept"))).length === removed.length };
    },
    purge: () => named(async () => void (await purgeRuns(database, Infinity))),
    waiting: (base) => named(() => readWaiting(database, base)),
    watchWaiting(show, fail) {
      const watching = liveQuery(async () => readWaiting(database)).subscribe({ next: show, error: (thrown) => fail(asStorageError(thrown)) });
      return () => watching.unsubscribe();
    },
    exportRuns: (ids) => named(() => exported(ids)),
    importRuns: (text, choices = new Map()) => named(() => importRuns(text, {
      database, choices, now: options.now, newId, onReplacing: forget,
    })),
    usage: () => named(usage),
    retry: settle,
    async close() {
      await settle();
      database.close();
    },
  };
}
