import { describe, expect, test, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import type { RunState } from "../../../src/app/run/run-store.ts";
import { watchSpeculation, type ReadCounts } from "../../../src/app/run/watch-speculation.ts";
import type { SpeculationCounts } from "../../../src/models/endpoint/speculation-metrics.ts";
import { emptyRun } from "../../../src/reasoning/run.ts";
import { headerOf } from "../../support/run-to-end.ts";

const counts = (drafts: number, acceptedTokens: number): SpeculationCounts => ({ drafts, draftedTokens: drafts * 4, acceptedTokens, acceptedAt: [] });
const run = emptyRun(headerOf());

function page(read: ReadCounts | undefined) {
  const runs = createStore<RunState>(() => ({ run: undefined, work: { kind: "idle" }, device: undefined, trouble: undefined, savingTrouble: undefined, announcement: undefined, elsewhere: undefined, unsaved: new Set<number>() }));
  const watched = watchSpeculation(runs, () => read);
  const solve = (): void => {
    runs.setState({ work: { kind: "opening", opening: { what: "base" } } });
    runs.setState({ work: { kind: "opening", opening: { what: "draft", loading: { kind: "preparing" } } } });
    runs.setState({ run, work: { kind: "reasoning" } });
    runs.setState({ work: { kind: "idle" } });
  };
  return { runs, watched, solve };
}

describe("the server's own speculation", () => {
  test("is what it counted from the opening of the models to the end of the run", async () => {
    const read = vi.fn<ReadCounts>().mockResolvedValueOnce(counts(10, 20)).mockResolvedValueOnce(counts(30, 70));
    const { watched, solve } = page(read);
    solve();
    await vi.waitFor(() => expect(watched.getState().latest?.run).toBe(run.header.id));
    expect(read).toHaveBeenCalledTimes(2);
    expect(watched.getState().latest?.speculation).toMatchObject({ acceptance: 50 / 80, meanAcceptedLength: 3.5 });
  });

  test("is not shown where nothing was drafted, or the counts could not be read", async () => {
    for (const second of [() => Promise.resolve(counts(10, 20)), () => Promise.resolve(undefined), () => Promise.reject(new Error("away"))]) {
      const read = vi.fn<ReadCounts>().mockResolvedValueOnce(counts(10, 20)).mockImplementationOnce(second);
      const { watched, solve } = page(read);
      solve();
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2));
      // oxlint-disable-next-line no-await-in-loop
      await new Promise(setImmediate);
      expect(watched.getState().latest).toBeUndefined();
    }
  });

  test("is not asked for where no test has found any, nor after a run that could not be begun", async () => {
    page(undefined).solve();
    const read = vi.fn<ReadCounts>().mockResolvedValue(counts(1, 1));
    const { runs } = page(read);
    runs.setState({ work: { kind: "opening", opening: { what: "base" } } });
    runs.setState({ work: { kind: "idle" } });
    runs.setState({ work: { kind: "reading" } });
    runs.setState({ work: { kind: "idle" } });
    await new Promise(setImmediate);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
