import { readFileSync } from "node:fs";
import { expect, test } from "playwright/test";
import { parseDataSet } from "../../src/evaluate/data-set.ts";
import { runFileOf, type FiledRun } from "../support/filed-run.ts";

/** Twelve runs of one right and one wrong step each; of the wrong ones two have a score near those of the right ones. */
const arithmetic = Array.from({ length: 12 }, (_, place): FiledRun => ({
  id: `9999999${place.toString(16)}-9999-4999-8999-999999999999`,
  problem: "Take the number 54. Increase it by 27. Subtract 21. What is the result?", answer: "\\boxed{60}",
  steps: [{ draft: "First, 54 + 27 = 81.", score: 8.9 }, { draft: "Next, 81 - 21 = 61.", score: place < 2 ? 7.5 : 1.5, correction: "Next, 81 - 21 = 60." }],
}));

/** One whose steps cannot be checked, but whose answer is known. */
const [known] = parseDataSet(readFileSync("public/problems/gsm8k-test.jsonl", "utf8")).problems;
const filed = [...arithmetic, { id: "aaaaaaaa-9999-4999-8999-999999999999", problem: known?.problem ?? "", answer: `\\boxed{${known?.answer}}`, steps: [{ draft: "A thought.", score: 8 }] }];

test("what the kept runs say about the base model's scores: a threshold for a wanted error rate, more of them collected, kept over a reload", async ({ page }) => {
  await page.goto("/");
  await page.locator("input[type=file][accept*=json]").first().setInputFiles({ name: "runs.json", mimeType: "application/json", buffer: Buffer.from(runFileOf(...filed)) });
  await expect(page.getByText("13 runs imported.")).toBeVisible();
  await page.goto("/#calibrate");
  const main = page.getByRole("main");
  const figure = (name: string) => main.getByText(name, { exact: true }).locator("xpath=..").getByRole("definition");
  await expect(figure("Right steps")).toHaveText("12");
  await expect(figure("Wrong steps")).toHaveText("12");
  await expect(figure("AUC")).toContainText("1 · 95% interval 0.758 to 1");
  await main.getByRole("combobox", { name: "A step counts as right if" }).selectOption("the answer of its run is right");
  await expect(main).toContainText("This is weak evidence");
  await expect(figure("Right steps")).toHaveText("1");
  await expect(main).toContainText("Too little to go by: 1 step right and 0 steps wrong");
  await main.getByRole("combobox", { name: "A step counts as right if" }).selectOption("its own arithmetic is right");
  await expect(main).toContainText("Threshold 8.2: 0.0% of the accepted steps are wrong. 50% of all steps are rejected and written by the base model, none of which was right.");
  await main.getByRole("textbox", { name: "Wanted error rate, %" }).fill("20");
  await expect(main).toContainText("Threshold 4.5: 14.3% of the accepted steps are wrong.");
  await main.getByRole("button", { name: "Use this threshold" }).click();
  await expect(main).toContainText("The threshold in Settings is 4.5.");

  await main.getByRole("combobox", { name: "Problems" }).selectOption("10");
  await main.getByRole("button", { name: "Collect", exact: true }).click();
  await expect(main).toContainText(/[2-9] of 10 problems/);
  await main.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(main.getByRole("button", { name: "Collect", exact: true })).toBeVisible();
  await expect(main.getByRole("combobox", { name: "Models" })).toHaveText(/arithmetic-base.*A draft model/s);
  await expect(figure("Runs")).toHaveText(/^(?:[2-9]|10)$/);
  const found = [await figure("Right steps").textContent(), await figure("Wrong steps").textContent()];
  expect(Number(found[0])).toBeGreaterThan(2);
  await page.reload();
  await expect(main.getByRole("combobox", { name: "Models" })).toBeVisible();
  expect([await figure("Right steps").textContent(), await figure("Wrong steps").textContent()]).toEqual(found);
  await expect(main).toContainText("The threshold in Settings, 4.5:");
});
