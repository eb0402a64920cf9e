import { describe, expect, test } from "vitest";
import { ModelError } from "../../../src/models/model-error.ts";
import type { RunEvent } from "../../../src/reasoning/events.ts";
import { foldEvent, type Run } from "../../../src/reasoning/run.ts";
import { verifyRun } from "../../../src/reasoning/verify-run.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { runToEnd } from "../../support/run-to-end.ts";
import { scriptedPair } from "../../support/scripted-pair.ts";

/** A run written while the base model was away from the start. */
async function offline(rejected: number, script = 3) {
  const clock = createVirtualClock();
  const settings = { luck: 1, script, steps: 40, rejected };
  const pair = scriptedPair({ ...settings, clock, away: [0, Infinity] });
  const { run } = await clock.run(runToEnd({ draft: pair.draft, base: pair.base, clock, settings: { mode: "async" } }));
  const back = createVirtualClock();
  return { run, clock: back, pair: scriptedPair({ ...settings, clock: back }) };
}

async function verify({ run, clock, pair }: Awaited<ReturnType<typeof offline>>) {
  let after: Run = run;
  const events: RunEvent[] = [];
  await clock.run((async () => {
    for await (const event of verifyRun({ run, base: pair.base, clock, signal: new AbortController().signal })) {
      events.push(event);
      after = foldEvent(after, event);
    }
  })());
  return { run: after, events };
}

describe("verifying a run at rest", () => {
  test("accepts every step, many in one request, and leaves the rest of the run as it is", async () => {
    const before = await offline(0);
    expect(before.run.steps.map(({ verdict }) => verdict)).toEqual(Array(40).fill("unverified"));
    const { run, events } = await verify(before);
    expect(run.steps.map(({ verdict }) => verdict)).toEqual(Array(40).fill("accepted"));
    expect(run.answer).toEqual(before.run.answer);
    expect(run.status).toBe("finished");
    expect(events.filter(({ kind }) => kind === "score-requested")).toHaveLength(3);
  });

  test("goes no further than the first rejection, which stands until somebody decides", async () => {
    const before = await offline(0.1);
    const { run, events } = await verify(before);
    const place = run.rejected?.index ?? -1;
    expect(place).toBeGreaterThan(0);
    expect(run.steps).toHaveLength(40);
    expect(run.steps.map(({ verdict }, index) => (index < place ? verdict === "accepted" : verdict === "unverified"))).not.toContain(false);
    expect(events.filter(({ kind }) => kind === "rejected")).toHaveLength(1);
    expect(run.steps[place]?.score).toBe(2);
    const again = await verify({ ...before, run });
    expect(again.events).toEqual([]);
  });

  test("goes on behind a rejected step that the reader keeps, without asking for any step twice", async () => {
    const before = await offline(0.1);
    let run = before.run;
    for (let rounds = 0; rounds < 40; rounds += 1) {
      ({ run } = await verify({ ...before, run }));
      if (run.rejected === undefined) break;
      run = foldEvent(run, { kind: "unverified", step: run.rejected.step, why: "kept", at: run.seconds });
    }
    const { pair } = before;
    expect(new Set(run.steps.map(({ verdict, unverifiedBecause }) => unverifiedBecause === "kept" ? "kept" : verdict))).toEqual(new Set(["accepted", "kept"]));
    expect(new Set(pair.scoredPrompts).size).toBe(pair.scoredPrompts.length);
    expect(pair.scoredPrompts).toHaveLength(40);
  });

  test("tells what kept the base model from scoring, and keeps the verdicts given before", async () => {
    const before = await offline(0);
    const { pair, clock } = before;
    let asked = 0;
    const base = { ...pair.base, score: (request: Parameters<typeof pair.base.score>[0]) => (++asked === 2 ? Promise.reject(new ModelError("server-failed", "500")) : pair.base.score(request)) };
    let run: Run = before.run;
    await expect(clock.run((async () => {
      for await (const event of verifyRun({ run, base, clock, signal: new AbortController().signal })) run = foldEvent(run, event);
    })())).rejects.toMatchObject({ kind: "server-failed", retryable: true });
    expect(run.steps.filter(({ verdict }) => verdict === "accepted")).toHaveLength(16);
    expect(run.steps.filter(({ verdict }) => verdict === "unverified")).toHaveLength(24);
  });
});
