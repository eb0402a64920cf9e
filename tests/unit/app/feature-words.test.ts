import { describe, expect, test } from "vitest";
import { historyWords } from "../../../src/app/history/history-words.ts";
import { offlineWords } from "../../../src/app/offline/offline-words.ts";
import { costWords } from "../../../src/app/run/cost-words.ts";
import { speculationWords } from "../../../src/app/run/speculation-words.ts";
import { keyWords } from "../../../src/app/settings/key-words.ts";
import { priceWords } from "../../../src/app/settings/price-words.ts";

describe("the words of money, keys, speculation, history and updates", () => {
  test.each(Object.entries({ costWords, speculationWords, keyWords, priceWords, historyWords, offlineWords }))("are complete in Chinese: %s", (_, { en, zh }) => {
    const english = new Map<string, unknown>(Object.entries(en));
    for (const [name, text] of Object.entries(zh)) {
      const said: unknown = typeof text === "function" ? (text as (...values: readonly (string | number)[]) => string)("1", "2") : text;
      expect(said, name).toMatch(/\p{Script=Han}/u);
      expect(english.get(name), name).not.toBe(said);
    }
  });
});
