import { afterEach, describe, expect, test } from "vitest";
import type { RunEvent } from "../../../src/reasoning/events.ts";
import { foldEvent, foldRun, type Run } from "../../../src/reasoning/run.ts";
import { createRunBroadcast, type RunUpdate } from "../../../src/runs/run-broadcast.ts";
import { disk, newBrowser, openTab } from "./browser-storage.ts";
import { acceptedStep, headerOf } from "./scripted-run.ts";

const channels: BroadcastChannel[] = [];
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
  disk.full = "no";
});

/** A tab with the real BroadcastChannel of this process, as a browser's tabs have theirs. */
async function tabOf(browser: ReturnType<typeof newBrowser>, name: string) {
  const channel = new BroadcastChannel(name);
  channels.push(channel);
  const journal = await openTab(browser);
  return { journal, channel, ...createRunBroadcast({ journal, channel }) };
}

/** What a following tab shows. */
function screen() {
  let run: Run | undefined;
  const failures: unknown[] = [];
  return {
    run: () => run,
    failures,
    show: (update: RunUpdate): void => {
      if (update.kind === "reset") run = foldRun(update.run.header, update.events);
      else if (run !== undefined) run = foldEvent(run, update.event);
    },
    fail: (thrown: unknown): void => { failures.push(thrown); },
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => { setTimeout(resolve, 5); });
}

const midStep: RunEvent[] = [
  { kind: "draft-started", step: 2, index: 2, at: 2 },
  { kind: "draft-text", step: 2, text: "We ", at: 2.1 },
  { kind: "base-started", request: 9, index: 1, why: "correction", at: 2.1 },
  { kind: "base-text", request: 9, index: 1, text: "No", at: 2.15 },
  { kind: "scored", request: 1, step: 1, score: 8, rung: "top-logprobs", at: 2.2 },
  { kind: "draft-text", step: 2, text: "add", at: 2.3 },
];

describe("a run in two tabs", () => {
  test("is shown live in the one that does not compute, streaming text too", async () => {
    const browser = newBrowser();
    const [one, two] = [await tabOf(browser, "live"), await tabOf(browser, "live")];
    await one.journal.create(headerOf("a"));
    const seen = screen();
    two.followRun("a", seen.show, seen.fail);
    await until(() => seen.run() !== undefined);
    const recorder = one.recordRun("a", 0);
    const events = [...acceptedStep(0), ...acceptedStep(1), ...midStep];
    for (const event of events) void recorder.record(event);
    await until(() => seen.run()?.liveDraft?.text === "We add");
    expect(seen.run()).toEqual(foldRun(headerOf("a"), events));
    expect(seen.failures).toEqual([]);
  });

  test("is whole in a tab that comes in the middle of a step, before it is stored and after", async () => {
    const browser = newBrowser();
    const [one, two] = [await tabOf(browser, "late"), await tabOf(browser, "late")];
    await one.journal.create(headerOf("a"));
    const recorder = one.recordRun("a", 0);
    const events = [...acceptedStep(0), ...acceptedStep(1), ...midStep];
    const recorded = events.map((event) => recorder.record(event));
    const early = screen();
    two.followRun("a", early.show, early.fail);
    await until(() => early.run()?.liveDraft?.text === "We add");
    expect(early.run()).toEqual(foldRun(headerOf("a"), events));
    await Promise.all(recorded);
    const late = screen();
    two.followRun("a", late.show, late.fail);
    await until(() => late.run()?.liveDraft?.text === "We add");
    expect(late.run()).toEqual(foldRun(headerOf("a"), events));

    await recorder.record({ kind: "draft-text", step: 2, text: " four.", at: 2.5 });
    for (const seen of [early, late]) {
      await until(() => seen.run()?.liveDraft?.text === "We add four.");
      expect(seen.run()?.liveBase?.text).toBe("No");
    }
  });

  test("is whole although storage is full, and although a message was lost", async () => {
    const browser = newBrowser();
    const [one, two] = [await tabOf(browser, "full"), await tabOf(browser, "full")];
    await one.journal.create(headerOf("a"));
    const recorder = one.recordRun("a", 0);
    for (const event of acceptedStep(0)) await recorder.record(event);
    disk.full = "at-commit";
    const failures = await Promise.allSettled(acceptedStep(1).map((event) => recorder.record(event)));
    expect(failures.filter(({ status }) => status === "rejected")).toHaveLength(4);
    const seen = screen();
    two.followRun("a", seen.show, seen.fail);
    await until(() => seen.run()?.steps.length === 2);
    expect(seen.run()).toEqual(foldRun(headerOf("a"), [...acceptedStep(0), ...acceptedStep(1)]));

    disk.full = "no";
    const post = one.channel.postMessage.bind(one.channel);
    one.channel.postMessage = () => undefined;
    await recorder.record(acceptedStep(2)[0]!);
    one.channel.postMessage = post;
    for (const event of acceptedStep(2).slice(1)) await recorder.record(event);
    await until(() => seen.run()?.steps.at(-1)?.verdict === "accepted" && seen.run()?.steps.length === 3);
    expect(seen.run()).toEqual(foldRun(headerOf("a"), [0, 1, 2].flatMap((index) => acceptedStep(index))));
  });

  test("is handed over: the tab that followed goes on where the other stopped", async () => {
    const browser = newBrowser();
    const [one, two] = [await tabOf(browser, "hand"), await tabOf(browser, "hand")];
    await one.journal.create(headerOf("a"));
    const seen = screen();
    const stop = two.followRun("a", seen.show, seen.fail);
    const first = one.recordRun("a", 0);
    for (const event of acceptedStep(0)) await first.record(event);
    first.stop();
    stop();
    const second = two.recordRun("a", (await two.journal.load("a")).next);
    const back = screen();
    one.followRun("a", back.show, back.fail);
    for (const event of acceptedStep(1)) await second.record(event);
    await until(() => back.run()?.steps.length === 2 && back.run()?.steps[1]?.verdict === "accepted");
    expect((await one.journal.load("a")).next).toBe(8);
  });

  test("passes over what another version of the app says", async () => {
    const browser = newBrowser();
    const [one, two] = [await tabOf(browser, "odd"), await tabOf(browser, "odd")];
    await one.journal.create(headerOf("a"));
    const seen = screen();
    two.followRun("a", seen.show, seen.fail);
    await until(() => seen.run() !== undefined);
    for (const odd of [null, "hi", { kind: "event", run: "a" }, { kind: "event", run: "a", sequence: 0, event: { kind: "new", at: 0 } }]) one.channel.postMessage(odd);
    const recorder = one.recordRun("a", 0);
    for (const event of acceptedStep(0)) await recorder.record(event);
    await until(() => seen.run()?.steps[0]?.verdict === "accepted");
    expect(seen.failures).toEqual([]);
  });
});
