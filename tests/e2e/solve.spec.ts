import { readFileSync } from "node:fs";
import { expect, test, type Page } from "playwright/test";

type Problem = { readonly id: string; readonly problem: string; readonly answer: string };

const problems = readFileSync("public/problems/arithmetic.jsonl", "utf8").trim().split("\n").map((line) => JSON.parse(line) as Problem);

/** Solves a problem as a user would, and reads what the page shows of it. */
async function solve(page: Page, problem: string) {
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await page.getByRole("button", { name: "Solve", exact: true }).click();
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("The result is", { timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Stop" })).toBeHidden({ timeout: 60_000 });
  const steps = await page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author]").evaluateAll((items) =>
    items.map((item) => ({ author: item.getAttribute("data-author"), verdict: item.getAttribute("data-verdict"), score: item.getAttribute("data-score") })));
  return { steps, answer: await page.getByRole("region", { name: "Answer" }).innerText() };
}

test("twenty problems are solved in the page with the embedded pair: steps accepted and corrected by score, answers right", async ({ page }) => {
  test.setTimeout(600_000);
  await page.goto("/");
  let right = 0;
  const verdicts: string[] = [];
  for (const { problem, answer } of problems.slice(0, 20)) {
    const shown = await solve(page, problem);
    if (new RegExp(`(^|\\D)${answer}(\\D|$)`).test(shown.answer)) right += 1;
    for (const step of shown.steps) {
      verdicts.push(`${step.author} ${step.verdict}`);
      expect(["accepted", "corrected"]).toContain(step.verdict);
      if (step.author === "draft") expect(Number(step.score)).toBeGreaterThanOrEqual(7);
      if (step.verdict === "corrected" && step.score !== null) expect(Number(step.score)).toBeLessThan(7);
    }
  }
  const counts = Object.fromEntries([...new Set(verdicts)].map((name) => [name, verdicts.filter((verdict) => verdict === name).length]));
  console.log(`${right} of 20 right; steps: ${JSON.stringify(counts)}`);
  expect(right).toBeGreaterThanOrEqual(16);
  expect(counts["draft accepted"] ?? 0).toBeGreaterThan(20);
  expect(counts["base corrected"] ?? 0).toBeGreaterThan(0);
});

test("a finished run survives a reload", async ({ page }) => {
  await page.goto("/");
  const [first] = problems;
  const { steps } = await solve(page, first?.problem ?? "");
  await page.reload();
  await expect(page.getByRole("region", { name: "Answer" })).toContainText(first?.answer ?? "", { timeout: 60_000 });
  await expect(page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author]")).toHaveCount(steps.length);
});
