import { expect, test } from "vitest";
import { isolatedLine, visibleLine } from "../../../src/app/text/visible-text.ts";
import { hostileTexts } from "../../support/hostile-text.ts";

test("a name from outside is one line, with nothing in it unseen that reorders", () => {
  expect(visibleLine("  Qwen/QwQ-32B\n\n")).toBe("Qwen/QwQ-32B");
  expect(visibleLine("21\u202E3\u0000")).toBe("21[U+202E]3\u2400");
  expect(visibleLine(`a${"\u0301".repeat(500)}b`)).toBe(`a${"\u0301".repeat(8)}b`);
});

test("a name of any length is cut between characters", () => {
  expect(visibleLine("\u{1F600}".repeat(1000))).toBe(`${"\u{1F600}".repeat(300)}…`);
  for (const text of hostileTexts(1, 100)) {
    const line = visibleLine(text);
    expect(Array.from(line).length).toBeLessThanOrEqual(301);
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001F\u007F\u202A-\u202E\u2066-\u2069]/);
    expect(isolatedLine(text)).toBe(`\u2068${line}\u2069`);
  }
});
