import { Dexie } from "dexie";
import type { WaitingStep } from "./waiting-step.ts";
import { parseProgress, parseRunRow, readAllEvents, runRowOf } from "./read-run.ts";
import type { ProgressRow, RunDatabase } from "./run-database.ts";
import { progressOf, tailAfter } from "./run-tail.ts";

/** Deletes for good what was removed up to then (milliseconds since 1970). Resolves to how many runs went. */
export async function purgeRuns(database: RunDatabase, removedUpTo: number): Promise<number> {
  const removed = await readShelf(database, "removed");
  let gone = 0;
  for (const { run, removedAt } of removed) {
    if ((removedAt ?? 0) > removedUpTo) continue;
    await database.dexie.transaction("rw", [...database.all], async () => {
      // It may have been brought back meanwhile, in another tab.
      const now = await database.progress.get(run);
      if (now !== undefined && parseProgress(now)?.shelf === "kept") return;
      await deleteRun(database, run);
      gone += 1;
    });
  }
  return gone;
}

/** The rows of one shelf. */
export async function readShelf(database: RunDatabase, shelf: ProgressRow["shelf"]): Promise<ProgressRow[]> {
  const rows = await database.progress.where("[shelf+updatedAt+run]")
    .between([shelf, Dexie.minKey, Dexie.minKey], [shelf, Dexie.maxKey, Dexie.maxKey]).toArray();
  return rows.flatMap((row) => parseProgress(row) ?? []);
}

/** Inside a transaction over all tables. */
export async function deleteRun(database: RunDatabase, id: string): Promise<void> {
  await database.runs.delete(id);
  await database.progress.delete(id);
  await database.events.where("[run+sequence]").between([id, Dexie.minKey], [id, Dexie.maxKey]).delete();
  await deleteWaiting(database, id);
}

const deleteWaiting = (database: RunDatabase, id: string): PromiseLike<number> =>
  database.outbox.where("[run+step+prefix+base]").between([id, Dexie.minKey], [id, Dexie.maxKey]).delete();

/**
 * Finds runs that a list would not show because a row is lost or unreadable, and makes that row anew from what is left.
 * Resolves to the ids of the runs mended.
 */
export async function mendRuns(database: RunDatabase, now: number): Promise<readonly string[]> {
  const [runs, listed, rows] = await Promise.all([
    database.runs.toCollection().primaryKeys(), database.progress.toCollection().primaryKeys(), database.progress.toArray(),
  ]);
  const sound = new Set(rows.flatMap((row) => parseProgress(row)?.run ?? []));
  const known = new Set(runs);
  const mended: string[] = [];
  for (const id of new Set([...runs, ...listed])) {
    if (known.has(id) && sound.has(id)) continue;
    await mendRun(database, id, now);
    mended.push(id);
  }
  return mended;
}

async function mendRun(database: RunDatabase, id: string, now: number): Promise<void> {
  const row = await database.runs.get(id);
  const progress = parseProgress(await database.progress.get(id));
  const { header, title } = parseRunRow(row, id);
  const { events, next } = await readAllEvents(database, id);
  const tail = tailAfter({ header, lineage: id, events, next, bytes: JSON.stringify(events).length });
  const waiting: WaitingStep[] = [...tail.waiting.values()];
  await database.dexie.transaction("rw", [...database.all], async () => {
    if (row === undefined) await database.runs.put(runRowOf(header, title));
    if (progress === undefined) await database.progress.put(progressOf(tail, now));
    await deleteWaiting(database, id);
    await database.outbox.bulkPut(waiting);
  });
}
