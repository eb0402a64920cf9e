import { describe, expect, test } from "vitest";
import { IDBKeyRange } from "fake-indexeddb";
import { databaseVersions, openRunDatabase, type DatabaseVersion } from "../../../src/runs/run-database.ts";
import type { RunJournal } from "../../../src/runs/run-journal.ts";
import { newBrowser, openTab, type Browser } from "./browser-storage.ts";
import { acceptedStep, drafted, headerOf, unverified } from "./scripted-run.ts";

/** As a later version of the app might: another table, and a field more in every row of runs. */
const nextVersions: readonly DatabaseVersion[] = [...databaseVersions, {
  version: 2,
  stores: { notes: "id" },
  upgrade: async (transaction) => {
    await transaction.table("runs").toCollection().modify({ pinned: false });
  },
}];

const openNext = (browser: Browser, onBlocked?: () => void) =>
  openRunDatabase({ name: "runs", indexedDB: browser.indexedDB, keyRange: IDBKeyRange, versions: nextVersions, ...(onBlocked === undefined ? {} : { onBlocked }) });

async function oneRun(browser: Browser): Promise<RunJournal> {
  const tab = await openTab(browser);
  await tab.create(headerOf("a"));
  await tab.append("a", [...acceptedStep(0), drafted(1, "So."), unverified(1)]);
  return tab;
}

describe("the runs' database", () => {
  test("is brought up to a newer version with its runs in it", async () => {
    const browser = newBrowser();
    await (await oneRun(browser)).close();
    const next = await openNext(browser);
    expect(await next.runs.get("a")).toMatchObject({ id: "a", title: "What is 12 + 7?", pinned: false });
    expect(await next.events.count()).toBe(6);
  });

  test("of a newer version is refused with a clear error, and left as it was", async () => {
    const browser = newBrowser();
    await (await oneRun(browser)).close();
    (await openNext(browser)).close();
    await expect(openTab(browser)).rejects.toThrow(/newer version of this app.*untouched/);
    expect(await browser.indexedDB.databases()).toEqual([{ name: "runs", version: 20 }]);
    expect(await (await openNext(browser)).events.count()).toBe(6);
  });

  test("is given up politely by an old tab, which writes what is pending first and tells the page", async () => {
    const browser = newBrowser();
    const closed: string[] = [];
    const tab = await openTab(browser, { onClosed: (why) => closed.push(why) });
    await tab.create(headerOf("a"));
    const appending = tab.append("a", acceptedStep(0));
    const next = await openNext(browser);
    await appending;
    expect(closed).toEqual(["newer-tab"]);
    expect(await next.events.count()).toBe(4);
    await expect(tab.append("a", acceptedStep(1))).rejects.toMatchObject({ kind: "closed" });
    await expect(tab.list({ limit: 1 })).rejects.toMatchObject({ kind: "closed" });
    // What came after is still there to be exported.
    expect(JSON.parse(await tab.exportRuns(["a"]))).toMatchObject({ runs: [{ header: { id: "a" }, events: acceptedStep(1).filter(({ kind }) => kind !== "draft-text") }] });
  });

  test("says that it waits for a tab that does not close", async () => {
    const browser = newBrowser();
    const stubborn = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = browser.indexedDB.open("runs", 10);
      request.addEventListener("upgradeneeded", () => {
        request.result.createObjectStore("runs", { keyPath: "id" }).createIndex("words", "words", { multiEntry: true });
      });
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(new Error("not opened")));
    });
    const next = await new Promise<Awaited<ReturnType<typeof openNext>>>((resolve, reject) => {
      openNext(browser, () => stubborn.close()).then(resolve, reject);
    });
    expect(next.dexie.backendDB().version).toBe(20);
  });

  test("is told from a browser without storage", async () => {
    const denied = (): never => { throw new DOMException("denied", "SecurityError"); };
    for (const broken of [{ open: denied }, { databases: () => Promise.reject(new DOMException("denied", "SecurityError")) }, { databases: denied }]) {
      const indexedDB: IDBFactory = Object.assign(newBrowser().indexedDB, broken);
      await expect(openRunDatabase({ indexedDB, keyRange: IDBKeyRange })).rejects.toMatchObject({ kind: "unavailable" });
    }
    await expect(openRunDatabase({ keyRange: IDBKeyRange })).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("a damaged database", () => {
  const damage = async (work: (tab: RunJournal) => Promise<unknown>): Promise<RunJournal> => {
    const browser = newBrowser();
    const tab = await oneRun(browser);
    // Rows as no version of the app writes them.
    await work(tab);
    await tab.close();
    return openTab(browser);
  };
  const putEvent = (tab: RunJournal, sequence: number, event: unknown) =>
    tab.database.dexie.table<unknown>("events").put({ run: "a", sequence, event });

  test("gives what can be read of a run, names the rest, and still appends after the last event", async () => {
    const tab = await damage(async (damaged) => {
      await putEvent(damaged, 1, { ...drafted(0, "Kept."), seconds: "long", firstEntropy: null, extra: 1 });
      await putEvent(damaged, 3, { kind: "from-the-future", at: 1 });
      await putEvent(damaged, 4, { ...drafted(1, "Lost."), text: 7 });
      await damaged.database.events.delete(["a", 0]);
    });
    const { events, problems, next } = await tab.load("a");
    expect(events.map(({ kind }) => kind)).toEqual(["drafted", "scored", "unverified"]);
    expect(events[0]).toMatchObject({ text: "Kept.", seconds: 0 });
    expect(events[0]).not.toHaveProperty("firstEntropy");
    expect(events[0]).not.toHaveProperty("extra");
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      "events[0]: 1 events are missing",
      'events[1].seconds: Invalid type: Expected number but received "long"; 0 is used instead',
      "events[1].firstEntropy: Invalid type: Expected number but received null; left out",
      'events[3]: Unknown kind of event "from-the-future"; left out',
      "events[4].text: Invalid type: Expected string but received 7; events[4] is left out",
    ]);
    expect(next).toBe(6);
    await tab.append("a", acceptedStep(2), next);
    expect((await tab.load("a")).next).toBe(10);
  });

  test("mends a header field by field", async () => {
    const tab = await damage((damaged) => damaged.database.dexie.table<unknown>("runs").put({
      id: "a", title: 4, header: { ...headerOf("a"), problem: "Kept?", createdAt: "yesterday", base: null, policy: { ...headerOf("a").policy, threshold: 70 } },
    }));
    const { header, title, problems } = await tab.load("a");
    expect(header).toEqual({ ...headerOf("a"), problem: "Kept?", createdAt: 0, base: { id: "unknown", name: "unknown" } });
    expect(title).toBe("Kept?");
    expect(problems.map(({ path }) => path)).toEqual(["header.createdAt", "header.policy.threshold", "header.base.id", "header.base.name"]);
    expect((await tab.list({ limit: 1 })).runs[0]?.title).toBe("Kept?");
  });

  for (const [what, lose] of [
    ["row of progress", (tab: RunJournal) => tab.database.progress.delete("a")],
    ["readable row of progress", (tab: RunJournal) => tab.database.dexie.table<unknown>("progress").put({ run: "a", shelf: "kept", updatedAt: 3, steps: "two" })],
    ["header", (tab: RunJournal) => tab.database.runs.delete("a")],
  ] as const) {
    test(`lists and goes on with a run that has lost its ${what}`, async () => {
      const tab = await damage(lose);
      expect((await tab.list({ limit: 9 })).runs).toMatchObject([{ id: "a", steps: 2, events: 6, status: "running" }]);
      const { events, next } = await tab.load("a");
      expect(events).toHaveLength(6);
      await tab.append("a", [{ kind: "accepted", step: 1, at: 9 }], next);
      expect(await tab.waiting()).toEqual([]);
    });
  }

  test("goes on after its last event where the count of events is wrong", async () => {
    for (const wrong of [2, 9]) {
      const tab = await damage((damaged) => damaged.database.progress.update("a", { events: wrong }));
      const { next, problems } = await tab.load("a");
      expect(next).toBe(Math.max(6, wrong));
      expect(problems).toHaveLength(wrong === 9 ? 1 : 0);
      await tab.append("a", acceptedStep(2), next);
      expect((await tab.load("a")).events).toHaveLength(10);
      expect((await tab.list({ limit: 1 })).runs[0]?.events).toBe(next + 4);
    }
  });
});
