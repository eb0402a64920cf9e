import { describe, expect, test } from "vitest";
import { baseName, isChosenBase } from "../../../src/app/verification/chosen-base.ts";
import { defaultSettings, type Settings } from "../../../src/app/settings/settings.ts";

const page = "http://localhost:4173/";

const onDevice = (device: Partial<Settings["base"]["device"]>): Settings => ({
  ...defaultSettings, base: { ...defaultSettings.base, where: "device", device: { ...defaultSettings.base.device, ...device } },
});
const at = (url: string, model = ""): Settings => ({ ...defaultSettings, base: { ...defaultSettings.base, where: "endpoint", url, model } });
const chosen = (id: string, settings: Settings, baseFile?: File): boolean => isChosenBase(id, { settings, baseFile }, page);

describe("whether steps wait for the base model that is chosen", () => {
  test("on this device: for that model, and for no other one on it", () => {
    const embedded = onDevice({ source: "embedded" });
    expect(chosen("on-device:arithmetic-base", embedded)).toBe(true);
    expect(chosen("on-device:other", embedded)).toBe(false);
    expect(chosen("http://localhost:8000 arithmetic-base", embedded)).toBe(false);
    expect(chosen("on-device:other", onDevice({ source: "url", url: "https://models.example/other.gguf" }))).toBe(true);
  });

  test("a picked file, also once a reload has lost it", () => {
    const file = onDevice({ source: "file", fileName: "larger one.gguf" });
    expect(chosen("on-device:larger one", file, new File([], "larger one.gguf"))).toBe(true);
    expect(chosen("on-device:larger one", file)).toBe(true);
    expect(chosen("on-device:larger one", onDevice({ source: "file", fileName: "" }))).toBe(false);
  });

  test("at an endpoint: for the model named, or any of it where none is", () => {
    expect(chosen("https://base.example qwq", at("https://base.example/v1", "qwq"))).toBe(true);
    expect(chosen("https://base.example other", at("https://base.example/v1", "qwq"))).toBe(false);
    expect(chosen("https://base.example other", at("https://base.example/v1"))).toBe(true);
    expect(chosen("on-device:qwq", at("https://base.example/v1", "qwq"))).toBe(false);
  });
});

test("a base model is called by its name, wherever it computes", () => {
  expect(baseName("on-device:Qwen3 1.7B")).toBe("Qwen3 1.7B");
  expect(baseName("https://base.example/v1 Qwen/QwQ-32B")).toBe("Qwen/QwQ-32B");
  expect(baseName("https://base.example ")).toBe("");
});
