import type { Dexie, Table } from "dexie";
import type { RunEvent, StepId } from "../reasoning/events.ts";
import type { Run, RunHeader } from "../reasoning/run.ts";
import { openDatabase, type DatabaseOptions, type DatabaseVersion } from "./open-database.ts";
import type { WaitingStep } from "./waiting-step.ts";

/** Written when a run is created or renamed, never while it grows. */
export type RunRow = { readonly id: string; readonly header: RunHeader; readonly title: string; readonly words: readonly string[] };

/** What a list shows of a run; small, so that each append may put it anew. All of it follows from the events. */
export type ProgressRow = {
  readonly run: string;
  /** A removed run stays on its shelf until it is purged. */
  readonly shelf: "kept" | "removed";
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly removedAt?: number;
  readonly status: Run["status"];
  /** Steps of the transcript as it stands. */
  readonly steps: number;
  /** Events stored; the next one gets this sequence number. */
  readonly events: number;
  /** Characters of the events as JSON. */
  readonly bytes: number;
  /** Changes when an import replaces the events, so that a tab at work on the old ones notices. */
  readonly lineage: string;
};

export type EventRow = { readonly run: string; readonly sequence: number; readonly event: RunEvent; readonly words?: readonly string[] };

/** Reading gives `unknown`: what comes out is parsed before it is used. */
export type RunTables = {
  readonly runs: Table<unknown, string, RunRow>;
  readonly progress: Table<unknown, string, ProgressRow>;
  readonly events: Table<unknown, [run: string, sequence: number], EventRow>;
  readonly outbox: Table<unknown, [run: string, step: StepId, prefix: string, base: string], WaitingStep>;
};

export type RunDatabase = RunTables & {
  readonly dexie: Dexie;
  readonly all: readonly Table[];
  readonly close: () => void;
};

/** Oldest first. A change of tables or rows is a new entry, never an edit of one that has shipped. */
export const databaseVersions: readonly DatabaseVersion[] = [
  {
    version: 1,
    stores: {
      runs: "id, *words",
      progress: "run, [shelf+updatedAt+run]",
      events: "[run+sequence], *words",
      outbox: "[run+step+prefix+base], [base+run]",
    },
  },
];

export type { DatabaseVersion } from "./open-database.ts";

/** The name is `specreason-runs` where none is given. */
export type RunDatabaseOptions = Partial<DatabaseOptions>;

/**
 * Opens, creates or upgrades the database.
 * @throws RunsError `newer-database` (left untouched) or `unavailable`.
 */
export async function openRunDatabase(options: RunDatabaseOptions): Promise<RunDatabase> {
  const { dexie, close } = await openDatabase({ ...options, name: options.name ?? "specreason-runs", versions: options.versions ?? databaseVersions });
  const tables: RunTables = {
    runs: dexie.table("runs"), progress: dexie.table("progress"), events: dexie.table("events"), outbox: dexie.table("outbox"),
  };
  return { ...tables, dexie, all: Object.values(tables), close };
}
