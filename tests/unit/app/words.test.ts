import { describe, expect, test } from "vitest";
import { spokenLanguage } from "../../../src/app/words/use-words.ts";

describe("the language of the page", () => {
  test("follows the reader's choice, else the browser's language, else English", () => {
    expect(spokenLanguage("auto", "zh-TW")).toBe("zh");
    expect(spokenLanguage("auto", "de-DE")).toBe("en");
    expect(spokenLanguage("en", "zh-CN")).toBe("en");
    expect(spokenLanguage("zh", "en-US")).toBe("zh");
  });
});
