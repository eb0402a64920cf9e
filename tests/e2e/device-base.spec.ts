import { readFileSync } from "node:fs";
import { expect, test } from "playwright/test";

type Problem = { readonly problem: string; readonly answer: string };

const problems = readFileSync("public/problems/arithmetic.jsonl", "utf8").trim().split("\n").map((line) => JSON.parse(line) as Problem);

test("with the base model on this device, steps are scored and corrected and nothing is sent", async ({ page }) => {
  test.setTimeout(300_000);
  const sent: string[] = [];
  page.on("request", (request) => { if (request.method() !== "GET" || request.url().includes("/base/")) sent.push(request.url()); });
  await page.goto("/");
  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByLabel("Where it computes").selectOption({ label: "On this device, with no server" });
  await expect(dialog.getByLabel("Endpoint address")).toBeHidden();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("nothing; both models work on it")).toBeVisible();

  const verdicts = new Set<string>();
  let right = 0;
  const tried = problems.slice(0, 10);
  for (const { problem, answer } of tried) {
    await page.getByRole("textbox", { name: "Problem" }).fill(problem);
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    await expect(page.getByRole("region", { name: "Answer" })).toContainText("The result is", { timeout: 120_000 });
    await expect(page.getByRole("button", { name: "Stop" })).toBeHidden({ timeout: 60_000 });
    if (new RegExp(`(^|\\D)${answer}(\\D|$)`).test(await page.getByRole("region", { name: "Answer" }).innerText())) right += 1;
    const steps = page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author]");
    for (const verdict of await steps.evaluateAll((items) => items.map((item) => `${item.getAttribute("data-author")} ${item.getAttribute("data-verdict")}`))) verdicts.add(verdict);
  }
  expect([...verdicts]).toEqual(expect.arrayContaining(["base corrected", "draft accepted"]));
  expect(right).toBeGreaterThanOrEqual(8);
  expect(sent).toEqual([]);

  // What the run cost, step by step.
  await page.getByText("Tokens, requests and time in detail").click();
  await page.getByText("Tokens step by step").click();
  const rows = page.getByRole("table").getByRole("row");
  // A step that the base model wrote in a stream of several has no draft and no score: any scored step will do.
  await expect(rows.filter({ hasText: /new.*written.*cached/s })).not.toHaveCount(0);
  await expect(rows.last()).toContainText("Answer");
});
