import { readFileSync } from "node:fs";
import { expect, test, type Page } from "playwright/test";

const problem = "A box holds 81 coins. Add 28. Take away 6. Add 47. Divide it by 2. Take away 30. Double it. What number do you get?";
const long = "Start with 41. Take away 20. Decrease it by 12. Increase it by 97. Add 46. Subtract 85. Decrease it by 52. Add 33. Divide it by 2. Find the final number.";

const textbox = (page: Page) => page.getByRole("textbox", { name: "Problem" });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const steps = (page: Page) => page.getByRole("list", { name: "Reasoning steps" }).locator("> li");
const answer = (page: Page) => page.getByRole("region", { name: "Answer" });
const summary = (page: Page) => page.getByRole("region", { name: "Run summary" });

async function start(page: Page, text: string): Promise<void> {
  await textbox(page).fill(text);
  await button(page, "Solve").click();
}

async function solve(page: Page, text: string): Promise<void> {
  await start(page, text);
  await expect(button(page, "Run again")).toBeVisible({ timeout: 120_000 });
}

/** How much of the page moved by itself since a moment of its clock, as Chrome measures it (0.1 is its "good"). */
const shiftSince = (page: Page, since: number): Promise<number> => page.evaluate((from) => new Promise<number>((resolve) => {
  const observer = new PerformanceObserver((list) => {
    const moved = list.getEntries().map((entry) => entry.toJSON() as { readonly startTime: number; readonly value: number; readonly hadRecentInput: boolean });
    resolve(moved.filter(({ startTime, hadRecentInput }) => startTime > from && !hadRecentInput).reduce((sum, { value }) => sum + value, 0));
  });
  observer.observe({ type: "layout-shift", buffered: true });
  // Where nothing moved, nothing is told.
  setTimeout(() => resolve(0), 1000);
}), since);

/** The paper's loop, so that what is seen does not hang on how fast this machine is just now. */
const withSettings = (page: Page, settings: unknown) =>
  page.addInitScript((stored) => { if (localStorage.getItem("specreason.settings") === null) localStorage.setItem("specreason.settings", stored); }, JSON.stringify(settings));
const stepByStep = { policy: { mode: "sync" } };

test("a problem is solved: who wrote each step, its score and verdict, the answer as a formula, and a summary; and nothing on the page moves while it streams", async ({ page }) => {
  await withSettings(page, stepByStep);
  await page.goto("/");
  await textbox(page).fill(problem);
  const begun = await page.evaluate(() => performance.now());
  await solve(page, problem);
  expect(await shiftSince(page, begun)).toBeLessThan(0.1);
  await expect(answer(page)).toContainText("90");
  await expect(answer(page).locator("math")).toBeVisible();
  const shown = await steps(page).evaluateAll((items) => items.map(({ dataset: { author, verdict, score } }) => ({ author, verdict, score })));
  expect(shown.length).toBeGreaterThanOrEqual(6);
  for (const { author, verdict, score } of shown) {
    expect(["draft accepted", "base corrected"]).toContain(`${author} ${verdict}`);
    if (author === "draft") expect(Number(score)).toBeGreaterThanOrEqual(7);
    else expect(Number(score)).toBeLessThan(7);
  }
  await summary(page).getByText("Tokens, requests and time in detail").click();
  for (const figure of ["Drafted", "Accepted", "Corrected", "Base alone", "Device", "Score requests"]) await expect(summary(page).getByText(figure, { exact: true })).toBeVisible();

  // Where its time went: a row for each step and the answer's, by key and pointer, as numbers, and as a file.
  await page.getByText("Timeline", { exact: true }).click();
  const plot = page.getByRole("application", { name: "Timeline of the run" });
  await plot.focus();
  for (const key of ["ArrowDown", "+", "ArrowRight"]) await page.keyboard.press(key);
  await expect(page.getByText(/^Step 1 · /)).toBeVisible();
  await page.getByText("As a table", { exact: true }).click();
  await expect(page.getByRole("region", { name: "As a table" }).locator("tbody tr")).toHaveCount(shown.length + 1);
  const saved = page.waitForEvent("download");
  await button(page, "Save as SVG").click();
  expect(readFileSync(await (await saved).path(), "utf8")).toMatch(/^<svg [^>]+>[^]*<rect[^]*<\/svg>$/);
});

test("a rejected draft is readable beside its correction, until the reader folds it away", async ({ page }) => {
  await withSettings(page, { policy: { mode: "sync", threshold: 8.9 } });
  await page.goto("/");
  await solve(page, problem);
  const corrected = steps(page).and(page.locator("[data-verdict=corrected]")).first();
  await expect(corrected.locator("details .rich-text")).toBeVisible();
  await corrected.locator("summary").click();
  await expect(corrected.locator("details .rich-text")).toBeHidden();
});

test("Esc stops a run, Continue takes it to its end, and Run again starts anew", async ({ page }) => {
  await withSettings(page, stepByStep);
  await page.goto("/");
  await start(page, long);
  await expect(steps(page).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(button(page, "Continue")).toBeVisible();
  const kept = await steps(page).and(page.locator(":not([data-verdict=pending])")).allInnerTexts();
  await button(page, "Continue").click();
  await expect(answer(page).locator("math")).toBeVisible({ timeout: 120_000 });
  await expect(button(page, "Continue")).toBeHidden();
  expect((await steps(page).allInnerTexts()).slice(0, kept.length)).toEqual(kept);
  const address = page.url();
  await button(page, "Run again").click();
  await expect(button(page, "Run again")).toBeVisible({ timeout: 120_000 });
  expect(page.url()).not.toBe(address);
});

test("a run cut off by a reload shows as stopped with its steps, and goes on", async ({ page }) => {
  await withSettings(page, stepByStep);
  await page.goto("/");
  await start(page, long);
  await expect(steps(page).and(page.locator("[data-verdict=accepted]")).first()).toBeVisible();
  await page.reload();
  await expect(button(page, "Continue")).toBeVisible();
  await expect(steps(page).first()).toHaveAttribute("data-verdict", /accepted|corrected|pending/);
  await expect(textbox(page)).toHaveValue(long);
  await button(page, "Continue").click();
  await expect(answer(page).locator("math")).toBeVisible({ timeout: 120_000 });
});

test("earlier runs are listed, opened, renamed, deleted, and brought back", async ({ page }) => {
  await page.goto("/");
  await solve(page, "Take the number 10. Double it. Take away 6. What is the result?");
  const history = page.getByRole("region", { name: "Earlier runs" });
  await history.getByRole("button", { name: /^Rename/ }).click();
  await history.getByRole("textbox", { name: "Name" }).fill("Doubling");
  await history.getByRole("button", { name: "Save" }).click();
  await button(page, "New problem").click();
  await expect(answer(page)).toBeHidden();
  await history.getByRole("button", { name: "Open “Doubling”" }).click();
  await expect(answer(page)).toContainText("14");
  await history.getByRole("button", { name: "Delete “Doubling”" }).click();
  await expect(history.getByRole("button", { name: "Open “Doubling”" })).toBeHidden();
  await history.getByRole("button", { name: "Undo" }).click();
  await expect(history.getByRole("button", { name: "Open “Doubling”" })).toBeVisible();
});

test("an empty problem is refused at the field, and a huge one is counted against the context", async ({ page }) => {
  await page.goto("/");
  await button(page, "Solve").click();
  await expect(textbox(page)).toHaveAccessibleDescription("Write a problem first, or pick one of the examples.");
  await expect(textbox(page)).toBeFocused();
  await start(page, "Add 1. ".repeat(3000));
  await expect(textbox(page)).toHaveAccessibleDescription(/holds 512 with all its steps/);
  await expect(button(page, "Stop")).toBeHidden();
});

test("Ctrl and Enter solve from the field", async ({ page }) => {
  await page.goto("/");
  await textbox(page).fill("Take the number 10. Double it. Take away 6. What is the result?");
  await textbox(page).press("Control+Enter");
  await expect(answer(page).locator("math")).toBeVisible({ timeout: 120_000 });
});

test("with an endpoint that does not answer a problem is solved all the same, every step unverified because of that", async ({ page }) => {
  await withSettings(page, { base: { url: "http://localhost:5999" } });
  await page.goto("/");
  await expect(page.getByText("What leaves this device:")).toContainText("localhost:5999");
  await solve(page, problem);
  await expect(answer(page).locator("math")).toBeVisible();
  const shown = await steps(page).evaluateAll((items) => items.map(({ dataset: { author, verdict } }) => `${author} ${verdict}`));
  expect(shown.length).toBeGreaterThan(2);
  expect(new Set(shown)).toEqual(new Set(["draft unverified"]));
  await expect(steps(page).first()).toContainText("The base model was away.");
});

test("an endpoint of another kind is named as such, the problem kept, and nothing else happens", async ({ page }) => {
  await withSettings(page, { base: { url: "/icons" } });
  await page.goto("/");
  await start(page, problem);
  await expect(page.getByRole("alert")).toContainText("not with the OpenAI API");
  await expect(page.getByRole("alert")).toContainText("The problem is kept");
  await expect(textbox(page)).toHaveValue(problem);
});

test("a draft model that is no GGUF file is named as such", async ({ page, baseURL }) => {
  await withSettings(page, { draft: { source: "url", url: `${baseURL}/icons/icon.svg` } });
  await page.goto("/");
  await start(page, problem);
  await expect(page.getByRole("alert")).toContainText("not a GGUF model file");
});

test("settings last over a reload, the key does not, and the connection can be tested", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByLabel("Acceptance threshold").fill("5.5");
  await dialog.getByLabel("API key").fill("a-key-to-forget");
  await button(page, "Test connection").click();
  await expect(dialog).toContainText("Models: arithmetic-base");
  await dialog.getByLabel("Acceptance threshold").fill("12");
  await expect(dialog).toContainText("Between 0 and 9.");
  await dialog.getByRole("button", { name: "Done" }).click();
  expect(await page.evaluate(() => Object.keys(localStorage).map((key) => localStorage.getItem(key)).join())).not.toContain("a-key-to-forget");
  await page.reload();
  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  await expect(dialog.getByLabel("Acceptance threshold")).toHaveValue("5.5");
  await expect(dialog.getByLabel("API key")).toHaveValue("");
});

test.describe("in Chinese", () => {
  test.use({ locale: "zh-CN" });
  test("the page speaks it, and English when asked", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("textbox", { name: "题目" })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-Hans");
    await page.getByLabel("语言").selectOption("en");
    await expect(textbox(page)).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
  });
});

test("prices are kept and cost is shown; a remembered key comes back after a reload, stays with its origin, and is forgotten on request", async ({ page }) => {
  await withSettings(page, stepByStep);
  await page.goto("/");
  const dialog = page.getByRole("dialog", { name: "Settings" });
  const open = () => page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  await open();
  const prices = dialog.getByRole("group", { name: /^Prices of this endpoint/ });
  await prices.getByLabel("Prompt", { exact: true }).fill("2");
  await prices.getByLabel("Generated").fill("eight");
  await expect(prices).toContainText("A number between");
  await prices.getByLabel("Generated").fill("8");
  const key = dialog.getByLabel("API key");
  await key.fill("a-key-to-keep");
  await dialog.getByLabel("Remember on this device").check();
  await dialog.getByLabel("Endpoint address").fill("http://localhost:5999");
  await expect(key).toHaveValue("");
  await dialog.getByLabel("Endpoint address").fill("/base");
  await expect(key).toHaveValue("a-key-to-keep");
  expect(await page.evaluate(() => Object.keys(localStorage).map((name) => localStorage.getItem(name)).join())).not.toContain("a-key-to-keep");

  await page.reload();
  await open();
  await expect(key).toHaveValue("a-key-to-keep");
  await expect(dialog.getByLabel("Remember on this device")).toBeChecked();
  await dialog.getByRole("button", { name: "Done" }).click();
  await solve(page, "Take the number 10. Double it. Take away 6. What is the result?");
  const paid = summary(page).locator("div").filter({ has: page.getByRole("heading", { name: "Tokens sent and paid for" }) });
  await expect(paid.getByText("Cost", { exact: true })).toBeVisible();
  await expect(paid).toContainText("Base alone is an estimate");

  await open();
  await button(page, "Forget this key").click();
  await expect(key).toHaveValue("");
  await page.reload();
  await open();
  await expect(dialog.getByLabel("Remember on this device")).not.toBeChecked();
  await expect(key).toHaveValue("");
});
