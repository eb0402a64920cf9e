import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import { foldRun, type Run } from "../../reasoning/run.ts";
import type { Repair } from "../../runs/repair.ts";
import { appRun, openJournal } from "../app-run.ts";
import { leaveRun } from "../run/run-address.ts";
import { troubleOf, type Trouble } from "../trouble.ts";
import { writeProblem } from "../problem/problem-store.ts";

export type SharedRun =
  | { readonly kind: "none" }
  | { readonly kind: "offered"; readonly file: string; readonly run: Run; readonly title: string; readonly repairs: readonly Repair[]; readonly trouble?: Trouble }
  | { readonly kind: "unreadable"; readonly trouble: Trouble };

/** A run that came with the page's address. It is only looked at until the reader keeps it. */
export const sharedStore = createStore<{ readonly shared: SharedRun }>(() => ({ shared: { kind: "none" } }));

const set = (shared: SharedRun): void => sharedStore.setState({ shared });

// Another run on the page takes its place.
appRun.store.subscribe(({ run }, { run: before }) => {
  if (run !== undefined && run.header.id !== before?.header.id) set({ kind: "none" });
});

export async function openSharedRun(fragment: string): Promise<void> {
  await appRun.clear();
  writeProblem("");
  try {
    const [{ readShareLink }, { readRunFile }] = await Promise.all([import("../../runs/share-link.ts"), import("../../runs/run-file.ts")]);
    const file = await readShareLink(fragment);
    if (file === undefined) return;
    const { runs: [first], problems } = readRunFile(file, () => crypto.randomUUID());
    if (first === undefined) set({ kind: "unreadable", trouble: { kind: "bad-link", message: problems[0]?.message ?? "The link holds no run.", kept: "problem" } });
    else set({ kind: "offered", file, run: foldRun(first.header, first.events), title: first.title, repairs: problems });
  } catch (thrown) {
    set({ kind: "unreadable", trouble: troubleOf(thrown, "problem") });
  }
}

/** Beside a run of the same id that went on differently here, never in its place. */
export async function keepSharedRun(): Promise<void> {
  const { shared } = sharedStore.getState();
  if (shared.kind !== "offered") return;
  const { id } = shared.run.header;
  try {
    const { imported, unchanged, failure } = await (await openJournal()).importRuns(shared.file, new Map([[id, "keep-both"]]));
    if (failure !== undefined) throw failure;
    const kept = imported[0] ?? unchanged[0];
    if (kept !== undefined) await appRun.show(kept);
  } catch (thrown) {
    set({ ...shared, trouble: troubleOf(thrown, "memory") });
  }
}

export function closeSharedRun(): void {
  set({ kind: "none" });
  leaveRun();
}

export const useShared = (): SharedRun => useStore(sharedStore, ({ shared }) => shared);
