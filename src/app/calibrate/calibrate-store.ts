import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { RunEvent } from "../../reasoning/events.ts";
import { openJournal, solveAside } from "../app-run.ts";
import { loadBuiltIn } from "../evaluate/data-sets.ts";
import { chosenNow } from "../settings/settings-store.ts";
import { troubleOf, type Trouble } from "../trouble.ts";
import { wallClock } from "../wall-clock.ts";
import { knownByArithmetic, pairKey, pairsOf, readKnownRuns, type KnownRun, type Pair, type Truth } from "./judged-runs.ts";

export type Collecting = {
  readonly state: "waiting" | "opening" | "solving";
  readonly done: number;
  readonly of: number;
  /** Scored steps so far. */
  readonly steps: number;
  /** Seconds, once a problem is done. */
  readonly left: number | undefined;
};

export type CalibrateState = {
  /** Undefined once all kept runs are read. */
  readonly reading: { readonly done: number; readonly of: number } | undefined;
  readonly runs: readonly KnownRun[];
  readonly pairs: readonly Pair[];
  /** What the reader chose; else the newest pair, and arithmetic where there is any. */
  readonly pair: string | undefined;
  readonly truth: Truth | undefined;
  /** Share of the accepted steps that may be wrong. */
  readonly wanted: number;
  readonly collecting: Collecting | undefined;
  readonly trouble: Trouble | undefined;
};

const store = createStore<CalibrateState>(() => ({
  reading: { done: 0, of: 0 }, runs: [], pairs: [], pair: undefined, truth: undefined, wanted: 0.05, collecting: undefined, trouble: undefined,
}));

export const useCalibration = <Selected>(select: (state: CalibrateState) => Selected): Selected => useStore(store, select);

const show = (runs: readonly KnownRun[]): void => store.setState({ runs, pairs: pairsOf(runs) });

/** Reads what the kept runs say until the page is left; returns what stops it. */
export function readCalibration(): () => void {
  const left = new AbortController();
  const read = async (): Promise<void> => {
    const runs = await readKnownRuns(await openJournal(), left.signal, (done, of) => store.setState({ reading: { done, of } }));
    // What was collected meanwhile may have been kept too late to be on the list.
    const listed = new Set(runs.map(({ header }) => header.id));
    show([...store.getState().runs.filter(({ header }) => !listed.has(header.id) && collected.has(header.id)), ...runs]);
    store.setState({ reading: undefined });
  };
  read().catch((thrown: unknown) => {
    if (!left.signal.aborted) store.setState({ reading: undefined, trouble: troubleOf(thrown, "run") });
  });
  return () => left.abort();
}

const collected = new Set<string>();
let current: AbortController | undefined;

/** Solves so many arithmetic problems step by step, those first that the pair on the page has solved least often. */
export async function collect(count: number): Promise<void> {
  if (current !== undefined) return;
  const controller = new AbortController();
  current = controller;
  const collecting = (changes: Partial<Collecting>): void => store.setState((state) => ({
    collecting: { ...(state.collecting ?? { state: "waiting", done: 0, of: count, steps: 0, left: undefined }), ...changes },
  }));
  store.setState({ trouble: undefined });
  collecting({});
  try {
    const { problems } = await loadBuiltIn("arithmetic");
    const solved = shownPair(store.getState())?.problems;
    const times = ({ problem }: { readonly problem: string }): number => solved?.get(problem) ?? 0;
    let began: number | undefined;
    for (const [place, problem] of problems.toSorted((one, other) => times(one) - times(other)).slice(0, count).entries()) {
      const events: RunEvent[] = [];
      const { policy } = chosenNow().settings;
      const run = await solveAside({
        // A problem solved again is drafted anew.
        problem: problem.problem, policy: { ...policy, mode: "sync", verify: "now", firstStepsByBase: 0, seed: policy.seed + times(problem) }, signal: controller.signal,
        waiting: () => collecting({ state: "waiting" }),
        opening: () => collecting({ state: "opening" }),
        happened(event) {
          events.push(event);
          began ??= wallClock.now();
          if (event.kind === "started") collecting({ state: "solving" });
        },
      });
      const known = knownByArithmetic(run.header, events);
      if (known !== undefined) {
        collected.add(run.header.id);
        show([known, ...store.getState().runs]);
        store.setState({ pair: pairKey(run.header), truth: "arithmetic" });
      }
      if (run.status === "failed") {
        store.setState({ trouble: run.failure === undefined ? undefined : { ...run.failure, kept: "run" } });
        break;
      }
      if (run.status !== "finished") break;
      const done = place + 1;
      const spent = began === undefined ? 0 : wallClock.now() - began;
      collecting({ done, steps: (store.getState().collecting?.steps ?? 0) + (known?.steps.length ?? 0), left: (spent / done) * (count - done) });
    }
  } catch (thrown) {
    if (!controller.signal.aborted) store.setState({ trouble: troubleOf(thrown, "run") });
  } finally {
    current = undefined;
    store.setState({ collecting: undefined });
  }
}

export const stopCollecting = (): void => current?.abort();

/** The pair that is shown. */
export const shownPair = ({ pairs, pair }: Pick<CalibrateState, "pairs" | "pair">): Pair | undefined => pairs.find(({ key }) => key === pair) ?? pairs[0];

/** The truth that is shown of a pair. */
export const shownTruth = ({ byTruth }: Pair, chosen: Truth | undefined): Truth =>
  chosen !== undefined && byTruth[chosen].runs > 0 ? chosen : byTruth.arithmetic.runs > 0 ? "arithmetic" : "answer";

export const choosePair = (pair: string): void => store.setState({ pair });
export const chooseTruth = (truth: Truth): void => store.setState({ truth });
export const wantErrorRate = (wanted: number): void => store.setState({ wanted });
