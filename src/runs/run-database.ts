import { Dexie, type DexieOptions, type Table, type Transaction } from "dexie";
import type { RunEvent, StepId } from "../reasoning/events.ts";
import type { Run, RunHeader } from "../reasoning/run.ts";
import { RunsError } from "./runs-error.ts";
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

/** One version of the database: its tables, and what must be done with rows of the version before. */
export type DatabaseVersion = {
  readonly version: number;
  readonly stores: Readonly<Record<string, string | null>>;
  readonly upgrade?: (transaction: Transaction) => Promise<void>;
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

export type RunDatabaseOptions = {
  /** `specreason-runs` where none is given. */
  readonly name?: string;
  readonly indexedDB?: IDBFactory;
  readonly keyRange?: typeof IDBKeyRange;
  readonly versions?: readonly DatabaseVersion[];
  /** The database is being closed because a newer version of the app, in another tab, needs it; awaited for a moment: save what is pending. */
  readonly onClosing?: () => Promise<void>;
  /** `newer-tab`: this tab should be reloaded. `browser`: the browser closed it (storage cleared); it is opened again when next used. */
  readonly onClosed?: (why: "newer-tab" | "browser") => void;
  /** Opening waits for older tabs to close theirs. */
  readonly onBlocked?: () => void;
};

/**
 * Opens, creates or upgrades the database.
 * @throws RunsError `newer-database` (left untouched) or `unavailable`.
 */
export async function openRunDatabase(options: RunDatabaseOptions): Promise<RunDatabase> {
  const name = options.name ?? "specreason-runs";
  const versions = options.versions ?? databaseVersions;
  const newest = Math.max(...versions.map(({ version }) => version));
  const factory = options.indexedDB ?? globalThis.indexedDB;
  if (typeof factory === "undefined") throw unavailable(undefined);
  // Dexie would open a newer database, and even add to it, as if it were of this version.
  await refuseNewer(factory, name, newest);

  const settings: DexieOptions = { indexedDB: factory, cache: "disabled" };
  if (options.keyRange !== undefined) settings.IDBKeyRange = options.keyRange;
  const dexie = new Dexie(name, settings);
  for (const { version, stores, upgrade } of versions) {
    const declared = dexie.version(version).stores({ ...stores });
    if (upgrade !== undefined) declared.upgrade(upgrade);
  }
  let meantToClose = true;
  const close = (): void => {
    meantToClose = true;
    dexie.close();
  };
  dexie.on("versionchange", () => {
    void (options.onClosing?.() ?? Promise.resolve()).finally(() => {
      close();
      options.onClosed?.("newer-tab");
    });
    return false;
  });
  dexie.on("blocked", () => {
    options.onBlocked?.();
    return false;
  });
  dexie.on("close", () => {
    if (!meantToClose) options.onClosed?.("browser");
  });
  try {
    await dexie.open();
  } catch (thrown) {
    throw unavailable(thrown);
  }
  if (dexie.backendDB().version > newest * 10) {
    close();
    throw newer();
  }
  meantToClose = false;
  const tables: RunTables = {
    runs: dexie.table("runs"), progress: dexie.table("progress"), events: dexie.table("events"), outbox: dexie.table("outbox"),
  };
  return { ...tables, dexie, all: Object.values(tables), close };
}

async function refuseNewer(factory: IDBFactory, name: string, newest: number): Promise<void> {
  let all: IDBDatabaseInfo[];
  try {
    all = await factory.databases();
  } catch (thrown) {
    throw unavailable(thrown);
  }
  const existing = all.find((database) => database.name === name);
  // Dexie counts in tenths of its own version numbers.
  if ((existing?.version ?? 0) > newest * 10) throw newer();
}

const newer = (): RunsError => new RunsError("newer-database",
  "Your runs were saved by a newer version of this app. They are untouched; reload the page to get that version.");

const unavailable = (cause: unknown): RunsError => new RunsError("unavailable",
  "This browser gives the page no storage (a private window, or storage is switched off). Runs can be solved but are gone when the page is closed; export what you want to keep.", cause);
