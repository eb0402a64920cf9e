import type { ModelError } from "../models/model-error.ts";
import type { RunEvent } from "../reasoning/events.ts";
import type { Repair } from "./repair.ts";
import { parseRunRow, readAllEvents, readProgress, runRowOf } from "./read-run.ts";
import type { RunDatabase } from "./run-database.ts";
import { partsOfFile, type FiledRun } from "./run-file.ts";
import { deleteRun } from "./run-shelf.ts";
import { advance, progressOf, tailOf } from "./run-tail.ts";
import type { RunsError } from "./runs-error.ts";
import { sameContent } from "./same-content.ts";
import { asStorageError } from "./storage-error.ts";

export type ConflictChoice = "keep-mine" | "take-theirs" | "keep-both";

/** A run that is kept here and in the file, and went on differently in each. */
export type ImportConflict = {
  readonly run: string;
  readonly title: string;
  readonly mine: { readonly events: number; readonly updatedAt: number };
  readonly theirs: { readonly events: number; readonly updatedAt: number };
};

export type ImportResult = {
  /** Ids of the runs written, under which they are kept now. */
  readonly imported: readonly string[];
  /** Ids of runs of which the file holds nothing new. */
  readonly unchanged: readonly string[];
  /** Runs without a choice, left as they are: import again with one for each. */
  readonly conflicts: readonly ImportConflict[];
  readonly problems: readonly Repair[];
  /** What ended the import before the last run; those written before it stay. */
  readonly failure?: ModelError | RunsError;
};

export type ImportOptions = {
  readonly database: RunDatabase;
  readonly choices: ReadonlyMap<string, ConflictChoice>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Told before a run's events are replaced. */
  readonly onReplacing: (run: string) => void;
};

/** @throws RunsError `bad-run-file`, with nothing imported. */
export async function importRuns(text: string, options: ImportOptions): Promise<ImportResult> {
  const { database, choices } = options;
  const file = partsOfFile(text, options.newId);
  const problems: Repair[] = [];
  const imported: string[] = [];
  const unchanged: string[] = [];
  const conflicts: ImportConflict[] = [];
  for (const { run, problems: found } of file) {
    problems.push(...found);
    if (run === undefined) continue;
    const id = run.header.id;
    try {
      const mine = await readMine(database, id);
      const relation = mine === undefined ? "newer" : relate(mine, run);
      const choice = relation === "newer" ? "take-theirs" : relation === "nothing-new" ? "keep-mine" : choices.get(id);
      if (choice === undefined) {
        // One choice holds for all of the same id.
        if (!conflicts.some((other) => other.run === id)) conflicts.push({
          run: id, title: mine?.title ?? run.title,
          mine: { events: mine?.events.length ?? 0, updatedAt: mine?.updatedAt ?? 0 },
          theirs: { events: run.events.length, updatedAt: run.updatedAt },
        });
      } else if (choice === "keep-mine") unchanged.push(id);
      else {
        const filed = choice === "keep-both" ? { ...run, header: { ...run.header, id: options.newId() } } : run;
        if (choice === "take-theirs") options.onReplacing(id);
        await writeRun(filed, options);
        imported.push(filed.header.id);
      }
    } catch (thrown) {
      return { imported, unchanged, conflicts, problems, failure: asStorageError(thrown) };
    }
  }
  return { imported, unchanged, conflicts, problems };
}

/** A removed run counts as not there. */
async function readMine(database: RunDatabase, id: string): Promise<FiledRun | undefined> {
  const progress = await readProgress(database, id);
  if (progress?.shelf !== "kept") return undefined;
  const { header, title } = parseRunRow(await database.runs.get(id), id);
  const { events } = await readAllEvents(database, id);
  return { header, title, events, updatedAt: progress.updatedAt };
}

/** Where one is the beginning of the other the longer one loses nothing. */
function relate(mine: FiledRun, theirs: FiledRun): "nothing-new" | "newer" | "differs" {
  if (!sameContent(mine.header, theirs.header) || !beginsWith(mine.events, theirs.events)) return "differs";
  return theirs.events.length > mine.events.length ? "newer" : "nothing-new";
}

const beginsWith = (one: readonly RunEvent[], other: readonly RunEvent[]): boolean => {
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one];
  return shorter.every((event, index) => sameContent(event, longer[index]));
};

async function writeRun(run: FiledRun, { database, now, newId }: ImportOptions): Promise<void> {
  const { header, title, events } = run;
  const updatedAt = run.updatedAt === 0 ? now() : run.updatedAt;
  const tail = tailOf(header, newId());
  const rows = events.map((event) => advance(tail, event, updatedAt).row);
  await database.dexie.transaction("rw", [...database.all], async () => {
    await deleteRun(database, header.id);
    await database.runs.add(runRowOf(header, title));
    await database.progress.add(progressOf(tail, updatedAt));
    await database.events.bulkAdd(rows);
    await database.outbox.bulkPut([...tail.waiting.values()]);
  });
}
