import { describe, expect, test } from "vitest";
import { endpointAddress } from "../../../src/app/settings/endpoint-address.ts";
import { sessionHeaderOf } from "../../../src/app/settings/session-header.ts";
import { defaultSettings, readSettings } from "../../../src/app/settings/settings.ts";
import { defaultPolicy } from "../../../src/reasoning/policy.ts";

describe("stored settings", () => {
  test("are the defaults where nothing, or nothing readable, is stored", () => {
    for (const stored of [undefined, null, "text", 7, [], { draft: "x", policy: null }]) expect(readSettings(stored)).toEqual(defaultSettings);
    expect(defaultSettings.policy).toEqual(defaultPolicy);
    expect(defaultSettings.base.url).toBe("/base");
  });

  test("are repaired field by field: what can be read stays", () => {
    const settings = readSettings({
      draft: { source: "url", url: "https://models.example/a.gguf", contextTokens: "many" },
      base: { url: "http://localhost:8000", model: 7 },
      policy: { threshold: 12, window: 2.5, seed: 42, mode: "sync", temperature: Number.NaN },
      language: "zh", theme: "pink",
    });
    expect(settings.draft).toEqual({ ...defaultSettings.draft, source: "url", url: "https://models.example/a.gguf" });
    expect(settings.base).toEqual({ ...defaultSettings.base, url: "http://localhost:8000" });
    expect(settings.policy).toEqual({ ...defaultPolicy, seed: 42, mode: "sync" });
    expect(settings.language).toBe("zh");
    expect(settings.theme).toBe("auto");
  });

  test("of a base model on this device that were stored before it could be a WebLLM model stay what they were", () => {
    const stored = { source: "url", url: "https://models.example/base.gguf", fileName: "base.gguf", format: "chatml", contextTokens: 2048 };
    const { base: { where, device } } = readSettings({ base: { where: "device", device: stored } });
    expect([where, device]).toEqual(["device", { ...stored, catalogueId: "", sha256: "", mlcUrl: "", mlcLib: "", instruction: "usual" }]);
    expect(readSettings({ base: { device: { source: "shelf" } } }).base.device).toEqual(defaultSettings.base.device);
  });

  test("hold no key, even where one was put there", () => {
    expect(JSON.stringify(readSettings({ apiKey: "secret", base: { apiKey: "secret" } }))).not.toContain("secret");
  });

  test("survive being stored and read again", () => {
    const settings = readSettings({ policy: { threshold: 4.5 }, base: { model: "Qwen3-32B" } });
    expect(readSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  });
});

describe("the session header's name", () => {
  test("is the usual one where none was typed", () => {
    expect(sessionHeaderOf("")).toBe("X-Session-ID");
    expect(sessionHeaderOf(" X-Flow-Key ")).toBe("X-Flow-Key");
    expect(defaultSettings.base.sessionHeader).toBe("X-Session-ID");
  });

  test("is none of those that requests have anyway, nor what no header may be called", () => {
    for (const typed of ["Authorization", "content-type", "Cookie", "Sec-Fetch-Mode", "X Session", "X:Y", "x\r\ny", "标头", "x".repeat(65)]) expect(sessionHeaderOf(typed), typed).toBeUndefined();
  });
});

describe("the endpoint's address", () => {
  const page = "https://page.example/app/#run=1";

  test("is relative to the page where it is a path", () => {
    expect(endpointAddress("/base", page)).toEqual({ href: "https://page.example/base", shown: "page.example/base", ownServer: true });
  });

  test("names another server with its port", () => {
    expect(endpointAddress(" http://localhost:8000/ ", page)).toEqual({ href: "http://localhost:8000", shown: "localhost:8000", ownServer: false });
  });

  test("is none where nothing can be fetched from it", () => {
    for (const typed of ["", "  ", "javascript:alert(1)", "file:///etc/passwd", "http://"]) expect(endpointAddress(typed, page)).toBeUndefined();
  });
});
