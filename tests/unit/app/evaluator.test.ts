import { Dexie } from "dexie";
import { IDBKeyRange } from "fake-indexeddb";
import { describe, expect, test } from "vitest";
import { createEvaluator } from "../../../src/app/evaluate/evaluator.ts";
import type { SolveAside } from "../../../src/app/run/solve-aside.ts";
import type { Problem } from "../../../src/evaluate/data-set.ts";
import { openKeptEvaluations, type KeptEvaluations } from "../../../src/evaluate/kept/kept-evaluations.ts";
import type { Plan } from "../../../src/evaluate/plan.ts";
import { summarise } from "../../../src/evaluate/statistics.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import type { RunEvent } from "../../../src/reasoning/events.ts";
import { defaultPolicy, type Policy } from "../../../src/reasoning/policy.ts";
import { emptyRun, foldEvent, type Run } from "../../../src/reasoning/run.ts";
import { createRunLock } from "../../../src/runs/run-lock.ts";
import { newBrowser, type Browser } from "../runs/browser-storage.ts";
import { abortOf, scriptedLocks } from "../runs/scripted-locks.ts";

const problems: readonly Problem[] = [1, 2, 3, 4].map((number) => ({ id: `p${number}`, problem: `${number} + ${number}?`, answer: `${2 * number}` }));
const plan: Plan = { problems: 4, seed: 1, samples: 1, modes: ["draft", "base", "sync"], thresholds: [5, 7] };
const tasks = 4 * (1 + 1 + 2);

type Asked = { readonly problem: string; readonly policy: Policy };
type Script = (asked: Asked, tell: (event: RunEvent) => void, signal: AbortSignal) => void | Promise<void>;

const answered = (text: string): RunEvent => ({ kind: "answered", request: 0, by: "draft", text, cut: false, tokens: 3, promptTokens: 9, firstTokenSeconds: 0, seconds: 1, at: 2 });
/** Alone, the draft model is wrong about the second problem. */
const wellDone: Script = ({ problem, policy }, tell) => {
  const number = Number(problem.split(" ")[0]);
  tell(answered(`\\boxed{${2 * number + (policy.mode === "draft" && number === 2 ? 1 : 0)}}`));
  tell({ kind: "finished", at: 3 });
};
const unverified: readonly RunEvent[] = [
  { kind: "drafted", step: 0, index: 0, text: "So.", end: "blank-line", tokens: 2, promptTokens: 5, prefilledTokens: 5, firstTokenSeconds: 0, seconds: 1, at: 1 },
  { kind: "unverified", step: 0, why: "base-away", at: 1 },
];
const lost = (at: number): RunEvent => ({ kind: "base-lost", failure: { kind: "unreachable", message: "no server" }, at });

/** One tab: what it is asked to solve, told by a script. */
async function openTab(browser: Browser, script: Script = wellDone, locks = scriptedLocks(), models = { draft: "d", base: "b" }) {
  const kept = await openKeptEvaluations({ indexedDB: browser.indexedDB, keyRange: IDBKeyRange });
  const asked: Asked[] = [];
  const solve: SolveAside = async ({ problem, policy, signal, happened }) => {
    asked.push({ problem, policy });
    let run: Run = emptyRun({ version: 1, id: `run-${asked.length}`, problem, createdAt: 0, policy, draft: { id: models.draft, name: "d" }, base: { id: models.base, name: "b" } });
    const tell = (event: RunEvent): void => {
      run = foldEvent(run, event);
      happened?.(event, run);
    };
    tell({ kind: "started", at: 0 });
    if (!signal.aborted) await script({ problem, policy }, tell, signal);
    if (run.status === "running") tell({ kind: "stopped", at: run.seconds });
    return run;
  };
  let time = 0;
  const evaluator = createEvaluator({
    kept: () => Promise.resolve(kept), solve, lock: (id) => createRunLock({ locks, name: `evaluation ${id}` }),
    algebra: () => ({ compare: () => Promise.resolve({ kind: "undecided", why: "unreadable" }), close: () => undefined }),
    clock: { now: () => (time += 1), wait: () => Promise.resolve() },
  });
  const evaluate = (signal = new AbortController().signal, takeOver = false) => evaluator.evaluate("e", { signal, takeOver, doing: () => undefined });
  return { kept, asked, evaluate };
}

const begin = (kept: KeptEvaluations) => kept.create({ id: "e", createdAt: 5, dataSet: "own.jsonl", plan, policy: { ...defaultPolicy, seed: 1 } }, problems);
const keysOf = async (kept: KeptEvaluations): Promise<readonly string[]> => (await kept.outcomes("e")).map(({ key }) => key);

describe("an evaluation", () => {
  test("does every task once, with the task's mode, threshold and seed, and keeps each with its verdict", async () => {
    const { kept, asked, evaluate } = await openTab(newBrowser());
    await begin(kept);
    expect(await evaluate()).toBe("ended");
    expect(asked.slice(0, 4).map(({ policy }) => [policy.mode, policy.threshold, policy.verify])).toEqual([["draft", 7, "now"], ["base", 7, "now"], ["sync", 5, "now"], ["sync", 7, "now"]]);
    const outcomes = (await kept.outcomes("e")).map(({ outcome }) => outcome);
    expect(outcomes).toHaveLength(tasks);
    expect(summarise(outcomes).map(({ mode, threshold, accuracy }) => [mode, threshold, accuracy])).toEqual([["draft", undefined, 0.75], ["base", undefined, 1], ["sync", 5, 1], ["sync", 7, 1]]);
    expect(await kept.get("e")).toMatchObject({ done: tasks, tasks, draft: "d", base: "b", seconds: tasks });
    expect((await kept.get("e"))?.paused).toBeUndefined();
  });

  test.each([1, 6, 15])("whose tab is closed in task %i goes on in another one with exactly what is left", async (last) => {
    const browser = newBrowser();
    const first = await openTab(browser, (asked, tell) => (first.asked.length < last ? wellDone(asked, tell, AbortSignal.abort()) : new Promise(() => undefined)));
    await begin(first.kept);
    void first.evaluate();
    await expect.poll(() => first.asked.length).toBe(last);
    first.kept.close();
    const second = await openTab(browser);
    await second.evaluate();
    expect(second.asked).toHaveLength(tasks - last + 1);
    expect(new Set(await keysOf(second.kept)).size).toBe(tasks);
    expect((await second.kept.outcomes("e")).map(({ place }) => place)).toEqual(Array.from({ length: tasks }, (_, place) => place));
  });

  test("pauses when asked, and loses no more than the task in progress", async () => {
    const pause = new AbortController();
    const { kept, asked, evaluate } = await openTab(newBrowser(), (one, tell, signal) => {
      if (asked.length !== 3) return wellDone(one, tell, signal);
      queueMicrotask(() => pause.abort());
      return abortOf(signal);
    });
    await begin(kept);
    await evaluate(pause.signal);
    expect(await kept.get("e")).toMatchObject({ done: 2, paused: { kind: "asked" } });
    await evaluate();
    expect(asked).toHaveLength(tasks + 1);
    expect(await kept.get("e")).toMatchObject({ done: tasks });
  });

  test.each<[string, Script]>([
    ["is lost and the run goes on unverified", (_, tell) => { for (const event of [lost(1), ...unverified, answered("9"), { kind: "finished", at: 4 } as const]) tell(event); }],
    ["is away for longer than a short gap", async (_, tell, signal) => {
      for (const event of [lost(1), ...unverified, { kind: "draft-text", step: 1, text: "x", at: 30 } as const]) tell(event);
      await abortOf(signal);
    }],
    ["fails the run", (_, tell) => tell({ kind: "failed", failure: { kind: "unreachable", message: "no server" }, at: 2 })],
    ["is not there to begin with", () => Promise.reject(new ModelError("unreachable", "no server"))],
  ])("rests by itself when the base model %s: nothing is counted as wrong, and it goes on from there", async (_, script) => {
    let away = true;
    const { kept, asked, evaluate } = await openTab(newBrowser(), (one, tell, signal) => (away && asked.length === 3 ? script(one, tell, signal) : wellDone(one, tell, signal)));
    await begin(kept);
    await evaluate();
    expect(await kept.get("e")).toMatchObject({ done: 2, paused: { kind: "failure", failure: { kind: "unreachable", message: "no server" } } });
    away = false;
    await evaluate();
    expect(summarise((await kept.outcomes("e")).map(({ outcome }) => outcome)).map(({ accuracy }) => accuracy)).toEqual([0.75, 1, 1, 1]);
  });

  test("goes on through a short gap that the run itself makes up for", async () => {
    const { kept, evaluate } = await openTab(newBrowser(), (one, tell, signal) => {
      tell(lost(1));
      tell({ kind: "base-back", roundTripSeconds: 0.1, at: 12 });
      return wellDone(one, tell, signal);
    });
    await begin(kept);
    await evaluate();
    expect(await kept.get("e")).toMatchObject({ done: tasks });
  });

  test("counts a problem that does not fit the context as not solved, for it never will", async () => {
    const { kept, evaluate } = await openTab(newBrowser(), ({ problem, policy }, tell, signal) =>
      (problem.startsWith("3") ? tell({ kind: "failed", failure: { kind: "context-overflow", message: "too long" }, at: 1 }) : wellDone({ problem, policy }, tell, signal)));
    await begin(kept);
    await evaluate();
    expect(summarise((await kept.outcomes("e")).map(({ outcome }) => outcome)).map(({ accuracy }) => accuracy)).toEqual([0.5, 0.75, 0.75, 0.75]);
  });

  test("rests where other models are chosen than it began with, before anything of theirs is counted", async () => {
    const browser = newBrowser();
    const first = await openTab(browser, (asked, tell, signal) => (first.asked.length < 4 ? wellDone(asked, tell, signal) : Promise.reject(new ModelError("unreachable", ""))));
    await begin(first.kept);
    await first.evaluate();
    const second = await openTab(browser, wellDone, scriptedLocks(), { draft: "d", base: "another" });
    await second.evaluate();
    expect(await second.kept.get("e")).toMatchObject({ done: 3, paused: { kind: "models", began: "d, b", chosen: "d, another" } });
  });

  test("does a task again from which another computation was given the turn", async () => {
    const { kept, asked, evaluate } = await openTab(newBrowser(), (one, tell, signal) => (asked.length === 2 ? undefined : wellDone(one, tell, signal)));
    await begin(kept);
    await evaluate();
    expect(asked).toHaveLength(tasks + 1);
    expect(await kept.get("e")).toMatchObject({ done: tasks });
  });

  test("is computed by one tab; another one is told so, and may take it over without a task done twice", async () => {
    const browser = newBrowser();
    const locks = scriptedLocks();
    const first = await openTab(browser, (asked, tell, signal) => (first.asked.length < 5 ? wellDone(asked, tell, signal) : abortOf(signal)), locks);
    const second = await openTab(browser, wellDone, locks);
    await begin(first.kept);
    const ended = first.evaluate();
    await expect.poll(() => first.asked.length).toBe(5);
    expect(await second.evaluate()).toBe("elsewhere");
    expect(second.asked).toEqual([]);
    await second.evaluate(new AbortController().signal, true);
    expect(await ended).toBe("ended");
    expect((await keysOf(second.kept)).toSorted()).toEqual([...new Set(await keysOf(second.kept))].toSorted());
    expect(await second.kept.get("e")).toMatchObject({ done: tasks });
    expect((await second.kept.get("e"))?.paused).toBeUndefined();
  });
});

describe("kept evaluations", () => {
  test("are deleted with the chance to take that back, and gone for good later", async () => {
    const browser = newBrowser();
    // A live query looks for the browser's own.
    Dexie.dependencies.indexedDB = browser.indexedDB;
    const { kept, evaluate } = await openTab(browser);
    await begin(kept);
    await evaluate();
    const lists: number[] = [];
    const stop = kept.watch((list) => lists.push(list.length), (thrown) => { throw thrown; });
    const { undo } = await kept.remove("e", 100);
    await expect.poll(() => lists.at(-1)).toBe(0);
    await undo();
    await kept.purge(1e9);
    await expect.poll(() => lists.at(-1)).toBe(1);
    await kept.remove("e", 100);
    await kept.purge(99);
    expect(await kept.outcomes("e")).toHaveLength(tasks);
    await kept.purge(100);
    expect([await kept.get("e"), await kept.problems("e"), await kept.outcomes("e")]).toEqual([undefined, [], []]);
    stop();
  });
});
