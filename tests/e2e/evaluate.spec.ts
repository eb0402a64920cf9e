import { readFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "playwright/test";

/** The second is right where the notation is understood, the third never: its answer is no LaTeX and has no end. */
const file = [
  { id: "plain", problem: "Take the number 54. Increase it by 27. Subtract 21. What is the result?", answer: 60 },
  { id: "without an answer", problem: "Take the number 3." },
  { id: "root", problem: "Take the number 50. Increase it by 31. Subtract 21. What is the result?", answer: "\\sqrt{3600}" },
  { id: "odd", problem: "Take the number 40. Increase it by 41. Subtract 21. What is the result?", answer: `\\frac{{\\(<img src=x onerror=alert(1)>${"9".repeat(10_000)}` },
].map((line) => JSON.stringify(line)).join("\n");

/** The base model's answers to whole runs stay away from the second on. */
async function holdSecond(page: Page): Promise<void> {
  let runs = 0;
  await page.route("**/v1/completions", async (route) => {
    const body: unknown = route.request().postDataJSON();
    const writes = typeof body === "object" && body !== null && "max_tokens" in body && Number(body.max_tokens) > 8;
    if (writes) runs += 1;
    // One that is never answered keeps the evaluation where it is.
    if (!writes || runs < 2) await route.continue();
  });
}

const download = async (page: Page, format: string): Promise<string> => {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: format, exact: true }).click()]);
  return readFile(await saved.path(), "utf8");
};

test("an evaluation of one's own problems goes on after a reload and after the endpoint was away; figures, each answer with its run, and files", async ({ page, context }) => {
  await holdSecond(page);
  await page.goto("/#evaluate");
  await page.getByRole("combobox", { name: "Problems" }).selectOption({ label: "My own file" });
  await page.getByLabel("File (JSONL)").setInputFiles({ name: "mine.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(file) });
  await expect(page.getByText("3 problems read.")).toBeVisible();
  await expect(page.getByText("line 2 (no usable “answer”)")).toBeVisible();
  await page.getByRole("checkbox", { name: "Step by step" }).uncheck();
  await page.getByRole("checkbox", { name: "Automatic" }).uncheck();
  await expect(page.getByText(/^6 runs, about/)).toBeVisible();
  await page.getByRole("button", { name: "Start", exact: true }).click();

  // Draft and base for the first problem, draft for the second.
  await expect(page.getByText("3 of 6 runs").first()).toBeVisible();
  const other = await context.newPage();
  await other.goto("/#evaluate");
  await expect(other.getByText("Another tab computes it; it is shown here as it goes.")).toBeVisible();
  await expect(other.getByText("3 of 6 runs").first()).toBeVisible();
  await other.close();

  await page.reload();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.route("**/base/**", (route) => route.abort("connectionrefused"));
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByText("nothing was counted as wrong")).toBeVisible();
  await expect(page.getByText("3 of 6 runs").first()).toBeVisible();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByText("Finished").first()).toBeVisible();

  const results = page.getByRole("region", { name: "Results" });
  await expect(results.getByRole("row")).toHaveText([/^Mode/, /^Draft model alone/, /^Base model alone.*66\.7%/]);
  await page.locator("summary").filter({ hasText: "Take the number 40" }).click();
  await expect(page.getByText("9".repeat(10_000))).toBeVisible();
  await page.locator("summary").filter({ hasText: "Take the number 50" }).click();
  const root = page.getByRole("row").filter({ has: page.getByRole("link", { name: "Open the run: root, Base model alone" }) });
  await expect(root).toContainText(/right.*60.*boxed · symbolically/);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: "test-results/evaluate.png", fullPage: true });

  expect(JSON.parse(await download(page, "JSON"))).toMatchObject({ dataSet: "mine.jsonl", summary: [{ mode: "draft", runs: 3 }, { mode: "base", runs: 3, right: 2 }], outcomes: Array.from({ length: 6 }, () => ({ problem: expect.any(String) })) });
  expect((await download(page, "CSV")).split("\r\n")).toHaveLength(7);
  expect(await download(page, "Markdown")).toContain("| base | – | 66.7 % of 3");

  await root.getByRole("link").click();
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("60");
  await expect(page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author=base]").first()).toBeVisible();
});
