import * as v from "valibot";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { foldRun, type Run } from "../../reasoning/run.ts";
import { openJournal, solveAside } from "../app-run.ts";
import { onceAFrame } from "../run/once-a-frame.ts";
import { atRest } from "../run/watch-run.ts";
import { chosenNow } from "../settings/settings-store.ts";
import { readStored, writeStored } from "../stored.ts";
import { troubleOf, type Trouble } from "../trouble.ts";
import { comparedModes, type ComparedMode } from "./comparison.ts";

export type Entry = { readonly state: "waiting" | "elsewhere" | "opening" | "running" | "ended"; readonly run?: Run };
export type CompareState = {
  readonly problem: string;
  readonly working: boolean;
  readonly entries: Partial<Readonly<Record<ComparedMode, Entry>>>;
  readonly trouble: Trouble | undefined;
};

const storageKey = "specreason.comparison";
/** The runs of the last comparison; the journal has them. */
const storedSchema = v.fallback(v.object({ problem: v.string(), runs: v.record(v.string(), v.string()) }), { problem: "", runs: {} });

const store = createStore<CompareState>(() => ({ problem: "", working: false, entries: {}, trouble: undefined }));
let current: AbortController | undefined;
let restored = false;

export const useComparison = <Selected>(select: (state: CompareState) => Selected): Selected => useStore(store, select);

const show = (mode: ComparedMode, entry: Entry): void => store.setState(({ entries }) => ({ entries: { ...entries, [mode]: entry } }));

function keep(): void {
  const { problem, entries } = store.getState();
  const runs = Object.fromEntries(Object.entries(entries).flatMap(([mode, { run }]) => (run === undefined ? [] : [[mode, run.header.id]])));
  writeStored(storageKey, { problem, runs });
}

/** The last comparison, as the journal has it. */
export async function restoreComparison(): Promise<void> {
  if (restored) return;
  restored = true;
  const { problem, runs } = v.parse(storedSchema, readStored(storageKey));
  if (problem === "") return;
  store.setState({ problem });
  const journal = await openJournal();
  for (const mode of comparedModes) {
    const id = runs[mode];
    if (id === undefined) continue;
    // One that was deleted is left out.
    const stored = await journal.load(id).catch(() => undefined);
    if (store.getState().working) return;
    if (stored !== undefined) show(mode, { state: "ended", run: atRest(foldRun(stored.header, stored.events)) });
  }
}

export async function compare(problem: string): Promise<void> {
  if (current !== undefined) return;
  const controller = new AbortController();
  current = controller;
  store.setState({ problem, working: true, trouble: undefined, entries: Object.fromEntries(comparedModes.map((mode) => [mode, { state: "waiting" }])) });
  try {
    for (const mode of comparedModes) {
      let latest: Run | undefined;
      const frame = onceAFrame(() => { if (latest !== undefined) show(mode, { state: "running", run: latest }); }, requestAnimationFrame);
      show(mode, { state: "opening" });
      const run = await solveAside({
        problem, policy: { ...chosenNow().settings.policy, mode, verify: "now" }, signal: controller.signal,
        waiting: () => show(mode, { state: "elsewhere" }),
        opening: () => show(mode, { state: "opening" }),
        happened(_, now) {
          latest = now;
          frame.ask();
        },
      });
      latest = undefined;
      show(mode, { state: "ended", run });
      keep();
      if (run.status !== "finished") break;
    }
  } catch (thrown) {
    if (!controller.signal.aborted) store.setState({ trouble: troubleOf(thrown, "problem") });
  } finally {
    current = undefined;
    store.setState(({ entries }) => ({
      working: false,
      // What was not reached is not there.
      entries: Object.fromEntries(Object.entries(entries).flatMap(([mode, { run }]) => (run === undefined ? [] : [[mode, { state: "ended", run: atRest(run) } satisfies Entry]]))),
    }));
  }
}

export const stopComparing = (): void => current?.abort();
