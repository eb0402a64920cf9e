import { describe, expect, test } from "vitest";
import { endpointAddress } from "../../../src/app/settings/endpoint-address.ts";
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
    expect(settings.base).toEqual({ url: "http://localhost:8000", model: "" });
    expect(settings.policy).toEqual({ ...defaultPolicy, seed: 42, mode: "sync" });
    expect(settings.language).toBe("zh");
    expect(settings.theme).toBe("auto");
  });

  test("hold no key, even where one was put there", () => {
    expect(JSON.stringify(readSettings({ apiKey: "secret", base: { apiKey: "secret" } }))).not.toContain("secret");
  });

  test("survive being stored and read again", () => {
    const settings = readSettings({ policy: { threshold: 4.5 }, base: { model: "Qwen3-32B" } });
    expect(readSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
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
