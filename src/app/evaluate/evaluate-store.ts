import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { algebraInWorker, startBrowserAlgebra } from "../../evaluate/answers/algebra-in-worker.ts";
import type { Problem } from "../../evaluate/data-set.ts";
import type { Evaluation } from "../../evaluate/kept/evaluation.ts";
import { openKeptEvaluations, type KeptEvaluations } from "../../evaluate/kept/kept-evaluations.ts";
import type { Outcome } from "../../evaluate/outcome.ts";
import type { Plan } from "../../evaluate/plan.ts";
import type { SettingSummary } from "../../evaluate/statistics.ts";
import { createRunLock } from "../../runs/run-lock.ts";
import { solveAside } from "../app-run.ts";
import { onceAFrame } from "../run/once-a-frame.ts";
import { chosenNow } from "../settings/settings-store.ts";
import { troubleOf, type Trouble } from "../trouble.ts";
import { wallClock } from "../wall-clock.ts";
import { createEvaluator, type Doing } from "./evaluator.ts";
import { addToSummary } from "./summarise-in-worker.ts";

/** An evaluation with all that it holds. */
export type Opened = {
  readonly id: string;
  readonly problems: readonly Problem[];
  readonly outcomes: readonly Outcome[];
  readonly rows: readonly SettingSummary[];
};

export type EvaluateState = {
  /** Undefined until the database was read. */
  readonly list: readonly Evaluation[] | undefined;
  readonly selected: string | undefined;
  readonly opened: Opened | undefined;
  /** What this tab does. */
  readonly work: { readonly id: string; readonly doing?: Doing } | undefined;
  /** The selected one is computed in another tab. */
  readonly elsewhere: boolean;
  readonly removed: { readonly evaluation: Evaluation; readonly undo: () => Promise<void> } | undefined;
  readonly trouble: Trouble | undefined;
};

const store = createStore<EvaluateState>(() => ({
  list: undefined, selected: undefined, opened: undefined, work: undefined, elsewhere: false, removed: undefined, trouble: undefined,
}));

export const useEvaluations = <Selected>(select: (state: EvaluateState) => Selected): Selected => useStore(store, select);

const lockOf = (id: string) => createRunLock({ name: `specreason-evaluation ${id}`, ...("locks" in navigator ? { locks: navigator.locks } : {}) });

let opening: Promise<KeptEvaluations> | undefined;

/** The database; tried again after a failure. */
function openKept(): Promise<KeptEvaluations> {
  opening ??= openKeptEvaluations({ onClosed: () => { opening = undefined; } }).then(async (kept) => {
    // Another tab may still be offering to undo.
    await kept.purge(Date.now() - 3_600_000);
    kept.watch(listed, failed);
    return kept;
  });
  opening.catch(() => { opening = undefined; });
  return opening;
}

const failed = (thrown: unknown): void => store.setState({ trouble: troubleOf(thrown, "run") });

async function attempt(work: (kept: KeptEvaluations) => Promise<unknown>): Promise<void> {
  try {
    store.setState({ trouble: undefined });
    await work(await openKept());
  } catch (thrown) {
    failed(thrown);
  }
}

export const openEvaluations = (): Promise<void> => attempt(async () => undefined);

function listed(list: readonly Evaluation[]): void {
  const { selected } = store.getState();
  const shown = list.find(({ id }) => id === selected) ?? list[0];
  store.setState({ list, selected: shown?.id });
  void refresh();
}

export function selectEvaluation(id: string): void {
  if (store.getState().selected === id) return;
  store.setState({ selected: id });
  void refresh();
}

let last: Promise<void> = Promise.resolve();
/** Of the outcome that comes next. */
let place = 0;

/** Reads what is new of the selected one; one reading after another. */
function refresh(): Promise<void> {
  last = last.then(() => attemptReading());
  return last;
}

async function attemptReading(): Promise<void> {
  try {
    await read(await openKept());
  } catch (thrown) {
    failed(thrown);
  }
}

async function read(kept: KeptEvaluations): Promise<void> {
  const { selected, opened } = store.getState();
  if (selected === undefined) return store.setState({ opened: undefined });
  const another = opened?.id !== selected;
  if (another) place = 0;
  const rows = await kept.outcomes(selected, place);
  place = Math.max(place, ...rows.slice(-1).map((row) => row.place + 1));
  const outcomes = rows.map(({ outcome }) => outcome);
  if (another) {
    const problems = await kept.problems(selected);
    store.setState({ opened: { id: selected, problems, outcomes, rows: [] } });
  } else if (outcomes.length > 0) {
    store.setState({ opened: { ...opened, outcomes: [...opened.outcomes, ...outcomes] } });
  }
  if (another || outcomes.length > 0) addToSummary(outcomes, another, (figures) => {
    store.setState(({ opened: now }) => (now?.id === selected ? { opened: { ...now, rows: figures } } : {}));
  });
  await lookElsewhere(selected);
}

let watched: { readonly id: string; readonly left: AbortController } | undefined;

/** Whether another tab computes it, until that one has done with it or is closed. */
async function lookElsewhere(id: string): Promise<void> {
  if (watched?.id === id) return;
  watched?.left.abort();
  watched = undefined;
  const mine = (): boolean => store.getState().work?.id === id;
  const held = !mine() && await lockOf(id).isHeld() && !mine();
  store.setState({ elsewhere: held });
  if (!held) return;
  const watching = { id, left: new AbortController() };
  watched = watching;
  const free = async (): Promise<void> => {
    await lockOf(id).whenFree(watching.left.signal);
    if (watched !== watching) return;
    watched = undefined;
    store.setState({ elsewhere: false });
  };
  free().catch(() => undefined);
}

const evaluator = createEvaluator({ kept: openKept, solve: solveAside, lock: lockOf, clock: wallClock, algebra: () => algebraInWorker(startBrowserAlgebra) });
let current: AbortController | undefined;

/** Goes on with one; this tab does one at a time. */
export async function continueEvaluation(id: string, takeOver = false): Promise<void> {
  if (current !== undefined) return;
  const controller = new AbortController();
  current = controller;
  watched?.left.abort();
  watched = undefined;
  store.setState({ work: { id }, elsewhere: false, trouble: undefined });
  let latest: Doing | undefined;
  const frame = onceAFrame(() => { if (current === controller && latest !== undefined) store.setState({ work: { id, doing: latest } }); }, requestAnimationFrame);
  try {
    await evaluator.evaluate(id, {
      signal: controller.signal, takeOver,
      doing(doing) {
        latest = doing;
        frame.ask();
      },
    });
  } catch (thrown) {
    failed(thrown);
  } finally {
    current = undefined;
    store.setState({ work: undefined });
    void refresh();
  }
}

export const pauseEvaluation = (): void => current?.abort();

/** A new one, which begins at once unless this tab is at another. */
export const startEvaluation = (dataSet: string, plan: Plan, problems: readonly Problem[]): Promise<void> => attempt(async (kept) => {
  const id = crypto.randomUUID();
  await kept.create({ id, createdAt: Date.now(), dataSet, plan, policy: { ...chosenNow().settings.policy, verify: "now", seed: plan.seed } }, problems);
  store.setState({ selected: id });
  void continueEvaluation(id);
});

export const removeEvaluation = (evaluation: Evaluation): Promise<void> => attempt(async (kept) => {
  if (store.getState().work?.id === evaluation.id) pauseEvaluation();
  store.setState({ removed: { evaluation, ...(await kept.remove(evaluation.id, Date.now())) } });
});

export const undoRemove = (): Promise<void> => attempt(async () => {
  const { removed } = store.getState();
  store.setState({ removed: undefined });
  await removed?.undo();
});
