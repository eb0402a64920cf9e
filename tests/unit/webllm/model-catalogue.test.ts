import { describe, expect, test } from "vitest";
import { fits, missingLimits, modelCatalogue, neededLimits, recommend, type AdapterFacts, type CatalogueModel } from "../../../src/models/model-catalogue.ts";

const gibibyte = 1024 ** 3;
const adapter = (more: { readonly maxBufferSize?: number; readonly features?: readonly string[]; readonly isFallbackAdapter?: boolean } = {}): AdapterFacts => ({
  limits: { maxBufferSize: more.maxBufferSize ?? 4 * gibibyte, maxStorageBufferBindingSize: 2 * gibibyte, maxComputeWorkgroupStorageSize: 32 * 1024, maxStorageBuffersPerShaderStage: 10 },
  features: new Set(more.features ?? ["shader-f16"]),
  isFallbackAdapter: more.isFallbackAdapter ?? false,
});
const model = (id: string): CatalogueModel => {
  const found = modelCatalogue.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

describe("whether a model fits", () => {
  test("with 16-bit shaders it is the f16 record, without them the f32 one", () => {
    expect(fits(model("qwen3-1.7b"), adapter(), undefined)).toMatchObject({ kind: "fits", precision: "f16", variant: { modelId: "Qwen3-1.7B-q4f16_1-MLC" } });
    expect(fits(model("qwen3-1.7b"), adapter({ features: [] }), undefined)).toMatchObject({ kind: "fits", precision: "f32", variant: { modelId: "Qwen3-1.7B-q4f32_1-MLC" } });
  });

  test("a model without an f32 record does not fit an adapter without 16-bit shaders", () => {
    const { f16 } = model("qwen3-8b").variants;
    const only: CatalogueModel = { ...model("qwen3-8b"), variants: f16 === undefined ? {} : { f16 } };
    expect(fits(only, adapter({ features: [] }), undefined)).toEqual({ kind: "does-not-fit", why: "no-shader-f16" });
  });

  test("nothing fits without WebGPU, below WebLLM's limits, or without storage, and it says why", () => {
    expect(fits(model("smollm2-360m"), undefined, undefined)).toEqual({ kind: "does-not-fit", why: "no-webgpu" });
    const small = adapter();
    expect(fits(model("smollm2-360m"), { ...small, limits: { ...small.limits, maxStorageBuffersPerShaderStage: 8 } }, undefined))
      .toEqual({ kind: "does-not-fit", why: "limits", missing: ["maxStorageBuffersPerShaderStage: 8 of 10"] });
    expect(fits(model("qwen3-1.7b"), adapter(), 0.8 * gibibyte)).toEqual({ kind: "does-not-fit", why: "storage" });
    expect(fits(model("qwen3-1.7b"), adapter(), gibibyte).kind).toBe("fits");
  });

  test("a model larger than the adapter's buffers suggest may not fit", () => {
    expect(fits(model("qwen3-8b"), adapter({ maxBufferSize: gibibyte }), undefined)).toMatchObject({ kind: "may-not-fit", why: "memory" });
  });

  test("what another model takes of the memory meanwhile counts, too", () => {
    const small = adapter({ maxBufferSize: gibibyte });
    expect(fits(model("qwen3-4b"), small, undefined).kind).toBe("fits");
    expect(fits(model("qwen3-4b"), small, undefined, gibibyte)).toMatchObject({ kind: "may-not-fit", why: "memory" });
  });

  test("the limits needed are those WebLLM falls back to", () => {
    expect(missingLimits(neededLimits)).toEqual([]);
  });
});

describe("the recommendation", () => {
  test.each([
    ["a large GPU", adapter(), undefined, "qwen3-1.7b", "f16"],
    ["a large GPU without 16-bit shaders", adapter({ features: [] }), undefined, "qwen3-1.7b", "f32"],
    ["little storage", adapter(), 0.5 * gibibyte, "qwen3-0.6b", "f16"],
    ["a small GPU", adapter({ maxBufferSize: 0.45 * gibibyte }), undefined, "qwen3-0.6b", "f16"],
    ["a tiny GPU", adapter({ maxBufferSize: 0.25 * gibibyte }), undefined, "smollm2-360m", "f16"],
  ] as const)("for %s", (_machine, facts, free, id, precision) => {
    expect(recommend(facts, free)).toMatchObject({ model: { id }, fit: { precision } });
  });

  test("is nothing where the CPU is the better place", () => {
    expect(recommend(undefined, undefined)).toBeUndefined();
    expect(recommend(adapter({ isFallbackAdapter: true }), undefined)).toBeUndefined();
    expect(recommend(adapter(), 100 * 1024 ** 2)).toBeUndefined();
  });
});
