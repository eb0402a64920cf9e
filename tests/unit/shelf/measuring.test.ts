import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ModelSpeed } from "../../../src/app/models/kept-speeds.ts";
import { perSecond } from "../../../src/app/models/kept-speeds.ts";
import { engineVersions, keepMeasured, measuredSpeed, wasMeasured } from "../../../src/app/models/measured-speeds.ts";
import { createMeasuring } from "../../../src/app/models/measuring.ts";
import { chatMl } from "../../../src/models/chat-format.ts";
import type { DraftModel } from "../../../src/models/draft-model.ts";
import { aborted } from "../../../src/models/model-error.ts";
import { createRunLocks } from "../../../src/runs/run-locks.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { scriptedLocks } from "../runs/scripted-locks.ts";

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
});

/** A model that prefills 100 tokens in 2 s and writes 21 in 4 s more, or as slowly as told. */
function page({ tokenSeconds = 0.2 } = {}) {
  const clock = createVirtualClock();
  const browser = scriptedLocks();
  const locks = createRunLocks(browser.tab());
  const otherTab = createRunLocks(browser.tab());
  const calls: number[] = [];
  let visible = true;
  const model: DraftModel = {
    info: { id: "wllama:m", name: "m", format: chatMl, instruction: "", contextTokens: 512, engine: "wllama", computesOn: "cpu", device: "2 CPU threads" },
    async *generate({ prompt, signal }) {
      calls.push(clock.now());
      expect(prompt.length).toBeLessThan(300);
      const pause = (seconds: number) => clock.wait(seconds, signal).catch(() => { throw aborted(); });
      await pause(2);
      yield { kind: "text", text: "a", tokens: 1 };
      await pause(20 * tokenSeconds);
      yield { kind: "end", ended: { kind: "length" }, usage: { promptTokens: 100, cachedTokens: 0, generatedTokens: 21 } };
    },
    close: () => Promise.resolve(),
  };
  const told: ModelSpeed[] = [];
  const measuring = createMeasuring({ clock, locks, visible: () => visible });
  return {
    clock, locks, otherTab, calls, told, model,
    begin: () => measuring.begin(model, (speed) => told.push(speed)),
    show: (shown: boolean) => { visible = shown; },
    after: (seconds: number) => clock.run(clock.wait(seconds)),
  };
}

describe("a loaded draft model", () => {
  test("is measured a minute later, and what was measured is kept and told", async () => {
    const { begin, after, calls, told, locks } = page();
    begin();
    await after(59);
    expect(calls).toEqual([]);
    await after(30);
    expect(calls).toEqual([60]);
    const speed = measuredSpeed("m");
    expect(speed === undefined ? [] : [perSecond(speed.prefill), perSecond(speed.decode)]).toEqual([50, 5]);
    expect(told).toEqual([speed]);
    expect(await locks.computing.isHeld()).toBe(false);
  });

  test("is measured once for each engine version and device", async () => {
    const { begin, after, calls, model } = page();
    begin();
    await after(300);
    begin();
    await after(300);
    expect(calls).toHaveLength(1);
    expect(wasMeasured({ ...model.info, computesOn: "webgpu" })).toBe(false);
    keepMeasured({ ...model.info, computesOn: "webgpu" }, undefined);
    begin();
    await after(300);
    expect(calls).toHaveLength(2);
  });

  test("is not measured while another tab computes, nor in a hidden page, but afterwards", async () => {
    const { begin, after, calls, otherTab, show } = page();
    const held = await otherTab.computing.tryAcquire();
    begin();
    await after(200);
    expect(calls).toEqual([]);
    held?.release();
    show(false);
    await after(200);
    expect(calls).toEqual([]);
    show(true);
    await after(60);
    expect(calls).toHaveLength(1);
  });

  test("gives way at once to who wants to compute, who sees that it may be interrupted; it is measured later", async () => {
    const { begin, after, calls, told, otherTab } = page();
    begin();
    await after(61);
    expect([await otherTab.computing.isHeld(), await otherTab.verifying.isHeld()]).toEqual([true, true]);
    const held = await otherTab.computing.takeOver();
    await after(1);
    expect(await otherTab.verifying.isHeld()).toBe(false);
    expect(told).toEqual([]);
    held.release();
    await after(60);
    expect(calls).toHaveLength(2);
    expect(told).toHaveLength(1);
  });

  test("that is closed is left alone; one that is too slow is not tried again", async () => {
    const closed = page();
    closed.begin()();
    await closed.after(200);
    expect(closed.calls).toEqual([]);
    const slow = page({ tokenSeconds: 10 });
    slow.begin();
    await slow.after(600);
    expect(slow.calls).toHaveLength(1);
    expect(measuredSpeed("m")).toBeUndefined();
    expect(await slow.locks.computing.isHeld()).toBe(false);
  });
});

test("the engine versions are those that are installed", () => {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly dependencies: Readonly<Record<string, string>> };
  expect([engineVersions.webllm, engineVersions.wllama]).toEqual([dependencies["@mlc-ai/web-llm"], dependencies["@wllama/wllama"]]);
});
