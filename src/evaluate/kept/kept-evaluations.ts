import { Dexie, liveQuery, type Table } from "dexie";
import type { Policy } from "../../reasoning/policy.ts";
import { openDatabase, type DatabaseOptions, type DatabaseVersion } from "../../runs/open-database.ts";
import { asStorageError } from "../../runs/storage-error.ts";
import type { Problem } from "../data-set.ts";
import type { Outcome } from "../outcome.ts";
import { drawProblems, tasksOf, type Plan } from "../plan.ts";
import { readDrawn, readEvaluation, readOutcome, type DrawnRow, type Evaluation, type OutcomeRow } from "./evaluation.ts";

/** Oldest first. A change of tables or rows is a new entry, never an edit of one that has shipped. */
const versions: readonly DatabaseVersion[] = [
  { version: 1, stores: { evaluations: "id", drawn: "evaluation", outcomes: "[evaluation+key], [evaluation+place]" } },
];

export type NewEvaluation = {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly dataSet: string;
  readonly plan: Plan;
  readonly policy: Policy;
};

/** Evaluations in IndexedDB. Whatever fails throws RunsError or ModelError "storage-full". */
export type KeptEvaluations = ReturnType<typeof keptOn>;

/** @throws RunsError `newer-database` (left untouched) or `unavailable`. */
export async function openKeptEvaluations(options: Partial<DatabaseOptions> = {}): Promise<KeptEvaluations> {
  const { dexie, close } = await openDatabase({ name: "specreason-evaluations", versions, ...options });
  return keptOn(dexie, close);
}

function keptOn(dexie: Dexie, close: () => void) {
  const evaluations: Table<unknown, string, Evaluation> = dexie.table("evaluations");
  const drawn: Table<unknown, string, DrawnRow> = dexie.table("drawn");
  const outcomes: Table<unknown, [evaluation: string, key: string], OutcomeRow> = dexie.table("outcomes");

  const within = <Result>(work: () => PromiseLike<Result>): Promise<Result> => named(() => dexie.transaction("rw", [evaluations, drawn, outcomes], work));
  const all = async (): Promise<readonly Evaluation[]> =>
    (await evaluations.toArray()).flatMap((row) => readEvaluation(row) ?? []).toSorted((one, other) => other.createdAt - one.createdAt);

  async function change(id: string, changed: (evaluation: Evaluation) => Evaluation): Promise<void> {
    const evaluation = readEvaluation(await evaluations.get(id));
    if (evaluation !== undefined) await evaluations.put(changed(evaluation));
  }

  return {
    /** Draws its problems, which are kept with it: a file that changes or goes later changes nothing. */
    create: ({ plan, ...rest }: NewEvaluation, problems: readonly Problem[]): Promise<Evaluation> => within(async () => {
      const chosen = drawProblems(problems, plan.problems, plan.seed);
      const whole: Plan = { ...plan, problems: chosen.length };
      const evaluation: Evaluation = { ...rest, plan: whole, tasks: tasksOf(whole, chosen).length, done: 0, seconds: 0, paused: { kind: "asked" } };
      await drawn.put({ evaluation: rest.id, problems: chosen });
      await evaluations.put(evaluation);
      return evaluation;
    }),

    get: (id: string): Promise<Evaluation | undefined> => named(async () => readEvaluation(await evaluations.get(id))),
    /** In the order in which they are asked. */
    problems: (id: string): Promise<readonly Problem[]> => named(async () => readDrawn(await drawn.get(id))?.problems ?? []),
    /** From this place on, in the order in which they came. */
    outcomes: (id: string, from = 0): Promise<readonly OutcomeRow[]> => named(async () =>
      (await outcomes.where("[evaluation+place]").between([id, from], [id, Dexie.maxKey]).toArray()).flatMap((row) => readOutcome(row) ?? [])),

    /** Once for each task, whoever has done it. `seconds`: wall clock of the task. */
    add: (id: string, outcome: Outcome, seconds: number, models: { readonly draft?: string; readonly base?: string }): Promise<void> => within(async () => {
      const evaluation = readEvaluation(await evaluations.get(id));
      if (evaluation === undefined || readOutcome(await outcomes.get([id, outcome.key])) !== undefined) return;
      await outcomes.put({ evaluation: id, key: outcome.key, place: evaluation.done, outcome });
      await evaluations.put({ ...evaluation, ...models, done: evaluation.done + 1, seconds: evaluation.seconds + seconds });
    }),

    begin: (id: string): Promise<void> => within(() => change(id, ({ paused: _, ...evaluation }) => evaluation)),
    pause: (id: string, paused: NonNullable<Evaluation["paused"]>): Promise<void> => within(() => change(id, (evaluation) => ({ ...evaluation, paused }))),

    /** Off the list at once; `undo` brings it back. */
    remove: async (id: string, now: number): Promise<{ readonly undo: () => Promise<void> }> => {
      await within(() => change(id, (evaluation) => ({ ...evaluation, removedAt: now })));
      return { undo: () => within(() => change(id, ({ removedAt: _, ...evaluation }) => evaluation)) };
    },
    /** Deletes for good what was removed up to then (milliseconds since 1970). Its runs stay. */
    purge: (removedUpTo: number): Promise<void> => within(async () => {
      for (const { id, removedAt } of await all()) {
        if (removedAt === undefined || removedAt > removedUpTo) continue;
        await evaluations.delete(id);
        await drawn.delete(id);
        await outcomes.where("[evaluation+key]").between([id, Dexie.minKey], [id, Dexie.maxKey]).delete();
      }
    }),

    /** Calls `show` with those on the list, newest first, now and whenever one changes, in this tab or another; returns what stops it. */
    watch(show: (list: readonly Evaluation[]) => void, fail: (thrown: unknown) => void): () => void {
      const watching = liveQuery(async () => (await all()).filter(({ removedAt }) => removedAt === undefined))
        .subscribe({ next: show, error: (thrown) => fail(asStorageError(thrown)) });
      return () => watching.unsubscribe();
    },
    close,
  };
}

async function named<Result>(work: () => PromiseLike<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    throw asStorageError(thrown);
  }
}
