import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/app/models/machine.ts";
import type { StoredModels } from "../../../src/app/models/model-storage.ts";
import { readSettings } from "../../../src/app/settings/settings.ts";
import { baseChoices, chosenOf } from "../../../src/app/shelf/base-choices.ts";
import { baseFacts, baseNote } from "../../../src/app/shelf/base-facts.ts";
import { shelfWords } from "../../../src/app/shelf/shelf-words.ts";
import { createNumbers } from "../../../src/app/words/use-numbers.ts";
import { modelCatalogue } from "../../../src/models/model-catalogue.ts";
import { modelFolder } from "../../../src/models/webllm/model-cache.ts";

const page = "https://page.example/app/";
const gibibyte = 1024 ** 3;
const machine = (maxBufferSize: number, features: readonly string[] = ["shader-f16"]): Machine => ({
  gpu: { name: "GPU", features: new Set(features), limits: { maxBufferSize, maxStorageBufferBindingSize: 2 * gibibyte, maxComputeWorkgroupStorageSize: 32 * 1024, maxStorageBuffersPerShaderStage: 10 } },
  persisted: true, threads: 4,
});
const mlc = { source: "mlc", mlcUrl: "https://a.test/mine", mlcLib: "https://a.test/mine.wasm" } as const;
const keptMlc = { folder: modelFolder(mlc.mlcUrl), modelLibUrl: mlc.mlcLib, storedBytes: 3 * gibibyte, bytes: 3 * gibibyte, complete: true };
const nothing: StoredModels = { files: [], webLlm: [] };

type Fields = Readonly<Record<string, unknown>>;
const chosen = (device: Fields, draft: Fields = {}) => {
  const settings = readSettings({ draft, base: { device } });
  return { draft: settings.draft, device: settings.base.device };
};
function noted(device: Fields, draft: Fields, on: Machine, stored: StoredModels = nothing): string | undefined {
  const shelf = { machine: on, stored };
  const found = baseFacts(chosen(device, draft), shelf, shelfWords.en, createNumbers("en"), page);
  return found === undefined ? undefined : baseNote(found, shelf, shelfWords.en);
}
const shelfModel = (catalogueId: string) => ({ source: "catalogue", catalogueId });

describe("what is said of a base model on this device", () => {
  test("is whether it fits beside the draft model, by the memory of both", () => {
    const [base, draft] = [shelfModel("qwen3-4b"), shelfModel("qwen3-0.6b")];
    expect(noted(base, draft, machine(2 * gibibyte))).toContain("Fits this GPU beside the other model.");
    expect(noted(base, draft, machine(gibibyte))).toContain("May be too large for this GPU’s memory beside the other model");
    // A draft model on the CPU leaves the GPU to the base model.
    expect(noted(base, {}, machine(gibibyte))).toMatch(/3\.6 GB of GPU memory.*Fits this GPU\./);
    expect(noted(shelfModel("qwen3-0.6b"), shelfModel("qwen3-0.6b"), machine(0.5 * gibibyte))).toContain("May be too large");
  });

  test("counts an MLC model of one's own by its weights, once they are known, and a GGUF file where the GPU can compute it", () => {
    const stored: StoredModels = { files: [{ url: "https://a.test/d.gguf", name: "d", storedBytes: 3 * gibibyte, bytes: 3 * gibibyte, complete: true }], webLlm: [keptMlc] };
    const gguf = { source: "url", url: "https://a.test/d.gguf" };
    expect(noted(mlc, {}, machine(gibibyte))).toBeUndefined();
    expect(noted(mlc, {}, machine(gibibyte), stored)).toBe("Its weights fit this GPU beside the other model.");
    expect(noted(mlc, gguf, machine(gibibyte), stored)).toContain("May be too large");
    expect(noted(mlc, gguf, machine(gibibyte, []), stored)).toBe("Its weights fit this GPU beside the other model.");
  });

  test("is why it cannot run here, and that it is still to be downloaded", () => {
    const none: Machine = { gpu: undefined, persisted: false, threads: 1 };
    expect(noted(shelfModel("qwen3-4b"), {}, none)).toContain("Needs WebGPU");
    expect(noted(mlc, {}, none)).toContain("Needs WebGPU");
    expect(noted(shelfModel("qwen3-4b"), {}, machine(2 * gibibyte))).toContain("not on this device yet");
    const here = modelCatalogue.find(({ id }) => id === "qwen3-4b")?.variants.f16;
    const folder = modelFolder(here?.modelUrl ?? "");
    expect(noted(shelfModel("qwen3-4b"), {}, machine(2 * gibibyte), { files: [], webLlm: [{ ...keptMlc, folder }] })).not.toContain("not on this device yet");
    expect(noted(shelfModel("qwen3-0.6b-gguf"), {}, machine(2 * gibibyte))).toContain("not on this device yet");
  });
});

describe("the choices", () => {
  const choices = baseChoices({ files: [], webLlm: [keptMlc, { ...keptMlc, folder: "https://a.test/half/resolve/main/", complete: false }] }, "Built-in", shelfWords.en);

  test("are the built-in one, those of the shelf, MLC models that are here in whole, and one's own; each leads back to itself", () => {
    expect(choices.map(({ label }) => label)).toEqual(expect.arrayContaining(["Built-in", "Qwen3 4B, WebLLM on the GPU", expect.stringMatching(/mine.*WebLLM on the GPU/), "Any MLC model", "GGUF from an address", "GGUF file on this device"]));
    expect(choices.filter(({ label }) => label.includes("half"))).toEqual([]);
    for (const { id, choose } of choices) expect(chosenOf(chosen(choose).device, choices)?.id).toBe(id);
  });

  test("do not have what has left the shelf", () => {
    expect(chosenOf(chosen(shelfModel("gone")).device, choices)).toBeUndefined();
  });
});
