import { describe, expect, test, vi } from "vitest";
import type { RunStoreParts } from "../../../src/app/run/run-store.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import { newBrowser, openTab } from "../runs/browser-storage.ts";
import { openPage } from "./open-page.ts";

describe("the page's run", () => {
  test("is reasoned about, shown and stored to its end, and shows the same after a reload", async () => {
    const browser = newBrowser();
    const journal = await openTab(browser);
    const before = openPage(() => Promise.resolve(journal));
    await before.until(before.page.solve("How many?"));
    const { run } = before.state();
    expect(run?.status).toBe("finished");
    expect(run?.steps).toHaveLength(6);
    expect(run?.answer?.text).not.toBe("");
    expect(before.state().work).toEqual({ kind: "idle" });
    expect(before.state().savingTrouble).toBeUndefined();
    await journal.close();

    const again = await openTab(browser);
    const after = openPage(() => Promise.resolve(again));
    await after.page.show(run?.header.id ?? "");
    expect(after.state().run).toEqual(run);
    await again.close();
  });

  test("that has ended shows the very steps that were drawn while it went on, so that none is drawn anew", async () => {
    const journal = await openTab(newBrowser());
    const { page, state, until } = openPage(() => Promise.resolve(journal));
    const shown = new Set<unknown>();
    const unsubscribe = page.store.subscribe(({ run }) => { if (run?.status === "finished") for (const step of run.steps) shown.add(step); });
    await until(page.solve("How many?"));
    unsubscribe();
    expect(state().run?.steps).toHaveLength(6);
    expect(shown.size).toBe(6);
    await journal.close();
  });

  test("that was stopped keeps its steps and goes on to the end", async () => {
    const journal = await openTab(newBrowser());
    const { page, state, until } = openPage(() => Promise.resolve(journal));
    const unsubscribe = page.store.subscribe(({ run }) => { if (run?.steps.length === 2) void page.stop(); });
    await until(page.solve("How many?"));
    unsubscribe();
    expect(state().run?.status).toBe("stopped");
    const kept = state().run?.steps.filter(({ verdict }) => verdict !== "pending").map(({ text }) => text) ?? [];
    expect(kept.length).toBeGreaterThan(0);
    await until(page.resume());
    expect(state().run?.status).toBe("finished");
    expect(state().run?.steps.slice(0, kept.length).map(({ text }) => text)).toEqual(kept);
    await journal.close();
  });

  test("that was cut off by a reload shows as stopped, is not touched in storage, and goes on", async () => {
    const browser = newBrowser();
    const journal = await openTab(browser);
    const first = openPage(() => Promise.resolve(journal));
    await first.until(first.page.solve("How many?"));
    const whole = await journal.load("run-0");
    await journal.close();

    const other = newBrowser();
    const cutOff = await openTab(other);
    await cutOff.create(whole.header);
    const half = whole.events.slice(0, Math.floor(whole.events.length / 2));
    await cutOff.append("run-0", half);
    const { page, state, until } = openPage(() => Promise.resolve(cutOff));
    await page.show("run-0");
    expect(state().run?.status).toBe("stopped");
    expect((await cutOff.load("run-0")).events).toHaveLength(half.length);
    await until(page.resume());
    expect(state().run?.status).toBe("finished");
    expect((await cutOff.load("run-0")).events.length).toBeGreaterThan(half.length);
    await cutOff.close();
  });

  test("goes on under the policy chosen meanwhile", async () => {
    const journal = await openTab(newBrowser());
    const { page, state, until, change } = openPage(() => Promise.resolve(journal));
    const unsubscribe = page.store.subscribe(({ run }) => { if (run?.steps.length === 2) void page.stop(); });
    await until(page.solve("How many?"));
    unsubscribe();
    change({ threshold: 0 });
    await until(page.resume());
    expect(state().run?.header.policy.threshold).toBe(0);
    expect(state().run?.steps.at(-1)?.author).toBe("draft");
    await journal.close();
  });

  test("stays on the page where a new one cannot be begun, and the failure is told", async () => {
    const journal = await openTab(newBrowser());
    const { page, state, until, breakOpening } = openPage(() => Promise.resolve(journal));
    await until(page.solve("How many?"));
    const { run } = state();
    breakOpening(new ModelError("unauthorized", "The key is wrong."));
    await page.solve("Another?");
    expect(state().run).toBe(run);
    expect(state().trouble).toEqual({ kind: "unauthorized", message: "The key is wrong.", kept: "problem" });
    expect(state().work).toEqual({ kind: "idle" });
    await journal.close();
  });

  test("goes on in memory where the browser gives no storage, and says so", async () => {
    const { page, state, until } = openPage(() => Promise.reject(Object.assign(new Error("No storage."), { name: "RunsError", kind: "unavailable" })));
    await until(page.solve("How many?"));
    expect(state().run?.status).toBe("finished");
    expect(state().savingTrouble?.kind).toBe("unavailable");
  });

  test("is drawn at most once a frame", async () => {
    const frames: (() => void)[] = [];
    const { page, until } = openPage(() => Promise.reject(new Error("none")), { requestFrame: (draw) => frames.push(draw) });
    const drawn = vi.fn();
    page.store.subscribe(({ run }, { run: before }) => { if (run !== before) drawn(); });
    await until(page.solve("How many?"));
    // No frame came: only the empty run and the end were drawn.
    expect(frames).toHaveLength(1);
    expect(drawn.mock.calls.length).toBeLessThanOrEqual(2);
  });

  test("leaves what was measured of the pair for the next one", async () => {
    const { page, until, paces } = openPage(() => Promise.reject(new Error("none")));
    await until(page.solve("How many?"));
    expect([...paces.keys()]).toEqual(["scripted:draft scripted:base"]);
    expect(paces.get("scripted:draft scripted:base")?.chainTokens).toBeGreaterThan(0);
  });

  test("is solved once, however often it is asked for", async () => {
    const openPair = vi.fn<RunStoreParts["openPair"]>();
    const helper = openPage(() => Promise.reject(new Error("none")));
    openPair.mockResolvedValue(helper.pair);
    const { page, state } = openPage(() => Promise.reject(new Error("none")), { openPair });
    void page.solve("One");
    void page.solve("Two");
    await vi.waitFor(() => expect(state().run?.header.problem).toBe("One"));
    expect(openPair).toHaveBeenCalledTimes(1);
    await page.stop();
  });

  test("goes on from the reader's step as a new branch, may drop steps without any model, takes up the old branch, and is the same when loaded", async () => {
    const browser = newBrowser();
    const journal = await openTab(browser);
    const { page, state, until, breakOpening } = openPage(() => Promise.resolve(journal));
    await until(page.solve("How many?"));
    const first = state().run;
    await until(page.change({ kind: "edit", step: first?.steps[2]?.id ?? -1, text: "mine" }));
    expect(state().run).toMatchObject({ status: "finished", branch: { number: 2 }, branches: [{ number: 1, answer: first?.answer }] });
    expect(state().run?.steps[2]?.text).toBe("mine");
    breakOpening(new ModelError("unreachable", "away"));
    await until(page.change({ kind: "drop", step: state().run?.steps[1]?.id ?? -1 }));
    expect(state().run).toMatchObject({ status: "stopped", branch: { number: 3 } });
    expect(state().run?.steps).toHaveLength(1);
    await until(page.change({ kind: "switch", branch: 1 }));
    await vi.waitFor(() => expect(state().run).toMatchObject({ status: "finished", steps: first?.steps, answer: first?.answer }));
    const changed = state().run;
    await until(page.change({ kind: "ask-base", step: first?.steps[0]?.id ?? -1 }));
    expect(state().trouble).toMatchObject({ kind: "unreachable", kept: "run" });
    expect(state().run?.branches).toHaveLength(2);
    await journal.close();

    const again = await openTab(browser);
    const after = openPage(() => Promise.resolve(again));
    await after.page.show("run-0");
    expect({ ...after.state().run, seconds: 0 }).toEqual({ ...changed, seconds: 0 });
    await again.close();
  });
});
