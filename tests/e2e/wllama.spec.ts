import { readFileSync } from "node:fs";
import { expect, test, type Page } from "playwright/test";
import * as v from "valibot";
import { draftModelSuite } from "../support/draft-model-suite.ts";
import { startHarness } from "../support/harness/harness-server.ts";

let harness: Awaited<ReturnType<typeof startHarness>>;
let page: Page;

test.beforeAll(async ({ browser }) => {
  harness = await startHarness();
  page = await browser.newPage();
  await page.goto(harness.url);
  await page.waitForFunction(() => "harness" in window);
});

test.afterAll(async () => {
  await page.close();
  await harness.close();
});

test.describe("the wllama draft model passes the acceptance suite", () => {
  for (const { title } of draftModelSuite)
    test(title, async () => {
      await page.evaluate((name) => window.harness.runCase(name), title);
    });
});

test.describe("a bad file fails with a sentence, and a good model loads right after", () => {
  const cases = [
    ["/bad/web-page.gguf", "bad-file", /web page/],
    ["/bad/cut-short.gguf", "bad-file", /cut short: 200000 of 293088 bytes/],
    ["/bad/cut-in-header.gguf", "bad-file", /cut short/],
    ["/bad/empty.gguf", "bad-file", /empty/],
    ["/bad/random.gguf", "bad-file", /not a model file/],
    ["/bad/magic-only.gguf", "bad-file", /cannot be read/],
    ["/bad/not-there.gguf", "download-failed", /404/],
  ] as const;
  for (const [url, kind, message] of cases)
    test(`${url}: ${kind}`, async () => {
      const { tried, good } = await page.evaluate((from) => window.harness.tryThenGood({ source: { kind: "url", url: from } }), url);
      expect(tried).toMatchObject({ kind: "failed", error: kind, message: expect.stringMatching(message) });
      expect(good).toContain("5 + 3 =");
    });

  test("a picked file cut by one byte is bad-file", async () => {
    const { tried, good } = await page.evaluate(async () =>
      window.harness.tryThenGood({ source: { kind: "file", file: await window.harness.changedFile({ keep: 293_087 }) } }));
    expect(tried).toMatchObject({ kind: "failed", error: "bad-file" });
    expect(good).toContain("5 + 3 =");
  });

  test("a context that no memory holds is out-of-memory", async () => {
    const { tried, good } = await page.evaluate(async () =>
      window.harness.tryThenGood({
        contextTokens: 2_000_000_000,
        source: { kind: "file", file: await window.harness.changedFile({ patch: ["llama.context_length", 4, 2_000_000_000] }) },
      }));
    expect(tried).toMatchObject({ kind: "failed", error: "out-of-memory" });
    expect(good).toContain("5 + 3 =");
  });

  test("a context larger than the model was trained for is held to that", async () => {
    const outcome = await page.evaluate(() => window.harness.outcome({ contextTokens: 1_000_000 }));
    expect(outcome).toMatchObject({ kind: "loaded", info: { contextTokens: 512 } });
  });

  test("a load that takes longer than it may is timed-out", async () => {
    const { tried, good } = await page.evaluate(() => window.harness.tryThenGood({ loadSeconds: 0.001 }));
    expect(tried).toMatchObject({ kind: "failed", error: "timed-out" });
    expect(good).toContain("5 + 3 =");
  });
});

test("says that the CPU computes on an adapter without 16-bit floats, although it has WebGPU", async () => {
  expect(await page.evaluate(() => "gpu" in navigator)).toBe(true);
  const outcome = await page.evaluate(() => window.harness.outcome());
  expect(outcome).toMatchObject({ kind: "loaded", info: { computesOn: "cpu", device: "1 CPU thread", engine: "wllama" } });
});

test("drafts ten arithmetic problems from start to end, prefilling only what is new", async () => {
  const problems = readFileSync(new URL("../../public/problems/arithmetic.jsonl", import.meta.url), "utf8")
    .split("\n").slice(0, 10)
    .map((line) => v.parse(v.object({ problem: v.string(), answer: v.string() }), JSON.parse(line)));
  const { info, results } = await page.evaluate((texts) => window.harness.draftProblems(texts), problems.map(({ problem }) => problem));
  let right = 0;
  let calls = 0;
  for (const [index, { answer, fresh, prefilled, generated, seconds }] of results.entries()) {
    const correct = answer.includes(`\\boxed{${problems[index]?.answer}}`);
    right += correct ? 1 : 0;
    calls += 20;
    process.stdout.write(`${info.device}: ${prefilled} tokens prefilled for ${fresh} new, ${generated} generated, ${(generated / seconds).toFixed(0)} tokens/s, ${correct ? "right" : "wrong"}\n`);
    expect(answer).toContain("\\boxed{");
  }
  const sum = (pick: (result: (typeof results)[number]) => number) => results.reduce((total, result) => total + pick(result), 0);
  expect(sum((r) => r.prefilled)).toBeLessThanOrEqual(1.05 * sum((r) => r.fresh) + calls);
  expect(right).toBeGreaterThan(2);
});
