import { describe, expect, test } from "vitest";
import { checkAppending, differenceOf } from "../../../src/models/webllm/check-appending.ts";
import { adaptPipeline } from "../../../src/models/webllm/pipeline-internals.ts";
import { scriptedPackagePipeline, type ScriptedOptions } from "../../support/scripted-pipeline.ts";

async function check(options: ScriptedOptions) {
  const scripted = scriptedPackagePipeline(options);
  const pipeline = adaptPipeline(scripted.pipeline);
  return { scripted, pipeline, appending: await checkAppending(pipeline, scripted.now) };
}

describe("the check at load", () => {
  test("finds that appending and taking back are exact", async () => {
    const { appending, pipeline } = await check({ costs: { prefill: 0.01, step: 0.2 } });
    expect(appending).toMatchObject({ append: "prefill", rollback: "exact", tolerance: 0.05, differences: { inParts: 0, tokenByToken: 0, afterRollback: 0 } });
    expect(appending.perToken.prefillSeconds).toBeCloseTo(0.01);
    expect(appending.perToken.decodeSeconds).toBeCloseTo(0.2);
    expect(pipeline.held).toBe(0);
  });

  test("notices a library that appends wrongly in one forward, and steps there", async () => {
    const { appending } = await check({ library: "wrong-append" });
    expect(appending).toMatchObject({ append: "steps", rollback: "exact", differences: { tokenByToken: 0, afterRollback: 0 } });
    expect(appending.differences.inParts).toBeGreaterThan(1);
    expect(appending.why).toContain("wrongly");
  });

  test.each([
    ["recurrent", "recurrent"],
    ["no-popn", "popn"],
  ] as const)("on a library %s says that nothing can be taken back, and never tries", async (library, why) => {
    const { appending, scripted } = await check({ library });
    expect(appending).toMatchObject({ append: "prefill", rollback: "unavailable" });
    expect(appending.differences.afterRollback).toBeUndefined();
    expect(appending.why).toContain(why);
    expect(scripted.forwarded.popped).toBe(0);
  });

  test("notices a popn that takes back something else", async () => {
    const { appending } = await check({ library: "wrong-popn" });
    expect(appending).toMatchObject({ append: "prefill", rollback: "unavailable" });
    expect(appending.differences.afterRollback).toBeGreaterThan(0.05);
  });

  test("says so where decoding itself differs from prefilling", async () => {
    const { appending } = await check({ library: "wrong-decode" });
    expect(appending.differences.tokenByToken).toBeGreaterThan(0.05);
    expect(appending.append).toBe("prefill");
    expect(appending.why).toContain("one by one");
  });

  test("allows 16-bit floats their rounding", async () => {
    expect((await check({ quantization: "q4f16_1" })).appending.tolerance).toBe(0.5);
  });

  test("refuses a GPU that computes nothing, as one whose memory is full", async () => {
    const pipeline = adaptPipeline(scriptedPackagePipeline().pipeline);
    const silent = { ...pipeline, prefill: async (tokens: readonly number[]) => (await pipeline.prefill(tokens)).fill(0) };
    await expect(checkAppending(silent, () => 0)).rejects.toMatchObject({ kind: "out-of-memory" });
  });

  test("fits a small prefill chunk", async () => {
    expect((await check({ prefillChunk: 8 })).appending).toMatchObject({ append: "prefill", rollback: "exact" });
  });
});

describe("the difference of logits", () => {
  test("is the largest one, and infinite where one is no number", () => {
    const of = (...values: number[]) => Float32Array.from(values);
    expect(differenceOf(of(1, 2), of(1.5, 2))).toBeCloseTo(0.5);
    expect(differenceOf(of(Number.NEGATIVE_INFINITY, 2), of(Number.NEGATIVE_INFINITY, 2))).toBe(0);
    expect(differenceOf(of(Number.NaN, 2), of(1, 2))).toBe(Number.POSITIVE_INFINITY);
    expect(differenceOf(of(1), of(1, 2))).toBe(Number.POSITIVE_INFINITY);
  });
});
