import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import type { ConflictChoice, ImportConflict, ImportResult } from "../../runs/import-runs.ts";
import { appRun, openJournal } from "../app-run.ts";
import { troubleOf, type Trouble } from "../trouble.ts";

export type Importing =
  | { readonly kind: "none" }
  | { readonly kind: "reading" }
  | { readonly kind: "failed"; readonly trouble: Trouble }
  | ImportReport;

export type ImportReport = {
  readonly kind: "report";
  readonly imported: readonly string[];
  readonly unchanged: number;
  readonly problems: ImportResult["problems"];
  /** What waits for a choice. */
  readonly conflicts: readonly ImportConflict[];
  readonly failure?: Trouble;
};

export const importStore = createStore<{ readonly importing: Importing }>(() => ({ importing: { kind: "none" } }));

const set = (importing: Importing): void => importStore.setState({ importing });

/** Of the file imported last, for the choices that follow. */
let text = "";
/** One after another: a second file may come while the first is being read. */
let last: Promise<unknown> = Promise.resolve();

function inTurn(work: () => Promise<ImportReport>): Promise<void> {
  const before = last;
  const turn = (async () => {
    await before;
    set({ kind: "reading" });
    try {
      set(await work());
    } catch (thrown) {
      set({ kind: "failed", trouble: troubleOf(thrown, "run") });
    }
  })();
  last = turn;
  return turn;
}

/** Takes in the runs of a file; those that went on differently here wait for a choice. */
export const importFile = (file: Blob): Promise<void> => inTurn(async () => {
  text = await file.text();
  return imported(new Map(), []);
});

/** The same file again, with a choice for each conflict. */
export function chooseForConflicts(choices: ReadonlyMap<string, ConflictChoice>): Promise<void> {
  const { importing } = importStore.getState();
  if (importing.kind !== "report") return Promise.resolve();
  return inTurn(() => imported(choices, importing.imported));
}

async function imported(choices: ReadonlyMap<string, ConflictChoice>, before: readonly string[]): Promise<ImportReport> {
  const result = await (await openJournal()).importRuns(text, choices);
  const all = [...new Set([...before, ...result.imported])];
  const { run, work } = appRun.store.getState();
  // The run on the page may have been replaced.
  if (run !== undefined && work.kind === "idle" && result.imported.includes(run.header.id)) void appRun.show(run.header.id);
  return {
    kind: "report", imported: all, problems: result.problems, conflicts: result.conflicts,
    // What this import brought in a moment ago holds nothing new now.
    unchanged: new Set(result.unchanged.filter((id) => !all.includes(id))).size,
    ...(result.failure === undefined ? {} : { failure: troubleOf(result.failure, "run") }),
  };
}

export function closeImport(): void {
  text = "";
  set({ kind: "none" });
}

export const useImporting = (): Importing => useStore(importStore, ({ importing }) => importing);
