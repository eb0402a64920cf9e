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

test("verified later by the base model on this device, after a reload", async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto("/");
  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByLabel("Where it computes").selectOption({ label: "On this device, with no server" });
  await dialog.getByRole("combobox", { name: "Verification", exact: true }).selectOption({ label: "Later, when asked" });
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("textbox", { name: "Problem" }).fill(problems[0]?.problem ?? "");
  await page.getByRole("button", { name: "Solve", exact: true }).click();
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("The result is", { timeout: 120_000 });
  const steps = page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author]");
  const verdicts = () => steps.evaluateAll((items) => [...new Set(items.map((item) => item.getAttribute("data-verdict")))]);
  expect(await verdicts()).toEqual(["unverified"]);

  await page.reload();
  const waiting = page.getByRole("region", { name: "Verification" });
  await expect(waiting).toContainText(/\d+ steps of 1 run wait for arithmetic-base\./);
  await expect(waiting).toContainText("Put off; verified when you ask for it.");
  await waiting.getByRole("button", { name: "Verify now" }).click();
  // A rejection leaves the steps behind it for whoever decides about it.
  await expect(waiting.getByRole("button", { name: "Verify now" })).toBeHidden({ timeout: 120_000 });
  expect(await verdicts()).toContain("accepted");
});
