import { expect, type Page } from "playwright/test";

export { scriptedProblem } from "./scripted-pipeline.ts";

/** The page with its shelf of models, as tests drive it. */

export const dialog = (page: Page) => page.getByRole("dialog", { name: "Settings" });
export const option = (page: Page, name: string) => dialog(page).getByRole("radio", { name, exact: true });

export const more = (page: Page) => dialog(page).getByText(/^\d+ more models/);

export async function openShelf(page: Page, how: "all" | "front" = "all"): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  await expect(option(page, "Built-in arithmetic model")).toBeVisible();
  if (how === "all" && (await option(page, "Qwen3 8B").count()) === 0) await more(page).click();
}

export async function withModels(page: Page, draft: Readonly<Record<string, unknown>> = {}, base: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await page.addInitScript((stored) => { if (localStorage.getItem("specreason.settings") === null) localStorage.setItem("specreason.settings", stored); }, JSON.stringify({ draft, base, policy: { mode: "sync" } }));
  await page.goto("/");
}

export async function solve(page: Page, problem: string): Promise<void> {
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await page.getByRole("button", { name: "Solve", exact: true }).click();
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible({ timeout: 120_000 });
}

export const problem = "Take the number 10. Double it. Take away 6. What is the result?";
