import { readFileSync } from "node:fs";
import { expect, test, type Page } from "playwright/test";

const problems = readFileSync("public/problems/arithmetic.jsonl", "utf8").trim().split("\n").map((line) => JSON.parse(line) as { readonly problem: string; readonly answer: string });
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

/** Solves one problem after another until the draft model, left alone, gets one wrong. Resolves to how many, and what is right of the last. */
async function solveUntilWrong(page: Page): Promise<{ readonly runs: number; readonly right: string }> {
  // The fifth goes right and the sixth wrong, as long as nothing changes how drafts are sampled.
  for (const [index, { problem, answer: right }] of problems.slice(4, 34).entries()) {
    await solve(page, problem);
    expect(new Set(await verdicts(page))).toEqual(new Set(["unverified"]));
    if (!new RegExp(`(^|\\D)${right}(\\D|$)`).test(await answer(page).innerText())) return { runs: index + 1, right };
  }
  throw new Error("The draft model got them all right.");
}

const withSettings = (page: Page, settings: unknown) =>
  page.addInitScript((stored) => { if (localStorage.getItem("specreason.settings") === null) localStorage.setItem("specreason.settings", stored); }, JSON.stringify(settings));

test("what is solved without the network is verified when it is back, in every run, and no further than a rejection; who looks elsewhere is told, and may have it corrected unasked", async ({ page, context }) => {
  test.setTimeout(600_000);
  await withSettings(page, { policy: { mode: "sync" } });
  await context.grantPermissions(["notifications"]);
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told, lookAway: () => Object.defineProperty(document, "hidden", { value: true }) });
    globalThis.Notification = new Proxy(Notification, { construct: (kind: typeof Notification, [title, options]: [string, NotificationOptions]) => {
      told.push(`${title} ${options.body}`);
      return new kind(title, options);
    } });
  });
  await page.goto("/");
  await solve(page, warmUp);
  await context.setOffline(true);
  const { runs, right } = await solveUntilWrong(page);
  await expect(verification(page)).toContainText(new RegExp(`\\d+ steps of ${runs} runs? waits? for arithmetic-base`));
  await page.evaluate(() => (globalThis as unknown as { lookAway: () => void }).lookAway());
  await context.setOffline(false);
  await expect(verification(page)).toContainText(/In \d runs? a step was rejected/, { timeout: 120_000 });
  await expect(verification(page)).not.toContainText(/waits? for/, { timeout: 120_000 });
  await expect(page.getByRole("region", { name: "A step was rejected" })).toBeVisible();
  const wrong = await page.getByRole("textbox", { name: "Problem" }).inputValue();
  // The problem stands there isolated from the words around it.
  expect(await page.evaluate(() => (globalThis as unknown as { told: string[] }).told)).toContain(`A step was rejected The base model rejects a step of “\u2068${wrong}\u2069”.`);
  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  await page.getByRole("combobox", { name: "A step rejected after the answer" }).selectOption("Correct it at once");
  await button(page, "Done").click();
  await expect(answer(page)).toContainText(new RegExp(`The answer changed from \\d+ to ${right}\\.`), { timeout: 120_000 });
});

test.describe("once the app is installed", () => {
  test.use({ serviceWorkers: "allow" });

  test("a run goes through offline, reload, close and open; back online it is verified, corrected on request, and says what became of its answer", async ({ page, context }) => {
    test.setTimeout(600_000);
    await withSettings(page, { policy: { mode: "sync" } });
    await page.goto("/");
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (navigator.serviceWorker.controller === null) await new Promise((resolve) => { navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }); });
    });
    await context.setOffline(true);
    await page.reload();
    const { runs, right } = await solveUntilWrong(page);
    const drafted = (await answer(page).innerText()).trim();
    await page.reload();
    await expect(answer(page)).toContainText(drafted.split("\n").at(-1) ?? "");
    expect(new Set(await verdicts(page))).toEqual(new Set(["unverified"]));
    const address = page.url();
    await page.close();

    const opened = await context.newPage();
    await opened.goto("/");
    // The endpoint was never asked: nobody knows yet what its model is called.
    await expect(verification(opened)).toContainText(new RegExp(`\\d+ steps of ${runs} runs? waits? for the endpoint’s first model`));
    await context.setOffline(false);
    await expect(verification(opened)).toContainText("a step was rejected", { timeout: 120_000 });
    await expect(verification(opened)).not.toContainText(/waits? for/, { timeout: 120_000 });
    await opened.goto(address);
    const rejection = opened.getByRole("region", { name: "A step was rejected" });
    await expect(rejection).toBeVisible();
    const before = await verdicts(opened);
    expect(before).toContain("unverified");
    await rejection.getByRole("button", { name: "Correct it and go on" }).click();
    await expect(answer(opened)).toContainText(new RegExp(`The answer changed from \\d+ to ${right}\\.`), { timeout: 120_000 });
    const after = await verdicts(opened);
    expect(after).toContain("corrected");
    expect(after).not.toContain("unverified");
  });
});

test("a run computed in one tab is shown live in another, and goes on there when the first is closed", async ({ page, context }) => {
  await withSettings(page, { policy: { mode: "sync" } });
  // The run is not to end before the first tab is closed.
  let asked = 0;
  await page.route("**/v1/completions", async (route) => {
    asked += 1;
    if (asked < 4) await route.continue();
  });
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
