import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunEvent } from "../../../src/reasoning/events.ts";
import { foldRun } from "../../../src/reasoning/run.ts";
import { writeRunFile } from "../../../src/runs/run-file.ts";
import type { RunJournal } from "../../../src/runs/run-journal.ts";
import { disk, killTab, newBrowser, openTab, type Browser } from "./browser-storage.ts";
import { headerOf } from "./scripted-run.ts";

/** How many random sequences; more by hand: SEQUENCES=10000 npx vitest run tests/unit/runs/run-journal.property.test.ts */
const sequences = Number(process.env["SEQUENCES"] ?? 100);

type Command =
  | { readonly kind: "append"; readonly tab: number; readonly run: number; readonly events: number; readonly wait: boolean }
  | { readonly kind: "again"; readonly tab: number; readonly run: number; readonly back: number }
  | { readonly kind: "reload"; readonly tab: number; readonly run: number }
  | { readonly kind: "kill"; readonly tab: number }
  | { readonly kind: "disk"; readonly full: (typeof disk)["full"] }
  | { readonly kind: "import"; readonly tab: number; readonly run: number; readonly how: "own" | "longer" | "other" }
  | { readonly kind: "rest" };

const tab = fc.nat(1);
const run = fc.nat(1);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("append" as const), tab, run, events: fc.integer({ min: 1, max: 4 }), wait: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("again" as const), tab, run, back: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("reload" as const), tab, run }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const), tab }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("disk" as const), full: fc.constantFrom("no", "at-write", "at-commit") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("import" as const), tab, run, how: fc.constantFrom("own", "longer", "other") }) },
  { weight: 2, arbitrary: fc.constant<Command>({ kind: "rest" }) },
);

/** What a page has of a run: the events it knows, of which the journal was given all. */
type View = { events: RunEvent[] };
type Tab = { journal: RunJournal; readonly views: Map<string, View>; outstanding: Promise<unknown>[] };

const tick = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** A world of one browser with two tabs that both write to the same two runs, and a record of what the journal has promised. */
async function play(commands: readonly Command[]): Promise<void> {
  disk.full = "no";
  const browser = newBrowser();
  const ids = ["a", "b"];
  /** What must be at each place of each run from now on. */
  const promised = new Map<string, Map<number, RunEvent>>(ids.map((id) => [id, new Map()]));
  const tabs: Tab[] = [];
  const start = async (): Promise<Tab> => ({ journal: await openTab(browser), views: new Map(), outstanding: [] });
  for (let index = 0; index < 2; index += 1) tabs.push(await start());
  for (const id of ids) await tabs[0]!.journal.create(headerOf(id));

  let drawn = 0;
  // Each event is told from every other by its time. Steps alternate with what happens to them, so that the outbox moves too.
  const next = (view: View): RunEvent => {
    drawn += 1;
    const { nextStep, steps, branches } = foldRun(headerOf("x"), view.events);
    const other = branches[drawn % Math.max(1, branches.length)];
    if (drawn % 11 === 0 && other !== undefined) return { kind: "switched", branch: other.number, finished: other.finished, at: drawn };
    if (drawn % 7 === 0 && steps.length > 0) return { kind: "branched", toIndex: drawn % steps.length, why: "edited", steps: steps.slice(drawn % steps.length).map(({ id }) => id), at: drawn };
    if (drawn % 13 === 0) return { kind: "edited", step: nextStep, index: steps.length, text: `My step ${drawn}.`, at: drawn };
    const pending = steps.at(-1);
    if (pending === undefined || (pending.verdict !== "pending" && drawn % 3 > 0)) {
      return {
        kind: "drafted", step: nextStep, index: steps.length, text: `Step ${drawn}.`, end: "blank-line", tokens: 3, promptTokens: 1, prefilledTokens: 1,
        firstTokenSeconds: 0, seconds: 0.1, at: drawn,
      };
    }
    if (pending.verdict === "pending") return { kind: "unverified", step: pending.id, why: "base-away", at: drawn };
    const first = steps.find(({ verdict }) => verdict === "unverified");
    if (first !== undefined && drawn % 2 === 0) return { kind: "accepted", step: first.id, at: drawn };
    return { kind: "rolled-back", toIndex: Math.max(0, steps.length - 2), steps: steps.slice(-2).map(({ id }) => id), tokens: 6, at: drawn };
  };

  async function viewOf(one: Tab, id: string): Promise<View | undefined> {
    const there = one.views.get(id);
    if (there !== undefined) return there;
    const { events, problems, next: sequence } = await one.journal.load(id);
    expect(problems).toEqual([]);
    expect(sequence).toBe(events.length);
    const view = { events: [...events] };
    one.views.set(id, view);
    return view;
  }

  function give(one: Tab, id: string, view: View, from: number, events: readonly RunEvent[]): Promise<void> {
    const given = one.journal.append(id, events, from).then(
      () => {
        // Also what was given before is promised now: appends are in order.
        for (const [index, event] of view.events.slice(0, from + events.length).entries()) {
          const already = promised.get(id)?.get(index);
          if (already === undefined) promised.get(id)?.set(index, event);
          else expect(event, `two events promised at ${index}`).toEqual(already);
        }
        return undefined;
      },
      (error: { kind: string }) => {
        expect(["storage-full", "overtaken", "missing", "closed", "unavailable"]).toContain(error.kind);
        if (error.kind === "overtaken" || error.kind === "missing") one.views.delete(id);
      },
    );
    one.outstanding.push(given);
    return given;
  }

  async function perform(step: Command): Promise<void> {
    if (step.kind === "disk") {
      disk.full = step.full;
      return;
    }
    if (step.kind === "rest") {
      await Promise.all(tabs.flatMap(({ outstanding }) => outstanding.splice(0)));
      return;
    }
    const one = tabs[step.tab]!;
    if (step.kind === "kill") {
      killTab(one.journal);
      await Promise.all(one.outstanding);
      const full = disk.full;
      disk.full = "no";
      tabs[step.tab] = await start();
      disk.full = full;
      return;
    }
    const id = ids[step.run]!;
    if (step.kind === "reload") {
      await Promise.all(one.outstanding.splice(0));
      one.views.delete(id);
    }
    const view = await viewOf(one, id);
    if (view === undefined) return;
    switch (step.kind) {
      case "append": {
        const from = view.events.length;
        for (let count = 0; count < step.events; count += 1) view.events.push(next(view));
        const given = give(one, id, view, from, view.events.slice(from));
        if (step.wait) await given;
        else if (drawn % 3 === 0) await tick();
        return;
      }
      case "again": {
        const from = Math.max(0, view.events.length - step.back);
        await give(one, id, view, from, view.events.slice(from));
        return;
      }
      case "import": {
        // What is at work on the run is let finish first: replacing it under way is another test's.
        await Promise.all(tabs.flatMap(({ outstanding }) => outstanding.splice(0)));
        const mine = await one.journal.load(id);
        const more = step.how === "own" ? [] : [next({ events: [...mine.events] })];
        const events = step.how === "other" ? [...mine.events.slice(0, -1), ...more] : [...mine.events, ...more];
        const { imported, conflicts, failure } = await one.journal.importRuns(writeRunFile([{ header: headerOf(id), title: "t", updatedAt: 1, events }]));
        if (step.how === "longer" && imported.length > 0) {
          for (const [index, event] of events.entries()) promised.get(id)?.set(index, event);
          for (const each of tabs) each.views.delete(id);
        }
        // With a choice to make, nothing is changed.
        if (step.how === "own") expect(imported).toEqual([]);
        if (step.how === "other" && mine.events.length > 0 && failure === undefined) expect([...imported, ...conflicts]).toHaveLength(1);
        if (step.how === "other") for (const each of imported.length > 0 ? tabs : []) each.views.delete(id);
        return;
      }
      case "reload":
        return;
    }
  }

  for (const step of commands) await perform(step);

  // Space is free again and both pages go on living: all they were given is stored in the end.
  disk.full = "no";
  await Promise.all(tabs.flatMap(({ outstanding }) => outstanding));
  for (const one of tabs) await one.journal.retry();
  await check(browser, ids, promised, tabs);
}

async function check(browser: Browser, ids: readonly string[], promised: ReadonlyMap<string, ReadonlyMap<number, RunEvent>>, tabs: readonly Tab[]): Promise<void> {
  const fresh = await openTab(browser);
  for (const id of ids) {
    const { header, events, problems } = await fresh.load(id);
    expect(problems).toEqual([]);
    for (const [index, event] of promised.get(id) ?? []) expect(events[index], `lost at ${index} of ${id}`).toEqual(event);
    expect(new Set(events.map(({ at }) => at)).size, "doubled").toBe(events.length);

    const folded = foldRun(header, events);
    const [summary] = (await fresh.list({ limit: 9 })).runs.filter((one) => one.id === id);
    expect(summary).toMatchObject({ steps: folded.steps.length, status: folded.status, events: events.length });
    const waiting = (await fresh.waiting()).filter((one) => one.run === id).flatMap(({ steps }) => steps.map(({ step, index }) => ({ step, index })));
    expect(waiting, "the outbox is what the events say").toEqual(
      folded.steps.flatMap((step, index) => (step.verdict === "unverified" ? [{ step: step.id, index }] : [])));
  }
  // The same from every tab, and from a copy in another browser.
  const file = await fresh.exportRuns(ids);
  for (const { journal } of tabs) expect(await journal.exportRuns(ids)).toBe(file);
  const copy = await openTab(newBrowser());
  await copy.importRuns(file);
  expect(await copy.exportRuns(ids)).toBe(file);
  for (const journal of [fresh, copy, ...tabs.map((one) => one.journal)]) await journal.close();
}

test("no event is lost once its append resolved, none is doubled, and every tab ends with the same, whatever happens in between", async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), play), { numRuns: sequences, endOnFailure: false });
}, 3_600_000);
