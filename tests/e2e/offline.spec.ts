import { readFileSync } from "node:fs";
import { expect, test, type Page } from "playwright/test";

const problems = readFileSync("public/problems/arithmetic.jsonl", "utf8").trim().split("\n").map((line) => (JSON.parse(line) as { readonly problem: string }).problem);
const warmUp = "Take the number 10. Double it. Take away 6. What is the result?";
const long = "Start with 41. Take away 20. Decrease it by 12. Increase it by 97. Add 46. Subtract 85. Decrease it by 52. Add 33. Divide it by 2. Find the final number.";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const steps = (page: Page) => page.getByRole("list", { name: "Reasoning steps" }).locator("> li");
const answer = (page: Page) => page.getByRole("region", { name: "Answer" });
const verification = (page: Page) => page.getByRole("region", { name: "Verification" });
const verdicts = (page: Page): Promise<(string | undefined)[]> => steps(page).evaluateAll((items) => items.map(({ dataset: { verdict } }) => verdict));

async function solve(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Problem" }).fill(text);
  await button(page, "Solve").click();
  await expect(button(page, "Run again")).toBeVisible({ timeout: 120_000 });
}

const withSettings = (page: Page, settings: unknown) =>
  page.addInitScript((stored) => { if (localStorage.getItem("specreason.settings") === null) localStorage.setItem("specreason.settings", stored); }, JSON.stringify(settings));

test("what is solved without the network is verified when it is back, in every run, and no further than a rejection", async ({ page, context }) => {
  test.setTimeout(600_000);
  await withSettings(page, { policy: { mode: "sync" } });
  await page.goto("/");
  await solve(page, warmUp);
  await context.setOffline(true);
  for (const problem of problems.slice(0, 5)) {
    await solve(page, problem);
    expect(new Set(await verdicts(page))).toEqual(new Set(["unverified"]));
  }
  await expect(verification(page)).toContainText(/\d+ steps of 5 runs wait for arithmetic-base/);
  await context.setOffline(false);
  await expect(verification(page)).not.toContainText(/wait/, { timeout: 120_000 });
  await expect(verification(page)).toContainText(/In \d runs? a step was rejected/);
});

test("a run computed in one tab is shown live in another, and goes on there when the first is closed", async ({ page, context }) => {
  await withSettings(page, { policy: { mode: "sync" } });
  await page.goto("/");
  await page.getByRole("textbox", { name: "Problem" }).fill(long);
  await button(page, "Solve").click();
  await expect(steps(page).and(page.locator("[data-verdict=accepted]")).first()).toBeVisible();
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(second.getByText("This run is being computed in another tab")).toBeVisible();
  await page.close();
  await expect(second.getByText("The tab that computed this run was closed.")).toBeVisible();
  await button(second, "Continue").click();
  await expect(answer(second).locator("math")).toBeVisible({ timeout: 120_000 });
});
