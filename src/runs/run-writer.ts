import type { ModelError } from "../models/model-error.ts";
import type { RunEvent } from "../reasoning/events.ts";
import { waitingKey, type WaitingStep } from "./waiting-step.ts";
import { parseRunRow, runRowOf, readEvents, readProgress } from "./read-run.ts";
import type { ProgressRow, RunDatabase, RunRow } from "./run-database.ts";
import { advance, progressOf, tailOf, type Addition, type RunTail } from "./run-tail.ts";
import type { RunsError } from "./runs-error.ts";
import { asStorageError, missing, overtaken } from "./storage-error.ts";
import { sameContent } from "./same-content.ts";

/** How a run stands between memory and storage. */
export type SavingState = {
  readonly run: string;
  /** Events (and the run's header) that are only in memory. */
  readonly unsaved: number;
  /** Why they could not be saved; they are tried again with the next event, or by `retry`. */
  readonly failure?: ModelError | RunsError;
};

export type RunWriter = {
  readonly tail: RunTail;
  /** Queues an event and moves the tail past it. */
  readonly push: (event: RunEvent) => void;
  /** Resolves when all that was queued before is stored; throws what kept it from that. */
  readonly saved: () => Promise<void>;
  readonly unsaved: () => readonly RunEvent[];
  readonly failure: () => ModelError | RunsError | undefined;
};

export type RunWriterOptions = {
  readonly database: RunDatabase;
  readonly tail: RunTail;
  /** The row of a run that is yet to be created. */
  readonly creating?: RunRow;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onSaving: (state: SavingState) => void;
  /** Frees space after storage was full; resolves to whether any came free. */
  readonly makeRoom: () => Promise<boolean>;
  /** The browser cleared the page's storage while the run was open: what comes now is kept, in a run that says what is missing. */
  readonly storageCleared: () => boolean;
  /** This run can no longer be written from here. */
  readonly onEnd: () => void;
};

type Waiter = { readonly upTo: number; readonly resolve: () => void; readonly reject: (why: unknown) => void };

/** Most events of one transaction, so that none takes long after storage was full for a while. */
const batchSize = 256;

/** Writes one run's events behind its back, in order, all that came in one tick or during the last write in one transaction. */
export function createRunWriter(options: RunWriterOptions): RunWriter {
  const { database, tail } = options;
  const pending: Addition[] = [];
  let creating = options.creating;
  let stored = tail.events;
  let waiters: Waiter[] = [];
  let writing = false;
  let failure: ModelError | RunsError | undefined;
  let ended = false;

  const report = (): void => options.onSaving({ run: tail.run, unsaved: pending.length + (creating === undefined ? 0 : 1), ...(failure === undefined ? {} : { failure }) });

  async function drain(): Promise<void> {
    // One tick's events go together.
    await Promise.resolve();
    try {
      while (creating !== undefined || pending.length > 0) {
        const batch = pending.slice(0, batchSize);
        await writeMakingRoom(batch);
        creating = undefined;
        pending.splice(0, batch.length);
        stored += batch.length;
        failure = undefined;
        const done = waiters.filter(({ upTo }) => upTo <= stored);
        waiters = waiters.filter(({ upTo }) => upTo > stored);
        report();
        for (const { resolve } of done) resolve();
      }
    } catch (thrown) {
      failure = asStorageError(thrown);
      if (failure.kind === "overtaken" || failure.kind === "missing") {
        ended = true;
        pending.length = 0;
        options.onEnd();
      }
      const all = waiters;
      waiters = [];
      report();
      for (const { reject } of all) reject(failure);
    }
    writing = false;
  }

  async function writeMakingRoom(batch: readonly Addition[]): Promise<void> {
    try {
      await write(batch);
    } catch (thrown) {
      if (asStorageError(thrown).kind !== "storage-full" || !(await options.makeRoom())) throw thrown;
      await write(batch);
    }
  }

  const write = (batch: readonly Addition[]): Promise<void> =>
    database.dexie.transaction("rw", [...database.all], async () => {
      if (creating !== undefined) await create(creating);
      const first = batch[0];
      if (first === undefined) return;
      const progress = (await readProgress(database, tail.run)) ?? (await recreate(first.row.sequence));
      if (progress.lineage !== tail.lineage) throw overtaken();
      const ahead = progress.events - first.row.sequence;
      if (ahead < 0) await expectStored(first.row.sequence - 1);
      if (ahead > 0) await expectSame(batch.slice(0, ahead));
      const fresh = batch.slice(Math.max(0, ahead));
      const last = fresh.at(-1);
      if (last === undefined) return;
      await database.events.bulkAdd(fresh.map(({ row }) => row));
      await writeQueue(fresh);
      await database.progress.put({ ...last.progress, shelf: progress.shelf, ...(progress.removedAt === undefined ? {} : { removedAt: progress.removedAt }) });
    });

  async function create(row: RunRow): Promise<void> {
    const there = await database.runs.get(row.id);
    if (there === undefined) {
      await database.runs.add(row);
      await database.progress.put(progressOf(tailOf(row.header), row.header.createdAt));
    } else if (!sameContent(parseRunRow(there, row.id).header, row.header)) throw overtaken();
  }

  async function recreate(events: number): Promise<ProgressRow> {
    if (!options.storageCleared()) throw missing();
    await create(runRowOf(tail.header));
    return { ...progressOf(tail, options.now()), events };
  }

  /** Delivered twice, or by two tabs that agree: nothing to write. */
  async function expectSame(doubled: readonly Addition[]): Promise<void> {
    const first = doubled[0]?.row.sequence ?? 0;
    const there = await readEvents(database, tail.run, first, doubled.length);
    if (!doubled.every(({ row }, index) => sameContent(row.event, there[index]?.event))) throw overtaken();
  }

  /** The events decide, should the row that counts them be wrong. */
  async function expectStored(sequence: number): Promise<void> {
    const [there] = await readEvents(database, tail.run, sequence, 1);
    if (there?.sequence !== sequence) throw overtaken();
  }

  async function writeQueue(fresh: readonly Addition[]): Promise<void> {
    const last = new Map<string, { readonly waiting: WaitingStep; readonly queued: boolean }>();
    for (const { queued, unqueued } of fresh) {
      for (const waiting of unqueued) last.set(waitingKey(waiting), { waiting, queued: false });
      for (const waiting of queued) last.set(waitingKey(waiting), { waiting, queued: true });
    }
    const changes = [...last.values()];
    const puts = changes.filter(({ queued }) => queued).map(({ waiting }) => waiting);
    const deletes = changes.filter(({ queued }) => !queued).map(({ waiting }) => waiting);
    if (puts.length > 0) await database.outbox.bulkPut(puts);
    if (deletes.length > 0) {
      await database.outbox.bulkDelete(deletes.map(({ run, step, prefix, base }) => [run, step, prefix, base]));
    }
  }

  const start = (): void => {
    if (writing || (pending.length === 0 && creating === undefined)) return;
    writing = true;
    void drain();
  };

  return {
    tail,
    push(event) {
      if (ended) return;
      pending.push(advance(tail, event, options.now()));
      start();
    },
    saved() {
      if (ended) return Promise.reject(failure ?? overtaken());
      if (pending.length === 0 && creating === undefined && !writing) return Promise.resolve();
      return new Promise<void>((resolve, reject) => {
        waiters.push({ upTo: tail.events, resolve, reject });
        start();
      });
    },
    unsaved: () => pending.map(({ row }) => row.event),
    failure: () => failure,
  };
}
