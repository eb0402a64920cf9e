import { Dexie } from "dexie";
import * as v from "valibot";
import type { RunEvent } from "../reasoning/events.ts";
import type { RunHeader } from "../reasoning/run.ts";
import { repairEvent, repairHeader, type Repair } from "./repair.ts";
import { missing } from "./storage-error.ts";
import type { ProgressRow, RunDatabase, RunRow } from "./run-database.ts";
import { moment } from "./run-schema.ts";
import { searchWords } from "./search-words.ts";
import { asTitle, titleOf } from "./title.ts";

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const progressSchema = v.object({
  run: v.string(),
  shelf: v.picklist(["kept", "removed"]),
  updatedAt: moment,
  removedAt: v.exactOptional(v.number()),
  status: v.picklist(["running", "stopped", "failed", "finished"]),
  steps: whole,
  events: whole,
  bytes: whole,
  lineage: v.string(),
});
const runRowSchema = v.object({ id: v.string(), header: v.optional(v.unknown()), title: v.fallback(v.string(), "") });
const eventRowSchema = v.object({ run: v.string(), sequence: whole, event: v.optional(v.unknown()) });

export function parseProgress(row: unknown): ProgressRow | undefined {
  const parsed = v.safeParse(progressSchema, row);
  return parsed.success ? parsed.output : undefined;
}

export const readProgress = async (database: RunDatabase, run: string): Promise<ProgressRow | undefined> =>
  parseProgress(await database.progress.get(run));

export type StoredHeader = { readonly header: RunHeader; readonly title: string; readonly repairs: readonly Repair[] };

export function parseRunRow(row: unknown, id: string): StoredHeader {
  const parsed = v.safeParse(runRowSchema, row);
  const { value: header, repairs } = repairHeader(parsed.success ? parsed.output.header : undefined, "header", id);
  return { header, title: parsed.success && parsed.output.title !== "" ? parsed.output.title : titleOf(header.problem), repairs };
}

export function runRowOf(header: RunHeader, name = titleOf(header.problem)): RunRow {
  const title = asTitle(name);
  return { id: header.id, header, title, words: searchWords(`${header.problem}\n${title}`) };
}

type StoredEvent = { readonly sequence: number; readonly event?: unknown };

/** At most `most` events from a sequence number on, unparsed. */
export async function readEvents(database: RunDatabase, run: string, from: number, most: number): Promise<readonly StoredEvent[]> {
  const rows = await database.events.where("[run+sequence]").between([run, from], [run, Dexie.maxKey]).limit(most).toArray();
  return rows.flatMap((row) => {
    const parsed = v.safeParse(eventRowSchema, row);
    return parsed.success ? [parsed.output] : [];
  });
}

export type StoredEvents = {
  readonly events: readonly RunEvent[];
  /** The sequence number after the last one stored. */
  readonly next: number;
  readonly repairs: Repair[];
};

/** So many events are parsed at once, for the main thread to breathe between. */
const chunk = 512;

export async function readAllEvents(database: RunDatabase, run: string): Promise<StoredEvents> {
  const events: RunEvent[] = [];
  const repairs: Repair[] = [];
  let next = 0;
  let at = 0;
  for (;;) {
    const rows = await readEvents(database, run, next, chunk);
    for (const { sequence, event } of rows) {
      if (sequence > next) repairs.push({ path: `events[${next}]`, message: `${sequence - next} events are missing` });
      next = sequence + 1;
      const { value, repairs: mended } = repairEvent(event, `events[${sequence}]`, at);
      repairs.push(...mended);
      if (value === undefined) continue;
      at = value.at;
      events.push(value);
    }
    if (rows.length < chunk) return { events, next, repairs };
  }
}

export type StoredRun = {
  readonly header: RunHeader;
  readonly title: string;
  readonly events: readonly RunEvent[];
  /** The sequence number of the next event to append. */
  readonly next: number;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly bytes: number;
  readonly lineage: string;
  /** What could not be read and what was done about it; what is stored stays as it is. */
  readonly problems: readonly Repair[];
};

/** @throws RunsError `missing` where nothing of the run is left. */
export function readRun(database: RunDatabase, run: string): Promise<StoredRun> {
  return database.dexie.transaction("r", [database.runs, database.progress, database.events], async () => {
    const row = await database.runs.get(run);
    const progress = await readProgress(database, run);
    const { events, next, repairs } = await readAllEvents(database, run);
    if (row === undefined && progress === undefined && events.length === 0) throw missing();
    const { header, title, repairs: mended } = parseRunRow(row, run);
    const known = progress?.events ?? next;
    if (known > next) repairs.push({ path: `events[${next}]`, message: `${known - next} events are missing` });
    return {
      header, title, events, next: Math.max(next, known), updatedAt: progress?.updatedAt ?? header.createdAt,
      bytes: progress?.bytes ?? 0, lineage: progress?.lineage ?? run, problems: [...mended, ...repairs],
    };
  });
}
