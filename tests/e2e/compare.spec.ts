import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "playwright/test";

test("one problem in four ways: answers, time and tokens side by side, where steps differ, kept over a reload, each run to open", async ({ page }) => {
  await page.goto("/#compare");
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await expect(page.getByText("Write a problem first.")).toBeVisible();
  await page.getByRole("textbox", { name: "Problem" }).fill("Take the number 54. Increase it by 27. Subtract 21. What is the result?");
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await expect(page.getByRole("button", { name: "Compare", exact: true })).toBeVisible({ timeout: 120_000 });
  const measures = page.getByRole("region", { name: "Compare" });
  const checked = async (): Promise<void> => {
    await expect(measures.getByRole("columnheader")).toHaveText([/Measure/, /Draft alone/, /Base alone/, /Step by step/, /SpecReason Edge/]);
    const row = (name: string) => measures.getByRole("row").filter({ hasText: name }).getByRole("cell");
    await expect(row("Answer")).toHaveText(["60", "60", "60", "60"].map((answer) => new RegExp(answer)));
    expect(Number((await row("Base tokens generated").allTextContents())[0])).toBe(0);
    expect(Number((await row("Base tokens generated").allTextContents())[1])).toBeGreaterThan(0);
    await expect(row("Times as fast").nth(1)).toHaveText("1");
  };
  await checked();
  await expect(page.getByRole("region", { name: "Where the steps differ" }).first()).toBeVisible();
  await page.reload();
  await checked();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: "test-results/compare.png", fullPage: true });
  await measures.getByRole("link", { name: "Open the run: Base alone" }).click();
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("60");
  await expect(page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author=base]").first()).toBeVisible();
});
