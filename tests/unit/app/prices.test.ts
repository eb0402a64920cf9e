import { beforeEach, describe, expect, test } from "vitest";
import { baseTokensOf, costOfRun } from "../../../src/app/run/cost-of-run.ts";
import { readPrice } from "../../../src/app/settings/price-settings.tsx";
import { changePrices, priceKey, pricesOf, priceStore, readPrices } from "../../../src/app/settings/prices.ts";
import { emptyRun, type Run } from "../../../src/reasoning/run.ts";
import { headerOf } from "../../support/run-to-end.ts";

const endpoint = "https://gpu.example";
const list = () => priceStore.getState().list;

beforeEach(() => priceStore.setState({ list: {} }));

describe("the prices of a model", () => {
  test("are kept for the endpoint and the model they were entered for", () => {
    changePrices(priceKey(endpoint, "large"), { prompt: 2, generated: 8 });
    expect(pricesOf(list(), `${endpoint} large`)).toEqual({ prompt: 2, generated: 8 });
    expect(pricesOf(list(), `${endpoint} small`)).toBeUndefined();
    expect(pricesOf(list(), "https://other.example large")).toBeUndefined();
  });

  test("entered without a model's name are those of every model there that has none of its own", () => {
    changePrices(priceKey(`${endpoint}/v1`, ""), { prompt: 1, generated: 1 });
    changePrices(priceKey(endpoint, "large"), { prompt: 2, cachedPrompt: 0.5, generated: 8 });
    expect(pricesOf(list(), `${endpoint} small`)).toEqual({ prompt: 1, generated: 1 });
    expect(pricesOf(list(), `${endpoint} large`)).toEqual({ prompt: 2, cachedPrompt: 0.5, generated: 8 });
  });

  test("count once prompt and generated tokens have one, and are gone when emptied", () => {
    const key = priceKey(endpoint, "large");
    changePrices(key, { prompt: 2 });
    expect(pricesOf(list(), key)).toBeUndefined();
    changePrices(key, { generated: 0 });
    expect(pricesOf(list(), key)).toEqual({ prompt: 2, generated: 0 });
    changePrices(key, { prompt: undefined, generated: undefined });
    expect(list()).toEqual({});
  });

  test("are repaired one by one where what is stored cannot be read", () => {
    for (const stored of [undefined, null, 7, "text"]) expect(readPrices(stored)).toEqual({});
    const repaired = readPrices({ "a m": { prompt: 2, generated: -1 }, "b m": "free", "c m": { prompt: 1, generated: 3, cachedPrompt: "x" } });
    expect(pricesOf(repaired, "a m")).toBeUndefined();
    expect(pricesOf(repaired, "b m")).toBeUndefined();
    expect(pricesOf(repaired, "c m")).toEqual({ prompt: 1, generated: 3 });
  });

  test("are read with a point or a comma, and nothing else is one", () => {
    expect(["2", " 0.15 ", "0,15", ".5", "3.", ""].map(readPrice)).toEqual([2, 0.15, 0.15, 0.5, 3, undefined]);
    for (const text of ["-1", "1e3", "$2", "1,000.5", "2000000", ".", "NaN"]) expect(readPrice(text), text).toBe("wrong");
  });
});

describe("the cost of a run", () => {
  const empty = emptyRun(headerOf());
  const run: Run = {
    ...empty,
    header: { ...empty.header, problem: "x".repeat(400) },
    steps: [{ id: 0, author: "draft", verdict: "accepted", text: "a", end: "blank-line", tokens: 900, seconds: 1, at: 1 }],
    answer: { by: "draft", text: "b", tokens: 100, promptTokens: 0, cut: false },
    totals: { ...empty.totals, basePromptTokens: 10_000, baseCachedTokens: 9000, baseTokens: 95, scoredSteps: 5 },
  };

  test("is of all prompts, the cached share at its own price, and of what was generated, scores included", () => {
    expect(baseTokensOf(run)).toEqual({ promptTokens: 10_000, cachedTokens: 9000, generatedTokens: 100 });
    expect(costOfRun(run, { prompt: 2, cachedPrompt: 0.2, generated: 10 }).cost).toBeCloseTo((1000 * 2 + 9000 * 0.2 + 100 * 10) / 1e6, 12);
  });

  test("is held against one request that writes the whole chain", () => {
    expect(costOfRun(run, { prompt: 2, generated: 10 }).baseOnly).toBeCloseTo((100 * 2 + 1000 * 10) / 1e6, 12);
  });
});
