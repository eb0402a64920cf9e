import { Dexie } from "dexie";
import { beforeEach, describe, expect, test } from "vitest";
import { ModelError } from "../../../src/models/model-error.ts";
import { isPassing, type RunEvent } from "../../../src/reasoning/events.ts";
import type { SavingState } from "../../../src/runs/run-writer.ts";
import { clearStorage, disk, killTab, newBrowser, openTab, operations } from "./browser-storage.ts";
import { acceptedStep, drafted, headerOf, unverified } from "./scripted-run.ts";

beforeEach(() => {
  disk.full = "no";
});

const kept = (events: readonly RunEvent[]): RunEvent[] => events.filter((event) => !isPassing(event));

describe("a run journal", () => {
  test("gives back a run's events in order after the tab was closed, without the streaming parts", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    void tab.create(headerOf("a"));
    const events = [...acceptedStep(0), ...acceptedStep(1)];
    await Promise.all(events.map((event) => tab.append("a", [event])));
    await tab.close();

    const loaded = await (await openTab(browser)).load("a");
    expect(loaded.header).toEqual(headerOf("a"));
    expect(loaded.events).toEqual(kept(events));
    expect(loaded.next).toBe(8);
    expect(loaded.problems).toEqual([]);
  });

  test("loses nothing whose append had resolved when the tab was killed", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    await tab.create(headerOf("a"));
    await tab.append("a", acceptedStep(0));
    const dying = tab.append("a", acceptedStep(1)).catch((thrown: unknown) => thrown);
    killTab(tab);
    await dying;

    const { events } = await (await openTab(browser)).load("a");
    expect(events.slice(0, 4)).toEqual(kept(acceptedStep(0)));
    expect([4, 8]).toContain(events.length);
  });

  test("appends with the same number of database operations at step 1,000 as at step 10, one add an event", async () => {
    const tab = await openTab(newBrowser());
    await tab.create(headerOf("a"));
    const cost = async (index: number): Promise<Record<string, number>> => {
      operations.clear();
      await tab.append("a", acceptedStep(index));
      return Object.fromEntries(operations);
    };
    const costs: Record<string, number>[] = [];
    for (let index = 0; index <= 1_000; index += 1) costs.push(await cost(index));
    expect(costs[10]).toEqual({ get: 1, add: 4, put: 1 });
    expect(costs[1_000]).toEqual(costs[10]);
  });

  test("writes what comes in one tick in one transaction", async () => {
    const tab = await openTab(newBrowser());
    await tab.create(headerOf("a"));
    operations.clear();
    await Promise.all(acceptedStep(0).map((event) => tab.append("a", [event])));
    expect(operations.get("put")).toBe(1);
  });

  test("stores events delivered twice once, and refuses others in their place", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    await tab.create(headerOf("a"));
    await tab.append("a", acceptedStep(0), 0);
    await Promise.all([tab.append("a", acceptedStep(0), 0), tab.append("a", [...acceptedStep(0), ...acceptedStep(1)], 0)]);
    expect((await tab.load("a")).events).toEqual(kept([...acceptedStep(0), ...acceptedStep(1)]));
    await expect(tab.append("a", acceptedStep(2), 0)).rejects.toMatchObject({ kind: "overtaken" });
    await expect(tab.append("a", acceptedStep(2), 99)).rejects.toMatchObject({ kind: "overtaken" });
    expect((await tab.load("a")).next).toBe(8);
  });

  test("keeps the order of what is appended while an older delivery is still being compared", async () => {
    const tab = await openTab(newBrowser());
    await tab.create(headerOf("a"));
    await tab.append("a", acceptedStep(0));
    await Promise.all([tab.append("a", [...acceptedStep(0), ...acceptedStep(1)], 0), tab.append("a", acceptedStep(2))]);
    expect((await tab.load("a")).events).toEqual(kept([0, 1, 2].flatMap((index) => acceptedStep(index))));
  });

  test("tells a tab that another has gone on with its run, and lets it go on after loading again", async () => {
    const browser = newBrowser();
    const [one, two] = [await openTab(browser), await openTab(browser)];
    await one.create(headerOf("a"));
    await one.append("a", acceptedStep(0));
    await two.load("a");
    await one.append("a", acceptedStep(1));
    await expect(two.append("a", acceptedStep(2))).rejects.toMatchObject({ kind: "overtaken" });
    const { next } = await two.load("a");
    await two.append("a", acceptedStep(2), next);
    expect((await one.load("a")).events).toEqual(kept([0, 1, 2].flatMap((index) => acceptedStep(index))));
  });

  test("appends in order in a tab whose idea of the run is old, where the caller's is new", async () => {
    const browser = newBrowser();
    const [one, two] = [await openTab(browser), await openTab(browser)];
    await one.create(headerOf("a"));
    await two.load("a");
    await one.append("a", acceptedStep(0), 0);
    await Promise.all([two.append("a", acceptedStep(1), 4), two.append("a", acceptedStep(2), 8), two.append("a", acceptedStep(3), 12)]);
    expect((await one.load("a")).events).toEqual(kept([0, 1, 2, 3].flatMap((index) => acceptedStep(index))));
  });

  test("lists the newest run first, in pages", async () => {
    const tab = await openTab(newBrowser());
    for (const id of ["a", "b", "c"]) await tab.create(headerOf(id, `Problem ${id}\nmore`));
    for (const id of ["c", "a", "b"]) await tab.append(id, acceptedStep(0));
    const first = await tab.list({ limit: 2 });
    expect(first.runs.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(first.runs[0]).toMatchObject({ title: "Problem b", status: "running", steps: 1, events: 4 });
    const second = await tab.list({ limit: 2, before: first.next! });
    expect(second.runs.map(({ id }) => id)).toEqual(["c"]);
    expect(second.next).toBeUndefined();
  });

  test("counts steps and knows the status as the fold does, through a rollback", async () => {
    const tab = await openTab(newBrowser());
    await tab.create(headerOf("a"));
    await tab.append("a", [...acceptedStep(0), ...acceptedStep(1), ...acceptedStep(2),
      { kind: "rolled-back", toIndex: 1, steps: [1, 2], tokens: 18, at: 5 }, { kind: "finished", at: 6 }]);
    expect((await tab.list({ limit: 1 })).runs[0]).toMatchObject({ steps: 1, status: "finished" });
  });

  test("names a run anew, and by its problem again when the name is emptied", async () => {
    const tab = await openTab(newBrowser());
    await tab.create(headerOf("a"));
    await tab.rename("a", "  Sums ");
    expect((await tab.list({ limit: 1, search: "sums" })).runs[0]?.title).toBe("Sums");
    await tab.rename("a", "");
    expect((await tab.list({ limit: 1 })).runs[0]?.title).toBe("What is 12 + 7?");
  });

  test("takes a removed run off the list, and brings it back whole", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    await tab.create(headerOf("a"));
    await tab.append("a", acceptedStep(0));
    const { undo } = await tab.remove("a");
    expect((await tab.list({ limit: 9 })).runs).toEqual([]);
    expect((await tab.list({ limit: 9, search: "add" })).runs).toEqual([]);
    expect(await undo()).toBe(true);
    expect((await tab.list({ limit: 9 })).runs).toHaveLength(1);

    const again = await tab.remove("a");
    await tab.purge();
    expect(await again.undo()).toBe(false);
    await expect(tab.load("a")).rejects.toMatchObject({ kind: "missing" });
    await expect(tab.append("a", acceptedStep(1))).rejects.toMatchObject({ kind: "missing" });
    for (const table of tab.database.all) expect(await table.count()).toBe(0);
  });

  test("brought back in one tab while another deletes for good stays, if it was told to be back", async () => {
    const browser = newBrowser();
    const [one, other] = [await openTab(browser), await openTab(browser)];
    for (const id of ["a", "b", "c"]) await one.create(headerOf(id));
    const removals = [await one.remove("a"), await one.remove("b"), await one.remove("c")];
    const [, ...back] = await Promise.all([other.purge(), ...removals.map(({ undo }) => undo())]);
    expect(back).toContain(true);
    const listed = (await one.list({ limit: 9 })).runs.map(({ id }) => id).toSorted();
    expect(listed).toEqual(["a", "b", "c"].filter((_, index) => back[index]));
  });

  test("takes several off the list together, but for those that are gone already, and brings those back", async () => {
    const tab = await openTab(newBrowser());
    for (const id of ["a", "b", "c"]) await tab.create(headerOf(id));
    await tab.remove("b");
    await tab.purge();
    const { removed, undo } = await tab.remove("a", "b", "c");
    expect(removed).toEqual(["a", "c"]);
    expect((await tab.list({ limit: 9 })).runs).toEqual([]);
    expect(await undo()).toBe(true);
    expect((await tab.list({ limit: 9 })).runs.map(({ id }) => id).toSorted()).toEqual(["a", "c"]);
    await expect(tab.remove("b")).rejects.toMatchObject({ kind: "missing" });
  });

  test("purges by itself an hour after the removal, not while another tab may undo it", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    await tab.create(headerOf("a"));
    const { undo } = await tab.remove("a");
    await openTab(browser);
    expect(await undo()).toBe(true);
    const later = await tab.remove("a");
    browser.now += 3_700_000;
    await openTab(browser);
    expect(await later.undo()).toBe(false);
  });

  test("says what is used", async () => {
    const tab = await openTab(newBrowser(), { storage: { estimate: () => Promise.resolve({ usage: 5_000, quota: 90_000 }) } });
    await tab.create(headerOf("a"));
    await tab.append("a", acceptedStep(0));
    const usage = await tab.usage();
    expect(usage).toMatchObject({ runs: 1, usedBytes: 5_000, quotaBytes: 90_000 });
    expect(usage.runBytes).toBe(kept(acceptedStep(0)).reduce((sum, event) => sum + JSON.stringify(event).length, 0));
  });

  test("shows a watched list again when another tab appends", async () => {
    const browser = newBrowser();
    // Dexie watches only where the page has a database of its own.
    Dexie.dependencies.indexedDB = browser.indexedDB;
    const [one, two] = [await openTab(browser), await openTab(browser)];
    await one.create(headerOf("a"));
    const seen: number[] = [];
    await new Promise<void>((resolve, reject) => {
      const stop = one.watchList({ limit: 1 }, ({ runs }) => {
        seen.push(runs[0]?.steps ?? -1);
        if (seen.length === 1) void two.append("a", acceptedStep(0));
        if (seen.at(-1) === 1) {
          stop();
          resolve();
        }
      }, reject);
    });
    expect(seen[0]).toBe(0);
  });
});

describe("full storage", () => {
  for (const full of ["at-write", "at-commit"] as const) {
    test(`keeps the run in memory and stores it once there is space (${full})`, async () => {
      const browser = newBrowser();
      const states: SavingState[] = [];
      const tab = await openTab(browser, { onSaving: (state) => states.push(state) });
      await tab.create(headerOf("a"));
      await tab.append("a", acceptedStep(0));
      disk.full = full;
      const failed = await tab.append("a", acceptedStep(1)).catch((thrown: unknown) => thrown);
      expect(failed).toBeInstanceOf(ModelError);
      expect(failed).toMatchObject({ kind: "storage-full" });
      await expect(tab.append("a", acceptedStep(2))).rejects.toMatchObject({ kind: "storage-full" });
      expect(states.at(-1)).toMatchObject({ run: "a", unsaved: 8, failure: { kind: "storage-full" } });
      const all = kept([0, 1, 2].flatMap((index) => acceptedStep(index)));
      expect((await tab.load("a")).events).toEqual(all);

      disk.full = "no";
      await tab.append("a", acceptedStep(3));
      expect(states.at(-1)).toEqual({ run: "a", unsaved: 0 });
      killTab(tab);
      expect((await (await openTab(browser)).load("a")).events).toEqual([...all, ...kept(acceptedStep(3))]);
    });
  }

  test("holds back a new run too, with its header, and writes every run when one gets through", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    disk.full = "at-commit";
    await expect(tab.create(headerOf("a"))).rejects.toMatchObject({ kind: "storage-full" });
    await expect(tab.append("a", acceptedStep(0))).rejects.toMatchObject({ kind: "storage-full" });
    await expect(tab.create(headerOf("b"))).rejects.toMatchObject({ kind: "storage-full" });
    expect(await tab.load("a")).toMatchObject({ header: headerOf("a"), next: 4 });
    expect(JSON.parse(await tab.exportRuns())).toMatchObject({ runs: [{ header: { id: "a" } }, { header: { id: "b" } }] });
    disk.full = "no";
    await tab.append("b", acceptedStep(0));
    await tab.retry();
    killTab(tab);
    const next = await openTab(browser);
    expect((await next.load("a")).events).toEqual(kept(acceptedStep(0)));
    expect((await next.list({ limit: 9 })).runs).toHaveLength(2);
  });

  test("makes room by purging removed runs first", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    await tab.create(headerOf("old"));
    await tab.create(headerOf("a"));
    const { undo } = await tab.remove("old");
    disk.full = "at-commit";
    const append = tab.append("a", acceptedStep(0)).catch(() => undefined);
    // Space comes free with the purge.
    while ((await tab.database.runs.count()) === 2) await new Promise((resolve) => { setImmediate(resolve); });
    disk.full = "no";
    await append;
    await tab.retry();
    expect(await undo()).toBe(false);
    expect((await tab.load("a")).next).toBe(4);
  });
});

describe("search", () => {
  test("finds runs by words of problem, title, steps and answer, as they are typed, in Chinese too", async () => {
    const tab = await openTab(newBrowser());
    await tab.create(headerOf("a", "小明有三个苹果,他又买了五个。他一共有几个苹果?"));
    await tab.create(headerOf("b", "A triangle has angles 30° and 60°."));
    await tab.append("b", [drafted(0, "The Right angle is 90 degrees; \\frac{1}{2} of 180.")]);
    await tab.append("a", [drafted(0, "首先,数一数:三加五等于八。")]);
    const found = async (search: string): Promise<string[]> => (await tab.list({ limit: 9, search })).runs.map(({ id }) => id);
    expect(await found("苹果")).toEqual(["a"]);
    expect(await found("果")).toEqual(["a"]);
    expect(await found("三加五等于")).toEqual(["a"]);
    expect(await found("五个 等于")).toEqual(["a"]);
    expect(await found("苹八")).toEqual([]);
    expect(await found("tri")).toEqual(["b"]);
    expect(await found("RIGHT angle")).toEqual(["b"]);
    expect(await found("right 苹果")).toEqual([]);
    expect(await found("frac 180")).toEqual(["b"]);
    expect(await found("90")).toEqual(["b"]);
    expect(await found("  ")).toEqual(["a", "b"]);
    expect(await found("?!")).toEqual([]);
  });

  test("reads keys of the index only, never the events", async () => {
    const tab = await openTab(newBrowser());
    for (const id of ["a", "b", "c"]) {
      await tab.create(headerOf(id));
      for (let index = 0; index < 40; index += 1) await tab.append(id, [drafted(index, `Line ${index} of ${id === "b" ? "gold" : "lead"}`)]);
    }
    operations.clear();
    expect((await tab.list({ limit: 5, search: "gold" })).runs.map(({ id }) => id)).toEqual(["b"]);
    const spent = [...operations.values()].reduce((sum, times) => sum + times, 0);
    expect(spent).toBeLessThan(10);
    const pages = await tab.list({ limit: 1, search: "line" });
    expect(pages.runs[0]?.id).toBe("c");
    expect((await tab.list({ limit: 1, search: "line", before: pages.next! })).runs[0]?.id).toBe("b");
  });
});

describe("the stored outbox", () => {
  test("follows the events: queued when unverified, gone when judged or rolled back", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    await tab.create(headerOf("a"));
    const base = headerOf("a").base.id;
    for (let index = 0; index < 5; index += 1) await tab.append("a", [drafted(index, `Step ${index}.`), unverified(index, index === 4 ? "sure" : "base-away")]);
    const steps = async (): Promise<number[]> => (await tab.waiting(base)).flatMap((run) => run.steps.map(({ step }) => step));
    expect(await steps()).toEqual([0, 1, 2, 3]);
    expect(await tab.waiting("another base")).toEqual([]);
    await tab.append("a", [
      { kind: "scored", request: 0, step: 1, score: 8, rung: "top-logprobs", at: 9 },
      { kind: "accepted", step: 0, at: 9 },
    ]);
    expect((await tab.waiting())[0]?.steps).toMatchObject([{ step: 1, scored: true, score: 8 }, { step: 2, scored: false }, { step: 3 }]);
    await tab.close();
    const next = await openTab(browser);
    await next.append("a", [{ kind: "rolled-back", toIndex: 2, steps: [2, 3, 4], tokens: 27, at: 10 }]);
    expect((await next.waiting(base))[0]?.steps).toMatchObject([{ step: 1 }]);
    await next.remove("a");
    expect(await next.waiting()).toEqual([]);
  });

  test("keys a step by the text before it", async () => {
    const tab = await openTab(newBrowser());
    for (const [id, first] of [["a", "One."], ["b", "Two."], ["c", "One."]] as const) {
      await tab.create(headerOf(id));
      await tab.append(id, [drafted(0, first), drafted(1, "So."), unverified(1)]);
    }
    const prefixes = (await tab.waiting()).map(({ steps }) => steps[0]?.prefix);
    expect(prefixes[0]).toBe(prefixes[2]);
    expect(prefixes[0]).not.toBe(prefixes[1]);
  });
});

describe("storage cleared under an open tab", () => {
  test("keeps what comes after it, and names what is missing", async () => {
    const browser = newBrowser();
    const closed: string[] = [];
    const tab = await openTab(browser, { onClosed: (why) => closed.push(why) });
    await tab.create(headerOf("a"));
    await tab.append("a", acceptedStep(0));
    await clearStorage(browser, tab);
    expect(closed).toEqual(["browser"]);
    await tab.append("a", acceptedStep(1));
    const loaded = await (await openTab(browser)).load("a");
    expect(loaded.events).toEqual(kept(acceptedStep(1)));
    expect(loaded.header).toEqual(headerOf("a"));
    expect(loaded.problems).toEqual([{ path: "events[0]", message: "4 events are missing" }]);
  });
});
