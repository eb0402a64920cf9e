import { createStore, type StoreApi } from "zustand/vanilla";
import { speculationBetween, type Speculation, type SpeculationCounts } from "../../models/endpoint/speculation-metrics.ts";
import type { RunState } from "./run-store.ts";

export type SpeculationOfRun = { readonly run: string; readonly speculation: Speculation };

/** What the server has counted by now; undefined where it does not speculate or does not say. */
export type ReadCounts = () => Promise<SpeculationCounts | undefined>;

/**
 * Reads the server's counts while a run's models are opened, and again when the run is at rest. Nothing waits for it.
 * @param counterOf what reads the counts of the endpoint chosen now; undefined where no test has found any
 */
export function watchSpeculation(runs: StoreApi<RunState>, counterOf: () => ReadCounts | undefined) {
  const store = createStore<{ readonly latest: SpeculationOfRun | undefined }>(() => ({ latest: undefined }));
  let begun: { readonly read: ReadCounts; readonly before: ReturnType<ReadCounts> } | undefined;

  async function finish({ read, before }: NonNullable<typeof begun>, run: string): Promise<void> {
    const [start, end] = [await before, await quietly(read)];
    const speculation = start === undefined || end === undefined ? undefined : speculationBetween(start, end);
    store.setState({ latest: speculation === undefined ? undefined : { run, speculation } });
  }

  runs.subscribe(({ work, run }, { work: previous }) => {
    if (work.kind === previous.kind) return;
    if (work.kind === "opening") {
      const read = counterOf();
      begun = read === undefined ? undefined : { read, before: quietly(read) };
    } else if (work.kind === "idle" && begun !== undefined) {
      if (previous.kind === "reasoning" && run !== undefined) void finish(begun, run.header.id);
      begun = undefined;
    }
  });
  return store;
}

const quietly = (read: ReadCounts): ReturnType<ReadCounts> => read().catch(() => undefined);
