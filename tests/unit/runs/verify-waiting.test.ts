import { describe, expect, test } from "vitest";
import { ModelError } from "../../../src/models/model-error.ts";
import type { Clock } from "../../../src/reasoning/clock.ts";
import { createRunLock } from "../../../src/runs/run-lock.ts";
import { verifyWaiting, type VerifyWaiting } from "../../../src/runs/verify-waiting.ts";
import { abortOf, scriptedLocks } from "./scripted-locks.ts";

/** Waits take no time but are written down; the test ends the whole at a chosen moment. */
function scene(queued: string[], limit: number) {
  const end = new AbortController();
  const waits: number[] = [];
  let wake: () => void = () => undefined;
  let probes = 0;
  let answers = true;
  const clock: Clock = {
    now: () => 0,
    wait(seconds, signal) {
      if (signal?.aborted === true) return Promise.reject(new Error("woken"));
      waits.push(seconds);
      if (waits.length >= limit) end.abort();
      return new Promise((resolve) => { setImmediate(resolve); });
    },
  };
  const base: VerifyWaiting["base"] = {
    info: { id: "large" },
    probe: () => {
      probes += 1;
      return answers ? Promise.resolve({ roundTripSeconds: 0.1 }) : Promise.reject(new ModelError("unreachable", "away"));
    },
  };
  const journal: VerifyWaiting["journal"] = { waiting: (id) => Promise.resolve(queued.map((run) => ({ run, base: id ?? "", steps: [], rejected: false }))) };
  return {
    waits, queued, end, wake: () => wake(), probes: () => probes, answer: (yes: boolean) => { answers = yes; },
    parts: { journal, base, clock, lock: createRunLock({}), signal: end.signal, hints: (call: () => void) => { wake = call; return () => undefined; } },
  };
}
const done = (queued: string[], verified: string[]) => (run: string): Promise<void> => {
  verified.push(run);
  queued.splice(queued.indexOf(run), 1);
  return Promise.resolve();
};

describe("verifying what waits", () => {
  test("verifies run after run once the base model answers, then looks again every minute", async () => {
    const { parts, queued, waits, probes } = scene(["a", "b"], 4);
    const verified: string[] = [];
    await verifyWaiting({ ...parts, verify: done(queued, verified) });
    expect(verified).toEqual(["a", "b"]);
    expect(probes()).toBe(1);
    expect(waits).toEqual([1, 60, 1, 60]);
  });

  test("probes at growing distances while the base model is away, and at once on a hint", async () => {
    const at = scene(["a"], 40);
    at.answer(false);
    const verified: string[] = [];
    const { parts } = at;
    const wait = parts.clock.wait.bind(parts.clock);
    parts.clock.wait = (seconds, signal) => {
      if (at.waits.length === 12) {
        at.answer(true);
        at.wake();
      }
      return wait(seconds, signal);
    };
    await verifyWaiting({ ...parts, verify: done(at.queued, verified) });
    expect(at.waits.slice(0, 12)).toEqual([1, 1, 1, 3, 1, 7, 1, 15, 1, 31, 1, 59]);
    expect(verified).toEqual(["a"]);
  });

  test("leaves to another tab what that tab verified while this one waited for the lock", async () => {
    const locks = scriptedLocks();
    const queued = ["a", "b"];
    const verified: string[] = [];
    const one = scene(queued, 6);
    const two = scene(queued, 6);
    await Promise.all([one, two].map(({ parts }) => verifyWaiting({ ...parts, lock: createRunLock({ locks }), verify: done(queued, verified) })));
    expect(verified.toSorted()).toEqual(["a", "b"]);
  });

  test("stops verifying when its lock is taken over, and tries again a run that failed", async () => {
    const locks = scriptedLocks();
    const lock = createRunLock({ locks });
    const { parts, queued } = scene(["a", "b"], 8);
    const tried: string[] = [];
    await verifyWaiting({ ...parts, lock, verify: async (run, signal) => {
      tried.push(run);
      if (tried.length === 1) {
        const stolen = await createRunLock({ locks }).takeOver();
        await abortOf(signal);
        stolen.release();
        throw new ModelError("aborted", "stopped");
      }
      if (tried.length === 2) throw new ModelError("server-failed", "500");
      queued.splice(queued.indexOf(run), 1);
    } });
    expect(tried).toEqual(["a", "a", "a", "b"]);
  });
});
