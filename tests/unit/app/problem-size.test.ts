import { expect, test } from "vitest";
import { problemFits, roughTokens } from "../../../src/app/problem/problem-size.ts";

test("a problem is counted against the context: well, tight, or never", () => {
  expect(problemFits("Take the number 10. Double it.", 512)).toBe("well");
  expect(problemFits("word ".repeat(200), 512)).toBe("tight");
  expect(problemFits("word ".repeat(2000), 512)).toBe("never");
  expect(problemFits("word ".repeat(2000), 32_768)).toBe("well");
});

test("scripts without spaces take more tokens for each character", () => {
  expect(roughTokens("小明有三个苹果")).toBe(7);
  expect(roughTokens("seven letters")).toBe(4);
});
