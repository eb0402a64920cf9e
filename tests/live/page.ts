import { chromium, type Browser, type Locator, type Page, type Response } from "playwright";
import { expect } from "playwright/test";
import { chromeArguments, findChrome } from "../support/find-chrome.ts";
import { readFileSync } from "node:fs";
import * as v from "valibot";

/** The page in a real Chromium, driven as a person would. */

const problemSchema = v.object({ id: v.string(), problem: v.string(), answer: v.string() });
export type Problem = v.InferOutput<typeof problemSchema>;

export const problems: readonly Problem[] = readFileSync(new URL("../../public/problems/arithmetic.jsonl", import.meta.url), "utf8")
  .trim().split("\n").map((line) => v.parse(problemSchema, JSON.parse(line)));
/** Eight operations: long enough to be stopped or cut off in its middle. */
export const longProblem: Problem = {
  id: "long", answer: "24",
  problem: "Start with 41. Take away 20. Decrease it by 12. Increase it by 97. Add 46. Subtract 85. Decrease it by 52. Add 33. Divide it by 2. Find the final number.",
};

/** As many operations as the base model's context holds with their steps: it writes for a second or two. */
export const endlessProblem: Problem = {
  id: "endless", answer: "",
  problem: `Start with 41. ${Array.from({ length: 18 }, (_, index) => `Add ${index + 2}.`).join(" ")} Find the final number.`,
};

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: findChrome(), args: chromeArguments });

export type PageSettings = {
  readonly base: { readonly url: string; readonly sessionHeader?: string };
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly draft?: Readonly<Record<string, unknown>>;
  readonly lateRejection?: "automatic";
};

/** Without the service worker, which would store the whole app anew for each page. */
export async function openPage(browser: Browser, origin: string, settings: PageSettings, apiKey?: string): Promise<Page> {
  const context = await browser.newContext({ locale: "en-US", serviceWorkers: "block" });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  await page.addInitScript((stored) => {
    if (localStorage.getItem("specreason.settings") === null) localStorage.setItem("specreason.settings", stored);
  }, JSON.stringify(settings));
  await page.goto(`${origin}/`);
  if (apiKey !== undefined) await enterKey(page, apiKey);
  return page;
}

export const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });
export const steps = (page: Page): Locator => page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author]");
export const answer = (page: Page): Locator => page.getByRole("region", { name: "Answer" });
export const settingsDialog = (page: Page): Locator => page.getByRole("dialog", { name: "Settings" });
export const openSettings = (page: Page): Promise<void> => page.getByRole("banner").getByRole("button", { name: "Settings" }).click();

export async function enterKey(page: Page, apiKey: string): Promise<void> {
  await openSettings(page);
  await settingsDialog(page).getByLabel("API key").fill(apiKey);
  await settingsDialog(page).getByRole("button", { name: "Done" }).click();
}

/** Presses "Test connection" and returns all it says. */
export async function testConnectionInPage(page: Page): Promise<string> {
  await openSettings(page);
  const dialog = settingsDialog(page);
  await button(page, "Test connection").click();
  const said = dialog.getByRole("status").first();
  await expect(said).toContainText(/It answers|\w\. \w/, { timeout: 60_000 });
  const text = await dialog.innerText();
  await dialog.getByRole("button", { name: "Done" }).click();
  return text;
}

export async function startProblem(page: Page, { problem }: Problem): Promise<void> {
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await button(page, "Solve").click();
}

export type ShownStep = { readonly author: string | null; readonly verdict: string | null; readonly text: string };
export const shownSteps = (page: Page): Promise<ShownStep[]> =>
  steps(page).evaluateAll((items) => items.map((item) => ({
    author: item.getAttribute("data-author"), verdict: item.getAttribute("data-verdict"), text: (item.querySelector(".rich-text")?.textContent ?? "").trim(),
  })));

/** Waits for the run's end; a run that was interrupted is continued. */
export async function untilFinished(page: Page, seconds = 120): Promise<void> {
  await expect(async () => {
    const resume = button(page, "Continue");
    if (await resume.isVisible()) await resume.click();
    await expect(button(page, "Run again")).toBeVisible({ timeout: 1000 });
    await expect(resume).toBeHidden({ timeout: 1000 });
    await expect(button(page, "Stop")).toBeHidden({ timeout: 1000 });
  }).toPass({ timeout: 1000 * seconds, intervals: [100, 200, 500, 1000] });
}

/** Waits until a run that went on without its endpoint has been verified, too; its rejected steps are corrected. */
export async function untilVerified(page: Page, seconds: number): Promise<void> {
  await expect(async () => {
    await untilFinished(page, 30);
    await expect(steps(page).and(page.locator("[data-verdict=pending],[data-verdict=unverified]"))).toHaveCount(0, { timeout: 2000 });
  }).toPass({ timeout: 1000 * seconds, intervals: [500] });
}

export const isRight = (shown: string, { answer: wanted }: Problem): boolean => new RegExp(`(^|\\D)${wanted}(\\D|$)`).test(shown);

export type Solved = { readonly right: number; readonly accepted: number; readonly corrected: number; readonly steps: readonly ShownStep[]; readonly scorePrompts: number; readonly cachedShare: number | undefined };

const usageSchema = v.object({ usage: v.object({ prompt_tokens: v.number(), prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.nullish(v.number()) })) }) });

/** What the server said of each score's prompt, from now on. */
export function watchScores(page: Page) {
  const usages: Promise<{ readonly prompt: number; readonly cached: number | undefined } | undefined>[] = [];
  page.on("response", (response: Response) => {
    const body = response.request().postData();
    if (!response.url().endsWith("/v1/completions") || body === null || !/"max_tokens":1[,}]/.test(body)) return;
    usages.push(response.json().then((json: unknown) => {
      const parsed = v.safeParse(usageSchema, json);
      return parsed.success ? { prompt: parsed.output.usage.prompt_tokens, cached: parsed.output.usage.prompt_tokens_details?.cached_tokens ?? undefined } : undefined;
    }, () => undefined));
  });
  return async (): Promise<Pick<Solved, "scorePrompts" | "cachedShare">> => {
    const known = (await Promise.all(usages)).filter((usage) => usage !== undefined);
    const cached = known.filter((usage) => usage.cached !== undefined);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return { scorePrompts: usages.length, cachedShare: cached.length === 0 ? undefined : sum(cached.map((usage) => usage.cached ?? 0)) / sum(cached.map(({ prompt }) => prompt)) };
  };
}

/** Solves the first problems one after the other. Every step must have found its verdict. */
export async function solveProblems(page: Page, count: number): Promise<Solved> {
  const scores = watchScores(page);
  let right = 0;
  const all: ShownStep[] = [];
  for (const problem of problems.slice(0, count)) {
    await startProblem(page, problem);
    await expect(button(page, "Stop").or(page.getByRole("alert"))).toBeVisible();
    await untilFinished(page);
    const shown = await shownSteps(page);
    for (const { verdict } of shown) expect(["accepted", "corrected"]).toContain(verdict);
    all.push(...shown);
    if (isRight(await answer(page).innerText(), problem)) right += 1;
  }
  return { right, steps: all, accepted: all.filter(({ verdict }) => verdict === "accepted").length, corrected: all.filter(({ verdict }) => verdict === "corrected").length, ...(await scores()) };
}
