import { describe, expect, test } from "vitest";
import { computeRun } from "../../../src/app/run/compute-run.ts";
import type { DraftModel } from "../../../src/models/draft-model.ts";
import { ModelError, type ModelErrorKind } from "../../../src/models/model-error.ts";
import { defaultPolicy } from "../../../src/reasoning/policy.ts";
import { assumedPace } from "../../../src/reasoning/pacing.ts";
import { emptyRun } from "../../../src/reasoning/run.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { scriptedPair } from "../../support/scripted-pair.ts";

/** @param fails how the draft model fails, the first time it is asked */
async function computed(fails?: ModelErrorKind) {
  const clock = createVirtualClock();
  const { draft, base } = scriptedPair({ clock, luck: 1, script: 3, steps: 3, rejected: 0 });
  const failing: DraftModel = { ...draft, generate: (request) => {
    if (fails !== undefined) throw new ModelError(fails, "It is gone.");
    return draft.generate(request);
  } };
  let closed = 0;
  const header = { version: 1 as const, id: "run", problem: "What is 2 + 2?", createdAt: 0, draft: { id: "draft", name: "draft" }, base: { id: "base", name: "base" }, policy: { ...defaultPolicy, mode: "sync" as const } };
  const { run } = await clock.run(computeRun({
    run: emptyRun(header), draft: failing, base, clock, pace: assumedPace, signal: new AbortController().signal,
    closeModels: () => {
      closed += 1;
      return Promise.resolve();
    },
  }, () => undefined));
  return { status: run.status, failure: run.failure?.kind, closed };
}

describe("models on this device are closed, so that the next run opens them anew,", () => {
  test.each(["device-lost", "engine-failed", "out-of-memory"] as const)("after a run ended with %s", async (kind) => {
    expect(await computed(kind)).toEqual({ status: "failed", failure: kind, closed: 1 });
  });

  test("but not after one that ended well, or for another reason", async () => {
    expect(await computed()).toEqual({ status: "finished", failure: undefined, closed: 0 });
    expect(await computed("context-overflow")).toMatchObject({ closed: 0 });
  });
});
