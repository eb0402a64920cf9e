import { Dexie, type Table } from "dexie";
import { parseProgress, parseRunRow } from "./read-run.ts";
import type { ProgressRow, RunDatabase } from "./run-database.ts";
import { searchTerms, type SearchTerm } from "./search-words.ts";

export type RunSummary = {
  readonly id: string;
  readonly title: string;
  readonly problem: string;
  /** `running` with no tab at work on it means that it was cut off and can be resumed. */
  readonly status: ProgressRow["status"];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly steps: number;
  readonly events: number;
  /** Roughly what it takes in storage. */
  readonly bytes: number;
};

/** Where the next page of a list begins. */
export type ListPosition = Pick<RunSummary, "id" | "updatedAt">;

export type ListQuery = {
  /** Words, or in Chinese and other scripts without spaces any characters, of the title, the problem, the steps or the answer; a run must have all. */
  readonly search?: string;
  readonly limit: number;
  readonly before?: ListPosition;
};

export type RunList = { readonly runs: readonly RunSummary[]; readonly next?: ListPosition };

/** Newest first. */
export async function listRuns(database: RunDatabase, query: ListQuery): Promise<RunList> {
  const terms = searchTerms(query.search ?? "");
  if (terms.length === 0 && (query.search ?? "").trim() !== "") return { runs: [] };
  // One more than asked for tells whether there is another page.
  const rows = terms.length === 0 ? await newest(database, query) : await found(database, query, terms);
  const page = rows.slice(0, query.limit);
  const headers = await database.runs.bulkGet(page.map(({ run }) => run));
  const runs = page.map((progress, index): RunSummary => {
    const { header, title } = parseRunRow(headers[index], progress.run);
    const { run: id, updatedAt, status, steps, events, bytes } = progress;
    return { id, title, problem: header.problem, status, createdAt: header.createdAt, updatedAt, steps, events, bytes };
  });
  const last = runs.at(-1);
  return rows.length > page.length && last !== undefined ? { runs, next: { id: last.id, updatedAt: last.updatedAt } } : { runs };
}

async function newest(database: RunDatabase, { limit, before }: ListQuery): Promise<ProgressRow[]> {
  const end = before === undefined ? ["kept", Dexie.maxKey, Dexie.maxKey] : ["kept", before.updatedAt, before.id];
  const rows = await database.progress.where("[shelf+updatedAt+run]")
    // oxlint-disable-next-line unicorn/no-array-reverse -- a Dexie collection, read from its end
    .between(["kept", Dexie.minKey, Dexie.minKey], end, true, false).reverse().limit(limit + 1).toArray();
  return rows.flatMap((row) => parseProgress(row) ?? []);
}

async function found(database: RunDatabase, { limit, before }: ListQuery, terms: readonly SearchTerm[]): Promise<ProgressRow[]> {
  let ids: ReadonlySet<string> | undefined;
  for (const term of terms) {
    const having = await runsHaving(database, term);
    ids = ids === undefined ? having : new Set([...ids].filter((id) => having.has(id)));
    if (ids.size === 0) return [];
  }
  const rows = (await database.progress.bulkGet([...(ids ?? [])])).flatMap((row) => parseProgress(row) ?? []);
  return rows
    .filter((row) => row.shelf === "kept" && (before === undefined || isBefore(row, before)))
    .toSorted((a, b) => b.updatedAt - a.updatedAt || (a.run < b.run ? 1 : -1))
    .slice(0, limit + 1);
}

const isBefore = (row: ProgressRow, position: ListPosition): boolean =>
  row.updatedAt < position.updatedAt || (row.updatedAt === position.updatedAt && row.run < position.id);

/** The runs with one text, of a step or of the problem, that has every piece of the term. Only keys of the index are read. */
async function runsHaving(database: RunDatabase, term: SearchTerm): Promise<ReadonlySet<string>> {
  let texts: ReadonlyMap<string, string> | undefined;
  for (const piece of term) {
    const inRuns = await startingWith(database.runs, piece);
    const inEvents = await startingWith(database.events, piece);
    const having = new Map([
      ...inRuns.map((run) => [run, run] as const),
      ...inEvents.map(([run, sequence]) => [`${run} ${sequence}`, run] as const),
    ]);
    const before = texts;
    texts = before === undefined ? having : new Map([...having].filter(([text]) => before.has(text)));
  }
  return new Set(texts?.values());
}

function startingWith<Key>(table: Table<unknown, Key>, piece: string): PromiseLike<Key[]> {
  const words = table.where("words");
  // One letter or digit would match half of everything.
  const matches = /^[\p{Script=Latin}\p{N}]$/u.test(piece) ? words.equals(piece) : words.startsWith(piece);
  return matches.primaryKeys();
}
