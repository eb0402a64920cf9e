import { describe, expect, test } from "vitest";
import { isPassing, type RunEvent } from "../../../src/reasoning/events.ts";
import { readRunFile, writeRunFile } from "../../../src/runs/run-file.ts";
import type { RunJournal } from "../../../src/runs/run-journal.ts";
import { disk, newBrowser, openTab } from "./browser-storage.ts";
import { acceptedStep, drafted, headerOf, unverified } from "./scripted-run.ts";

const kept = (events: readonly RunEvent[]): RunEvent[] => events.filter((event) => !isPassing(event));
const steps = (...indices: number[]): RunEvent[] => kept(indices.flatMap((index) => acceptedStep(index)));

async function tabWith(id: string, events: readonly RunEvent[], problem?: string): Promise<RunJournal> {
  let ids = 0;
  const tab = await openTab(newBrowser(), { newId: () => `new-${(ids += 1)}` });
  await tab.create(headerOf(id, problem));
  if (events.length > 0) await tab.append(id, events);
  return tab;
}

describe("a run file", () => {
  test("carries problem, models, policy, every event with its time and a version into another browser, and the run shows the same", async () => {
    const here = await tabWith("a", [...acceptedStep(0), drafted(1, "So."), unverified(1)]);
    await here.rename("a", "Sum");
    const file = await here.exportRuns();
    expect(JSON.parse(file)).toMatchObject({ format: "specreason-runs", version: 1, runs: [{ header: headerOf("a"), title: "Sum", events: [...steps(0), drafted(1, "So."), unverified(1)] }] });

    const there = await openTab(newBrowser());
    expect(await there.importRuns(file)).toEqual({ imported: ["a"], unchanged: [], conflicts: [], problems: [] });
    const shown = ({ header, title, events, next, updatedAt }: Awaited<ReturnType<RunJournal["load"]>>) => ({ header, title, events, next, updatedAt });
    expect(shown(await there.load("a"))).toEqual(shown(await here.load("a")));
    const list = { limit: 9, search: "add" };
    expect(await there.list(list)).toEqual(await here.list(list));
    expect(await there.waiting()).toEqual(await here.waiting());
    expect(await there.exportRuns(["a"])).toBe(file);
    await there.append("a", acceptedStep(2), 6);
  });

  test("never holds a key, even where one got into an address or a field that is not ours", () => {
    const header = { ...headerOf("a"), base: { id: "https://me:hunter2@host/v1?api_key=sk-123&x=1 large", name: "Large" }, apiKey: "sk-123" };
    const failure = { kind: "unauthorized", message: "https://host/?token=sk-123 refused" } as const;
    const file = writeRunFile([{ header, title: "", updatedAt: 1, events: [{ kind: "failed", failure, at: 1 }] }]);
    const text = JSON.stringify(readRunFile(file, () => "n"));
    expect(file).not.toContain("hunter2");
    expect(file).not.toContain("sk-123&");
    expect(file).not.toContain("token=sk");
    expect(text).not.toContain("sk-123");
    expect(text).toContain("https://host/v1?api_key=&x=1 large");
  });

  test("made by hand with wrong types is read as far as it goes, and each wrong thing is named by its path", async () => {
    const tab = await openTab(newBrowser(), { newId: () => "new" });
    const file = JSON.stringify({ format: "specreason-runs", version: 1, runs: [
      { header: headerOf("a"), events: [drafted(0, "Kept."), { ...drafted(1, "Kept too."), tokens: "nine" }, { kind: "accepted", step: -1, at: 3 }, "what"] },
      7,
      { header: { problem: "Without id" }, events: {} },
    ] });
    const { imported, problems } = await tab.importRuns(file);
    expect(imported).toEqual(["a", "new"]);
    expect(problems.map(({ path }) => path)).toEqual([
      "runs[0].events[1].tokens", "runs[0].events[2].step", "runs[0].events[3]", "runs[1]",
      "runs[2].header.version", "runs[2].header.id", "runs[2].header.createdAt",
      ...Object.keys(headerOf("a").policy).map((field) => `runs[2].header.policy.${field}`),
      "runs[2].header.draft.id", "runs[2].header.draft.name", "runs[2].header.base.id", "runs[2].header.base.name",
      "runs[2].events",
    ]);
    expect((await tab.load("a")).events).toEqual([drafted(0, "Kept."), { ...drafted(1, "Kept too."), tokens: 0 }]);
    expect((await tab.load("new")).header.problem).toBe("Without id");
  });

  test("may name what no page could show: a date after the last one, a name without end, an id that no address can hold", async () => {
    const tab = await openTab(newBrowser(), { newId: () => "new" });
    const run = (id: string, more: object = {}) => ({ header: { ...headerOf(id), ...more }, title: "😀".repeat(9999), updatedAt: 1e300, events: [] });
    const { imported, problems } = await tab.importRuns(JSON.stringify({ format: "specreason-runs", version: 1, runs: [run("a", { createdAt: 1e300 }), run("../b#c")] }));
    expect(imported).toEqual(["a", "new"]);
    expect(problems.map(({ path }) => path)).toEqual(["runs[0].header.createdAt", "runs[1].header.id"]);
    for (const { title, createdAt, updatedAt } of (await tab.list({ limit: 9 })).runs) {
      expect(title.length).toBeLessThanOrEqual(200);
      expect(title).toMatch(/^(?:😀)+…$/u);
      expect(() => new Date(createdAt).toISOString() + new Date(updatedAt).toISOString()).not.toThrow();
    }
    await tab.rename("a", "x".repeat(5000));
    expect((await tab.load("a")).title).toHaveLength(200);
  });

  test("with the same run more than once asks about it once", async () => {
    const tab = await tabWith("a", steps(0, 1));
    const file = JSON.parse(await tab.exportRuns()) as { runs: { events: unknown[] }[] };
    const [run] = file.runs;
    const other = { ...run, events: [...(run?.events.slice(0, 2) ?? []), { kind: "finished", at: 9 }] };
    const { conflicts, unchanged } = await tab.importRuns(JSON.stringify({ ...file, runs: [run, other, other] }));
    expect(conflicts.map(({ run: id }) => id)).toEqual(["a"]);
    expect(unchanged).toEqual(["a"]);
  });

  test("that is none, is cut short or is of a newer version is refused, and nothing changes", async () => {
    const tab = await tabWith("a", steps(0));
    const whole = await tab.exportRuns();
    const bad = ["", "hello", "[]", "{}", "null", whole.slice(0, -1), whole.replace("specreason-runs", "other"), '{"format":"specreason-runs","version":1,"runs":{}}'];
    for (const text of bad) await expect(tab.importRuns(text), text).rejects.toMatchObject({ kind: "bad-run-file" });
    await expect(tab.importRuns(whole.replace('"version":1', '"version":2'))).rejects.toThrow(/newer version of the app/);
    expect((await tab.load("a")).events).toEqual(steps(0));
  });
});

describe("importing runs that are here already", () => {
  test("changes nothing for one that is the same or shorter, and takes the rest of a longer one", async () => {
    const short = await (await tabWith("a", steps(0))).exportRuns();
    const long = await (await tabWith("a", steps(0, 1))).exportRuns();
    const tab = await tabWith("a", steps(0));
    expect(await tab.importRuns(short)).toMatchObject({ imported: [], unchanged: ["a"], conflicts: [] });
    expect(await tab.importRuns(long)).toMatchObject({ imported: ["a"], conflicts: [] });
    expect(await tab.importRuns(short)).toMatchObject({ imported: [], unchanged: ["a"] });
    expect((await tab.load("a")).events).toEqual(steps(0, 1));
  });

  test("asks where both went on, and does as chosen", async () => {
    const theirs = await (await tabWith("a", steps(0, 2, 3))).exportRuns();
    const tab = await tabWith("a", steps(0, 1));
    const asked = await tab.importRuns(theirs);
    expect(asked).toMatchObject({ imported: [], conflicts: [{ run: "a", title: "What is 12 + 7?", mine: { events: 8 }, theirs: { events: 12 } }] });
    expect((await tab.load("a")).events).toEqual(steps(0, 1));

    expect(await tab.importRuns(theirs, new Map([["a", "keep-mine"]]))).toMatchObject({ unchanged: ["a"], conflicts: [] });
    expect((await tab.load("a")).events).toEqual(steps(0, 1));

    const both = await tab.importRuns(theirs, new Map([["a", "keep-both"]]));
    expect(both.imported).toHaveLength(1);
    expect(both.imported).not.toEqual(["a"]);
    expect((await tab.load(both.imported[0]!)).events).toEqual(steps(0, 2, 3));
    expect((await tab.load("a")).events).toEqual(steps(0, 1));

    expect(await tab.importRuns(theirs, new Map([["a", "take-theirs"]]))).toMatchObject({ imported: ["a"], conflicts: [] });
    expect((await tab.load("a")).events).toEqual(steps(0, 2, 3));
    await tab.append("a", acceptedStep(4), 12);
  });

  test("stops a tab that is at work on the run that was replaced, even where the lengths are the same", async () => {
    const theirs = await (await tabWith("a", steps(0, 2))).exportRuns();
    const browser = newBrowser();
    const [one, two] = [await openTab(browser), await openTab(browser)];
    await one.create(headerOf("a"));
    await one.append("a", steps(0, 1));
    await two.importRuns(theirs, new Map([["a", "take-theirs"]]));
    await expect(one.append("a", steps(3))).rejects.toMatchObject({ kind: "overtaken" });
    expect((await one.load("a")).events).toEqual(steps(0, 2));
  });

  test("brings back a removed run", async () => {
    const tab = await tabWith("a", steps(0));
    const file = await tab.exportRuns();
    await tab.remove("a");
    expect(await tab.importRuns(file)).toMatchObject({ imported: ["a"] });
    expect((await tab.list({ limit: 1 })).runs[0]?.id).toBe("a");
  });

  test("keeps what was written before storage was full, and says so", async () => {
    const tab = await tabWith("a", steps(0));
    const file = writeRunFile(["b", "c"].map((id) => ({ header: headerOf(id), title: id, updatedAt: 5, events: steps(0) })));
    disk.full = "at-commit";
    const result = await tab.importRuns(file);
    disk.full = "no";
    expect(result).toMatchObject({ imported: [], failure: { kind: "storage-full" } });
    expect((await tab.importRuns(file)).imported).toEqual(["b", "c"]);
  });
});
