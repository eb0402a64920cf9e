import { readFileSync } from "node:fs";
import { expect, test, type Page } from "playwright/test";
import * as v from "valibot";
import { draftModelSuite } from "../support/draft-model-suite.ts";
import { startWebLlmPage } from "../support/webllm-page/webllm-page-server.ts";

const modelUrl = process.env["WEBLLM_MODEL_URL"] ?? "";
const modelLib = process.env["WEBLLM_MODEL_LIB"] ?? "";
const hasModel = modelUrl !== "" && modelLib !== "";
const baseUrl = process.env["WEBLLM_BASE_URL"] ?? "";
const baseLib = process.env["WEBLLM_BASE_LIB"] ?? "";
const hasBase = baseUrl !== "" && baseLib !== "";

const arithmeticProblems = (count: number) =>
  readFileSync(new URL("../../public/problems/arithmetic.jsonl", import.meta.url), "utf8")
    .split("\n").slice(0, count)
    .map((line) => v.parse(v.object({ problem: v.string(), answer: v.string() }), JSON.parse(line)));

/** A right step and two wrong ones. */
const scored = { problem: "Start with 5. Add 3. Then subtract 2. What is the result?", steps: ["First, 5 + 3 = 8.", "First, 5 + 3 = 9.", "First, 5 + 4 = 8."] } as const;

let server: Awaited<ReturnType<typeof startWebLlmPage>>;
let page: Page;

test.beforeAll(async ({ browser }) => {
  server = await startWebLlmPage({ modelUrl, modelLib, baseUrl, baseLib });
  page = await browser.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => "webLlm" in window);
});

test.afterAll(async () => {
  await page.close();
  await server.close();
});

test.describe("what is no WebLLM model fails with a sentence that says what to do, and leaves nothing cached", () => {
  const cases = [
    ["no-model", "download-failed", /no WebLLM model at this address: HTTP 404/],
    ["web-page", "bad-file", /Check the address/],
    ["other-config", "bad-file", /Check the address/],
    ["library-missing", "download-failed", /could not be downloaded/],
    ["library-web-page", "bad-file", /not made for WebLLM 0\.2\.86/],
    ["library-other", "bad-file", /not made for WebLLM 0\.2\.86/],
  ] as const;
  for (const [name, kind, message] of cases)
    test(`${name}: ${kind}`, async () => {
      const address = server.badModel(name);
      const outcome = await page.evaluate((options) => window.webLlm.outcome(options), address);
      expect(outcome).toMatchObject({ kind: "failed", error: kind, message: expect.stringMatching(message) });
      expect(await page.evaluate((options) => window.webLlm.cachedBytes(options), address)).toBe(0);
    });

  test("a server that is not there: download-failed", async () => {
    const outcome = await page.evaluate(() => window.webLlm.outcome({ modelUrl: "http://127.0.0.1:9/model", modelLibUrl: "http://127.0.0.1:9/model.wasm" }));
    expect(outcome).toMatchObject({ kind: "failed", error: "download-failed", message: expect.stringMatching(/cannot be reached/) });
  });

  test("a config with another hash: bad-file", async () => {
    const options = { ...server.badModel("library-missing"), integrity: { config: `sha256-${"A".repeat(43)}=` } };
    expect(await page.evaluate((asked) => window.webLlm.outcome(asked), options)).toMatchObject({ kind: "failed", error: "bad-file", message: expect.stringMatching(/hash/) });
  });
});

test("WebLLM's script comes with the first model, not with the page", async ({ browser }) => {
  const fresh = await browser.newPage();
  await fresh.goto(server.url);
  await fresh.waitForFunction(() => "webLlm" in window);
  expect(await fresh.evaluate(() => window.webLlm.webLlmResources())).toEqual([]);
  await fresh.evaluate((options) => window.webLlm.outcome(options), server.badModel("no-model"));
  expect(await fresh.evaluate(() => window.webLlm.webLlmResources())).not.toEqual([]);
  await fresh.close();
});

test.describe("in a real worker on a real GPU device, with a scripted model", () => {
  const nowhere = { modelUrl: "http://models.test/scripted", modelLibUrl: "http://models.test/scripted.wasm" };

  test.describe("it passes the acceptance suite", () => {
    for (const { title } of draftModelSuite)
      test(title, async () => {
        await page.evaluate(([name, options]) => window.webLlm.runCase(name, options, "scripted"), [title, nowhere] as const);
      });
  });

  test("it scores as a base model: a right step high, a wrong one low, from one KV cache", async () => {
    const { judgements, usage } = await page.evaluate(([problem, steps, options]) => window.webLlm.scoreSteps(problem, steps, options, "scripted"), [scored.problem, scored.steps, nowhere] as const);
    expect(judgements.map(({ digit }) => digit)).toEqual([9, 1, 1]);
    expect(usage).toMatchObject({ generatedTokens: 3, cachedTokens: expect.any(Number) });
  });

  for (const [fault, error, losses] of [["destroy", "device-lost", 1], ["hang", "engine-failed", 0], ["terminate", "engine-failed", 0]] as const)
    test(`${fault}: the call in flight is ${error}, and the next one is on a new worker and writes the same`, async () => {
      const { before, failed, noticedSeconds, after, deviceLosses, workers } = await page.evaluate(
        ([how, options]) => window.webLlm.aroundFault(how, options, "scripted"), [fault, nowhere] as const);
      expect([failed, after, deviceLosses, workers]).toEqual([error, before, losses, 2]);
      if (fault === "destroy") expect(noticedSeconds).toBeLessThan(5);
    });
});

test("without WebGPU a model that runs on the CPU is suggested", async ({ playwright }) => {
  const browser = await playwright.chromium.launch({ executablePath: test.info().project.use.launchOptions?.executablePath ?? "", args: ["--no-sandbox", "--disable-features=WebGPU", "--disable-gpu"] });
  try {
    const without = await browser.newPage();
    await without.goto(server.url);
    await without.waitForFunction(() => "webLlm" in window);
    expect(await without.evaluate((options) => window.webLlm.outcome(options), server.badModel("library-missing")))
      .toMatchObject({ kind: "failed", error: "engine-failed", message: expect.stringMatching(/runs on the CPU/) });
  } finally {
    await browser.close();
  }
});

/**
 * With a real model library made for WebLLM 0.2.86: WEBLLM_MODEL_URL is the address of its folder (or the folder on this
 * disk), WEBLLM_MODEL_LIB that of its .wasm. In software WebGPU the whole takes more than half an hour.
 */
test.describe("on a real model library", () => {
  test.skip(!hasModel, "WEBLLM_MODEL_URL and WEBLLM_MODEL_LIB are not set");
  test.describe.configure({ timeout: 3_600_000 });

  test("it loads, and the check at load says how it appends", async () => {
    const outcome = await page.evaluate((options) => window.webLlm.outcome(options), server.model);
    process.stdout.write(`${JSON.stringify(outcome, undefined, 2)}\n`);
    if (outcome.kind !== "loaded") throw new Error(outcome.message);
    expect(outcome.info).toMatchObject({ engine: "webllm", computesOn: "webgpu" });
    const { appending } = outcome.report;
    expect(appending.rollback).toBe("exact");
    expect(appending.differences.tokenByToken).toBeLessThanOrEqual(appending.tolerance);
    expect(["prefill", "steps"]).toContain(appending.append);
  });

  test.describe("it passes the acceptance suite", () => {
    for (const { title } of draftModelSuite)
      test(title, async () => {
        // Two cases count what is reused. Where appending is wrong, prefilling again can be faster, so they ask for reuse.
        const counts = /prefills only what is new|after a rollback/.test(title);
        const reuse = counts ? "always" : "fastest";
        const engine = /when it is closed/.test(title) ? "real" : "pooled";
        const began = performance.now();
        await page.evaluate(([name, options, how]) => window.webLlm.runCase(name, options, how), [title, { ...server.model, reuse }, engine] as const);
        process.stdout.write(`${((performance.now() - began) / 1000).toFixed(0)} s: ${title}\n`);
      });
    test.afterAll(() => page.evaluate(() => window.webLlm.closePool()));
  });

  test("500 tokens are taken back in at most 5 ms", async () => {
    const { held, takenBack, milliseconds } = await page.evaluate((options) => window.webLlm.rollback(options), server.model);
    process.stdout.write(`${takenBack} of ${held} tokens taken back in ${milliseconds.toFixed(2)} ms\n`);
    expect(takenBack).toBeGreaterThanOrEqual(500);
    expect(milliseconds).toBeLessThanOrEqual(5);
  });

  test("it drafts five arithmetic problems from start to end", async () => {
    const problems = arithmeticProblems(5);
    const { info, report, results } = await page.evaluate(([texts, options]) => window.webLlm.draftProblems(texts, options), [problems.map(({ problem }) => problem), server.model] as const);
    const counts = report.counts;
    if (counts === undefined) throw new Error("nothing was counted");
    for (const { answer, seconds } of results) process.stdout.write(`${seconds.toFixed(1)} s: ${answer.trim()}\n`);
    process.stdout.write(
      `${info.device}: prefill ${(counts.prefilledTokens / counts.prefillSeconds).toFixed(1)} tok/s, decode ${(counts.decodedTokens / counts.decodeSeconds).toFixed(1)} tok/s, ` +
        `${counts.reusedTokens} KV tokens reused, ${counts.prefilledTokens} prefilled, ${counts.rollbacks} rollbacks of ${counts.rolledBackTokens} tokens, ${counts.resets} resets; ${report.appending.why}\n`,
    );
    expect(counts.decodedTokens).toBeGreaterThan(50);
    expect(results.every(({ answer }) => answer.trim() !== "")).toBe(true);
  });

  test("five arithmetic problems are solved through the page, with WebLLM drafting and the local base model scoring", async ({ browser, baseURL }) => {
    const problems = arithmeticProblems(5);
    const context = await browser.newContext({ locale: "en-US", serviceWorkers: "block", ...(baseURL === undefined ? {} : { baseURL }) });
    const app = await context.newPage();
    await app.addInitScript((settings) => localStorage.setItem("specreason.settings", settings), JSON.stringify({ policy: { mode: "sync", tokenBudget: 300, stepTokens: 80, answerTokens: 60 } }));
    await app.goto("/");
    await app.getByRole("banner").getByRole("button", { name: "Settings" }).click();
    const settings = app.getByRole("dialog", { name: "Settings" });
    await settings.getByText(/^\d+ more models/).click();
    await settings.getByRole("radio", { name: "Any MLC model" }).check();
    await settings.getByLabel("Address of the weights").fill(server.model.modelUrl);
    await settings.getByLabel("Address of the library").fill(server.model.modelLibUrl);
    await settings.getByLabel("Chat format").first().selectOption("chatml");
    await settings.getByLabel("What it is asked").selectOption(process.env["WEBLLM_INSTRUCTION"] ?? "none");
    await settings.getByRole("button", { name: "Done" }).click();
    const pane = app.getByRole("region", { name: "Draft model" });
    const figure = async (name: string): Promise<number> =>
      Number.parseFloat((await pane.locator("dl > div").filter({ has: app.getByText(name, { exact: true }) }).locator("dd").innerText()).replaceAll(",", ""));
    let right = 0;
    let drafted = 0;
    for (const { problem, answer } of problems) {
      const began = performance.now();
      await app.getByRole("textbox", { name: "Problem" }).fill(problem);
      await app.getByRole("button", { name: "Solve", exact: true }).click();
      await expect(app.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
      await expect(app.getByRole("button", { name: "Run again" })).toBeVisible({ timeout: 1_200_000 });
      await expect(app.getByRole("alert").filter({ hasText: /./ })).toHaveCount(0);
      const text = await app.getByRole("region", { name: "Answer" }).locator(".reading, .rich-text").first().innerText();
      const authors = await app.getByRole("list", { name: "Reasoning steps" }).locator("> li").evaluateAll((items) => items.map(({ dataset: { author } }) => author));
      drafted += authors.filter((author) => author === "draft").length;
      if (new RegExp(String.raw`(?<!\d)${answer}(?!\d)`).test(text)) right += 1;
      process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1)} s, ${authors.join(" ")}: ${text.replaceAll(/\s+/g, " ")} (${answer})\n`);
    }
    await pane.getByText("Engine, speed and KV cache").click();
    const [prefill, decode, reused, prefilled] = [await figure("Prefill"), await figure("Decode"), await figure("KV tokens reused"), await figure("KV tokens prefilled")];
    process.stdout.write(`Through the page: prefill ${prefill} tok/s, decode ${decode} tok/s, ${reused} KV tokens reused, ${prefilled} prefilled; ${right} of ${problems.length} right, ${drafted} drafted steps kept\n${await pane.innerText()}\n`);
    await expect(pane).toContainText("WebLLM");
    expect(drafted).toBeGreaterThan(0);
    expect(reused).toBeGreaterThan(0);
    expect(right).toBeGreaterThanOrEqual(3);
    await context.close();
  });

  test("a destroyed device is noticed within 5 s, and the model loaded again from the cache writes the same", async () => {
    const { before, failed, why, noticedSeconds, after, deviceLosses, workers } = await page.evaluate((options) => window.webLlm.aroundFault("destroy", options), server.model);
    process.stdout.write(`after ${noticedSeconds.toFixed(2)} s: ${why}\n`);
    expect([failed, after, deviceLosses, workers]).toEqual(["device-lost", before, 1, 2]);
    expect(noticedSeconds).toBeLessThan(5);
  });

  for (const fault of ["hang", "terminate"] as const)
    test(`a worker that is lost (${fault}) is replaced, and writes the same`, async () => {
      const { before, failed, after, deviceLosses, workers } = await page.evaluate(([how, options]) => window.webLlm.aroundFault(how, options), [fault, server.model] as const);
      expect([failed, after, deviceLosses, workers]).toEqual(["engine-failed", before, 0, 2]);
    });
});

/** With a real library for the base model, too: WEBLLM_BASE_URL and WEBLLM_BASE_LIB, as above. Both are asked the bare problem unless WEBLLM_INSTRUCTION is "usual". */
test.describe("on two real model libraries", () => {
  test.skip(!hasModel || !hasBase, "WEBLLM_MODEL_URL, WEBLLM_MODEL_LIB, WEBLLM_BASE_URL and WEBLLM_BASE_LIB are not all set");
  test.describe.configure({ timeout: 3_600_000 });

  test("the base model scores a right step high and wrong ones low, with exact probabilities", async () => {
    const { judgements, usage } = await page.evaluate(([problem, steps, options]) => window.webLlm.scoreSteps(problem, steps, options), [scored.problem, scored.steps, server.base] as const);
    process.stdout.write(`${judgements.map(({ probabilities = [] }) => probabilities.map((p) => p.toFixed(4)).join(" ")).join("\n")}\n${JSON.stringify(usage)}\n`);
    expect(judgements.map(({ digit }) => digit)).toEqual([9, 1, 1]);
    for (const { probabilities = [] } of judgements) expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
  });

  test("arithmetic problems are solved through the page with no server: WebLLM drafts, scores and corrects", async ({ browser, baseURL }) => {
    const context = await browser.newContext({ locale: "en-US", serviceWorkers: "block", ...(baseURL === undefined ? {} : { baseURL }) });
    const app = await context.newPage();
    const chosen = ({ modelUrl: mlcUrl, modelLibUrl: mlcLib }: typeof server.model) => ({ source: "mlc", mlcUrl, mlcLib, format: "chatml", instruction: process.env["WEBLLM_INSTRUCTION"] ?? "none" });
    await app.addInitScript((settings) => localStorage.setItem("specreason.settings", settings), JSON.stringify({
      draft: chosen(server.model), base: { where: "device", device: chosen(server.base) }, policy: { mode: "sync", tokenBudget: 300, stepTokens: 80, answerTokens: 60 },
    }));
    const sent: string[] = [];
    app.on("request", (request) => { if (request.url().includes("/base/")) sent.push(request.url()); });
    await app.goto("/");
    const steps = app.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author]");
    const verdicts: string[] = [];
    let right = 0;
    const problems = arithmeticProblems(Number(process.env["WEBLLM_BASE_PROBLEMS"] ?? 5));
    for (const { problem, answer } of problems) {
      const began = performance.now();
      await app.getByRole("textbox", { name: "Problem" }).fill(problem);
      await app.getByRole("button", { name: "Solve", exact: true }).click();
      await expect(app.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
      await expect(app.getByRole("button", { name: "Run again" })).toBeVisible({ timeout: 1_800_000 });
      await expect(app.getByRole("alert").filter({ hasText: /./ })).toHaveCount(0);
      const text = await app.getByRole("region", { name: "Answer" }).locator(".reading, .rich-text").first().innerText();
      const found = await steps.evaluateAll((items) => items.map(({ dataset: { author, verdict, score } }) => `${author} ${verdict} ${score ?? "–"}`));
      verdicts.push(...found);
      if (new RegExp(String.raw`(?<!\d)${answer}(?!\d)`).test(text)) right += 1;
      process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1)} s, ${found.join(", ")}: ${text.replaceAll(/\s+/g, " ")} (${answer})\n`);
    }
    process.stdout.write(`${right} of ${problems.length} right\n`);
    expect(verdicts.some((one) => /^draft accepted \d/.test(one))).toBe(true);
    expect(verdicts.every((one) => /^(draft accepted \d|base corrected)/.test(one))).toBe(true);
    expect(right).toBeGreaterThanOrEqual(Math.ceil(0.6 * problems.length));
    expect(sent).toEqual([]);
    await context.close();
  });
});
