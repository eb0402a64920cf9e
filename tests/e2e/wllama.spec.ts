import { appendFileSync, copyFileSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { fileURLToPath } from "node:url";
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

  const picked = (change: (path: string) => void) => async () => {
    const path = test.info().outputPath("picked.gguf");
    copyFileSync(fileURLToPath(new URL("../../public/models/arithmetic-draft.gguf", import.meta.url)), path);
    await page.evaluate(() => {
      const input = Object.assign(document.createElement("input"), { type: "file", id: "picked" });
      document.body.replaceChildren(input);
    });
    await page.locator("#picked").setInputFiles(path);
    // Chrome looks at a picked file when it is first asked of it, as the page does at once.
    await page.locator("#picked").evaluate((input) => [...((input as HTMLInputElement).files ?? [])].map(({ size, lastModified }) => [size, lastModified]));
    change(path);
    const { tried, good } = await page.evaluate(async () => {
      const file = document.querySelector<HTMLInputElement>("#picked")?.files?.[0];
      if (file === undefined) throw new Error("no file was picked");
      return await window.harness.tryThenGood({ source: { kind: "file", file } });
    });
    expect(tried).toMatchObject({ kind: "failed", error: "bad-file", message: expect.stringMatching(/choose it again/i) });
    expect(good).toContain("5 + 3 =");
  };
  test("a picked file that was deleted since is bad-file", picked((path) => rmSync(path)));
  test("a picked file that was changed since is bad-file", picked((path) => {
    appendFileSync(path, "and more");
    // Chrome compares the times of a picked file by whole seconds.
    const later = Date.now() / 1000 + 60;
    utimesSync(path, later, later);
  }));

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

test("computes on several threads where the page is cross-origin isolated, and writes the same", async ({ browser }) => {
  const draft = (on: Page) =>
    on.evaluate(async () => {
      const model = await window.harness.openDraft({ threads: 2 });
      const { text } = await window.harness.write(model, { prompt: window.harness.examplePrompt });
      await model.close();
      return { isolated: crossOriginIsolated, device: model.info.device, text };
    });
  const isolated = await startHarness({ isolated: true });
  const isolatedPage = await browser.newPage();
  try {
    await isolatedPage.goto(isolated.url);
    await isolatedPage.waitForFunction(() => "harness" in window);
    const several = await draft(isolatedPage);
    const one = await draft(page);
    expect([several.isolated, several.device]).toEqual([true, "2 CPU threads"]);
    // Asked for two, it says that there is one.
    expect([one.isolated, one.device]).toEqual([false, "1 CPU thread"]);
    expect(several.text).toBe(one.text);
  } finally {
    await isolatedPage.close();
    await isolated.close();
  }
});

test("a base model on the device scores as the endpoint does, and writes a step", async () => {
  const problem = "Start with 5. Add 3. Then subtract 2. What is the result?";
  const steps = ["First, 5 + 3 = 8.", "First, 5 + 3 = 9.", "First, 5 + 4 = 9."];
  const { info, judgements, usage, again, step, ended, probe, afterwards } = await page.evaluate(([task, written]) => window.harness.scoreOnDevice(task, written), [problem, steps] as const);
  expect(info).toMatchObject({ id: "on-device:arithmetic-base", contextTokens: 512 });
  expect(judgements.map(({ digit }) => digit)).toEqual([9, 1, 1]);
  for (const { probabilities = [] } of judgements) {
    expect(probabilities).toHaveLength(10);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
    expect(Math.min(...probabilities)).toBeGreaterThan(0);
  }
  for (const [index, { probabilities = [] }] of again.entries())
    for (const [digit, p] of probabilities.entries()) expect(p).toBeCloseTo(judgements[index]?.probabilities?.[digit] ?? Number.NaN, 3);
  expect(usage.generatedTokens).toBe(3);
  expect(usage.cachedTokens).toBeGreaterThan(60);
  expect(step).toContain("5 + 3 = 8");
  expect(ended).toBe("stop");
  expect(probe).toEqual({ roundTripSeconds: 0 });
  expect(afterwards).toBe("aborted");
});

test("an engine that dies without a word is an engine-failed, and is started again with the call that waits", async () => {
  const { before, failed, next, after, started } = await page.evaluate(() => window.harness.generateAroundDeath());
  expect(failed).toBe("engine-failed");
  expect(before.startsWith(next)).toBe(true);
  expect(after).toBe(before);
  expect(started).toBe(1);
});
