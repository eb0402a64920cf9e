import { isPassing, type RunEvent } from "../reasoning/events.ts";
import type { RunHeader } from "../reasoning/run.ts";
import { readEvents, readRun, runRowOf, type StoredRun } from "./read-run.ts";
import type { RunDatabase, RunRow } from "./run-database.ts";
import { purgeRuns } from "./run-shelf.ts";
import { tailAfter, tailOf, type RunTail } from "./run-tail.ts";
import { createRunWriter, type RunWriter, type SavingState } from "./run-writer.ts";
import { sameContent } from "./same-content.ts";
import { overtaken } from "./storage-error.ts";
import { titleOf } from "./title.ts";

export type RunWriters = {
  readonly create: (header: RunHeader) => Promise<void>;
  readonly append: (run: string, events: readonly RunEvent[], from?: number) => Promise<void>;
  /** As stored, with what is only in memory. */
  readonly look: (run: string) => Promise<StoredRun>;
  /** The same, and from now on appends go on from there. */
  readonly load: (run: string) => Promise<StoredRun>;
  /** Runs that could not be saved. */
  readonly unsaved: () => readonly string[];
  /** Its events are being replaced. */
  readonly forget: (run: string) => void;
  /** The browser closed the database by itself. */
  readonly cleared: () => void;
  /** Tries to write all that is only in memory; never rejects. */
  readonly settle: () => Promise<void>;
};

export type RunWritersOptions = {
  readonly database: RunDatabase;
  readonly now: () => number;
  readonly onSaving: (state: SavingState) => void;
};

const settling = (all: readonly RunWriter[]): Promise<unknown> => Promise.allSettled(all.map((writer) => writer.saved()));

/** The runs being written in this tab, each with a tail and a queue of its own. */
export function createRunWriters({ database, now, onSaving }: RunWritersOptions): RunWriters {
  const writers = new Map<string, RunWriter>();
  /** What must look at storage first takes turns, run by run; what is appended meanwhile waits for it. */
  const turns = new Map<string, Promise<void>>();
  const clearedRuns = new Set<string>();

  function inTurn<Result>(run: string, work: () => Promise<Result>): Promise<Result> {
    const result = (turns.get(run) ?? Promise.resolve()).then(work);
    const turn: Promise<void> = Promise.allSettled([result]).then(() => {
      if (turns.get(run) === turn) turns.delete(run);
      return undefined;
    });
    turns.set(run, turn);
    return result;
  }

  function open(tail: RunTail, creating?: RunRow): RunWriter {
    const writer = createRunWriter({
      database, tail, now, ...(creating === undefined ? {} : { creating }),
      onSaving(state) {
        onSaving(state);
        if (state.failure === undefined) void settleFailed();
      },
      storageCleared: () => clearedRuns.has(tail.run),
      makeRoom: async () => (await purgeRuns(database, Infinity)) > 0,
      onEnd: () => {
        if (writers.get(tail.run) === writer) writers.delete(tail.run);
      },
    });
    writers.set(tail.run, writer);
    return writer;
  }

  const settleFailed = (): Promise<unknown> => settling([...writers.values()].filter((writer) => writer.failure() !== undefined));

  async function create(header: RunHeader): Promise<void> {
    const writer = writers.get(header.id) ?? open(tailOf(header), runRowOf(header));
    return writer.saved();
  }

  async function append(run: string, events: readonly RunEvent[], from?: number): Promise<void> {
    const kept = events.filter((event) => !isPassing(event));
    const ready = writers.get(run);
    const plain = ready !== undefined && !turns.has(run) && (from === undefined || from === ready.tail.events);
    const writer = plain ? ready : await inTurn(run, () => place(run, kept, from));
    if (plain) for (const event of kept) writer.push(event);
    return writer.saved();
  }

  /** Queues the events that are not there yet. */
  async function place(run: string, kept: readonly RunEvent[], from?: number): Promise<RunWriter> {
    let writer = writers.get(run) ?? open(tailAfter(await readRun(database, run)));
    const start = from ?? writer.tail.events;
    // Another tab may have gone on since the run was read here.
    if (start > writer.tail.events && writer.unsaved().length === 0) writer = open(tailAfter(await readRun(database, run)));
    if (start > writer.tail.events) throw overtaken();
    const doubled = kept.slice(0, writer.tail.events - start);
    if (doubled.length > 0) await expectSame(writer, start, doubled);
    for (const event of kept.slice(doubled.length)) writer.push(event);
    return writer;
  }

  async function expectSame(writer: RunWriter, start: number, doubled: readonly RunEvent[]): Promise<void> {
    await settling([writer]);
    const unsaved = writer.unsaved();
    const stored = await readEvents(database, writer.tail.run, start, Math.max(0, writer.tail.events - unsaved.length - start));
    const there: readonly unknown[] = [...stored.map(({ event }) => event), ...unsaved.slice(Math.max(0, start - (writer.tail.events - unsaved.length)))];
    if (!doubled.every((event, index) => sameContent(event, there[index]))) throw overtaken();
  }

  async function look(run: string): Promise<StoredRun> {
    const writer = writers.get(run);
    if (writer === undefined) return readRun(database, run);
    await settling([writer]);
    const unsaved = writer.unsaved();
    if (writer.failure() === undefined || writers.get(run) !== writer) return readRun(database, run);
    const { header, lineage, events: next, bytes } = writer.tail;
    const unstored = { header, lineage, bytes, title: titleOf(header.problem), updatedAt: now(), problems: [], events: [] };
    const stored = await readRun(database, run).catch(() => unstored);
    return { ...stored, events: [...stored.events, ...unsaved], next };
  }

  const load = (run: string): Promise<StoredRun> => inTurn(run, async () => {
    const loaded = await look(run);
    const writer = writers.get(run);
    const stale = writer !== undefined && (writer.tail.events < loaded.next || writer.tail.lineage !== loaded.lineage);
    if (writer === undefined || (stale && writer.unsaved().length === 0)) open(tailAfter(loaded));
    return loaded;
  });

  return {
    create, append, look, load,
    unsaved: () => [...writers.values()].filter((writer) => writer.failure() !== undefined).map(({ tail }) => tail.run),
    forget: (run) => writers.delete(run),
    cleared() {
      for (const run of writers.keys()) clearedRuns.add(run);
    },
    async settle() {
      await settling([...writers.values()]);
    },
  };
}
