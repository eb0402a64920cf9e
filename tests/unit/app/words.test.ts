import { describe, expect, test } from "vitest";
import { en } from "../../../src/app/words/en.ts";
import { spokenLanguage } from "../../../src/app/words/use-words.ts";
import { zh } from "../../../src/app/words/zh.ts";

/** All texts of a dictionary by their path, functions called with plausible arguments. */
function texts(value: unknown, path = ""): [path: string, text: string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") return [[path, String(value(2, 3))]];
  return Object.entries(value ?? {}).flatMap(([key, child]) => texts(child, `${path}.${key}`));
}

describe("the page's words", () => {
  test("are complete in Chinese: nothing is left in English but names", () => {
    const english = new Map(texts(en));
    const same = texts(zh).filter(([path, text]) => text !== "" && english.get(path) === text).map(([path]) => path);
    expect(same.toSorted()).toEqual([".settings.policy.topP", ".summary.none", ".title"]);
    for (const [path, text] of texts(zh)) if (english.get(path) !== "") expect(text, path).not.toBe("");
  });

  test("follow the reader's choice, else the browser's language, else English", () => {
    expect(spokenLanguage("auto", "zh-TW")).toBe("zh");
    expect(spokenLanguage("auto", "de-DE")).toBe("en");
    expect(spokenLanguage("en", "zh-CN")).toBe("en");
    expect(spokenLanguage("zh", "en-US")).toBe("zh");
  });
});
