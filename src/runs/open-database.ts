import { Dexie, type DexieOptions, type Transaction } from "dexie";
import { RunsError } from "./runs-error.ts";

/** One version of a database: its tables, and what must be done with rows of the version before. */
export type DatabaseVersion = {
  readonly version: number;
  readonly stores: Readonly<Record<string, string | null>>;
  readonly upgrade?: (transaction: Transaction) => Promise<void>;
};

export type DatabaseOptions = {
  readonly name: string;
  /** Oldest first. */
  readonly versions: readonly DatabaseVersion[];
  readonly indexedDB?: IDBFactory;
  readonly keyRange?: typeof IDBKeyRange;
  /** The database is being closed because a newer version of the app, in another tab, needs it; awaited for a moment: save what is pending. */
  readonly onClosing?: () => Promise<void>;
  /** `newer-tab`: this tab should be reloaded. `browser`: the browser closed it (storage cleared); it is opened again when next used. */
  readonly onClosed?: (why: "newer-tab" | "browser") => void;
  /** Opening waits for older tabs to close theirs. */
  readonly onBlocked?: () => void;
};

/**
 * Opens, creates or upgrades a database.
 * @throws RunsError `newer-database` (left untouched) or `unavailable`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<{ readonly dexie: Dexie; readonly close: () => void }> {
  const { name, versions } = options;
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
  return { dexie, close };
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
