import { describe, expect, test } from "vitest";
import { isPassing } from "../../../src/reasoning/events.ts";
import { newBrowser, openTab } from "./journal-fixture.ts";
import { acceptedStep, headerOf } from "./scripted-run.ts";

describe("a run journal", () => {
  test("gives back a run's events in order after the tab was closed, without the streaming parts", async () => {
    const browser = newBrowser();
    const tab = await openTab(browser);
    await tab.create(headerOf("a"));
    const events = [...acceptedStep(0), ...acceptedStep(1)];
    await Promise.all(events.map((event) => tab.append("a", [event])));
    await tab.close();

    const loaded = await (await openTab(browser)).load("a");
    expect(loaded.header).toEqual(headerOf("a"));
    expect(loaded.events).toEqual(events.filter((event) => !isPassing(event)));
    expect(loaded.next).toBe(8);
    expect(loaded.problems).toEqual([]);
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
});
