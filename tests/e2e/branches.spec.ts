import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Locator, type Page } from "playwright/test";

const problem = "Take the number 10. Double it. Take away 6. What is the result?";

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });
const steps = (page: Page) => page.getByRole("list", { name: "Reasoning steps" }).locator("> li");
const answer = (page: Page) => page.getByRole("region", { name: "Answer" });
const bar = (page: Page) => page.getByRole("region", { name: "Branches" });
const done = (page: Page) => expect(button(page, "Run again")).toBeVisible({ timeout: 120_000 });
const texts = (list: Locator) => list.locator(".rich-text").allInnerTexts();

/** The paper's loop, so that what is seen does not hang on how fast this machine is just now. */
async function solved(page: Page): Promise<void> {
  await page.addInitScript(() => { if (localStorage.getItem("specreason.settings") === null) localStorage.setItem("specreason.settings", JSON.stringify({ policy: { mode: "sync" } })); });
  await page.goto("/");
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await button(page, "Solve").click();
  await done(page);
  await expect(answer(page)).toContainText("14");
}

async function choose(page: Page, step: number, action: string): Promise<void> {
  await button(page, `Change step ${step}`).click();
  await page.getByRole("menuitem", { name: action }).click();
}

test("an edited step begins a branch with an answer of its own; the old one is read, compared, taken up again, and all outlasts a reload", async ({ page }) => {
  await solved(page);
  const before = await texts(steps(page));
  const doubled = before.findIndex((text) => text.includes("20"));
  const original = before[doubled] ?? "";
  await choose(page, doubled + 1, "Edit");
  const field = page.getByRole("textbox", { name: `Text of step ${doubled + 1}` });
  await expect(field).toBeFocused();
  await field.fill("one\n\ntwo");
  await expect(field).toHaveAccessibleDescription(/blank line ends a step/);
  await field.press("Escape");
  await expect(field).toBeHidden();
  await choose(page, doubled + 1, "Edit");
  await field.fill(original.replaceAll("20", "30"));
  await button(page, "Save and go on").click();
  await expect(bar(page)).toContainText("Branch 2 of 2");
  await expect(answer(page)).toContainText("24", { timeout: 120_000 });
  await done(page);
  await expect(steps(page).nth(doubled)).toHaveAttribute("data-author", "reader");
  await expect(steps(page).nth(doubled)).toHaveAttribute("data-verdict", "edited");
  expect((await texts(steps(page))).slice(0, doubled)).toEqual(before.slice(0, doubled));

  await page.reload();
  await expect(answer(page)).toContainText("24");
  await button(page, "Previous branch").click();
  await expect(bar(page)).toContainText("Branch 1 of 2");
  const old = page.getByRole("list", { name: "Steps of branch 1" }).locator("> li");
  await expect.poll(() => texts(old)).toEqual(before);
  await expect(old.nth(doubled)).toHaveAttribute("data-differs", "true");
  await page.screenshot({ path: "test-results/branches-old.png", fullPage: true });
  await button(page, "Compare with the current one").click();
  await expect(page.getByRole("list", { name: "Steps of branch 2" })).toContainText("30");
  await page.screenshot({ path: "test-results/branches-compared.png", fullPage: true });
  await button(page, "Make it the current one").click();
  await expect(answer(page)).toContainText("14");
  await expect(bar(page)).toContainText("Branch 1 of 2");
  await page.reload();
  await expect(answer(page)).toContainText("14");
  expect(await texts(steps(page))).toEqual(before);
});

test("the base model is asked for a step, a step is drafted again, and one is dropped with what follows until the run is continued", async ({ page }) => {
  await solved(page);
  await choose(page, 2, "Ask the base model");
  await expect(bar(page)).toContainText("Branch 2 of 2");
  await expect(answer(page).locator("math")).toBeVisible({ timeout: 120_000 });
  await done(page);
  await expect(steps(page).nth(1)).toHaveAttribute("data-author", "base");
  await expect(steps(page).nth(1)).toContainText("asked for");

  await choose(page, 1, "Draft again");
  await expect(bar(page)).toContainText("Branch 3 of 3");
  await expect(answer(page).locator("math")).toBeVisible({ timeout: 120_000 });
  await done(page);

  await choose(page, 2, "Drop from here");
  await expect(bar(page)).toContainText("Branch 4 of 4");
  await expect(steps(page)).toHaveCount(1);
  await expect(answer(page)).toContainText("No answer yet.");
  await page.reload();
  await expect(steps(page)).toHaveCount(1);
  await button(page, "Continue").click();
  await expect(answer(page).locator("math")).toBeVisible({ timeout: 120_000 });
});

test("the menu is worked by keyboard, and a base model that is away changes nothing and is named", async ({ page }) => {
  await solved(page);
  const before = await texts(steps(page));
  await button(page, "Change step 1").press("Enter");
  await expect(page.getByRole("menuitem", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Drop from here" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button(page, "Change step 1")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("menu")).toBeHidden();
  await expect(button(page, "Change step 2")).toBeFocused();
  await page.route("**/base/**", (route) => route.abort());
  await button(page, "Change step 1").press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("does not answer");
  // Its step was to go: the focus is where it stood, not lost.
  await expect(page.getByRole("heading", { name: "Reasoning steps" })).toBeFocused();
  await expect(bar(page)).toBeHidden();
  expect(await texts(steps(page))).toEqual(before);
  await expect(answer(page)).toContainText("14");
});

/** A run that waits for the verdict of its second step until `release` is called. */
async function begun(page: Page): Promise<{ readonly release: () => void }> {
  await page.addInitScript(() => localStorage.setItem("specreason.settings", JSON.stringify({ policy: { mode: "sync" } })));
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => { release = resolve; });
  await page.route("**/base/v1/completions", async (route) => {
    if (route.request().postData()?.includes("- 6") === true) await released;
    await route.continue().catch(() => undefined);
  });
  await page.goto("/");
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await button(page, "Solve").click();
  await expect(steps(page)).toHaveCount(2);
  return { release };
}

test("while the run goes on the menu says that it stops, an edit that changes nothing lets it go on, and another branch says so too", async ({ page }) => {
  const { release } = await begun(page);
  await button(page, "Change step 1").click();
  await expect(page.getByRole("menu")).toHaveAccessibleDescription(/^The run stops first\. /);
  await page.keyboard.press("Escape");
  await expect(button(page, "Stop")).toBeVisible();
  await choose(page, 1, "Edit");
  await expect(button(page, "Continue")).toBeVisible();
  const field = page.getByRole("textbox", { name: "Text of step 1" });
  await field.press("Control+Enter");
  await expect(button(page, "Stop")).toBeVisible();
  await expect(button(page, "Change step 1")).toBeFocused();

  await choose(page, 1, "Draft again");
  await expect(bar(page)).toContainText("Branch 2 of 2");
  await expect(page.getByRole("heading", { name: "Reasoning steps" })).toBeFocused();
  await button(page, "Previous branch").click();
  await expect(button(page, "Make it the current one")).toHaveAccessibleDescription(/stops it/);
  await button(page, "Make it the current one").click();
  await expect(bar(page)).toContainText("Branch 1 of 2");
  await expect(page.getByRole("heading", { name: "Reasoning steps" })).toBeFocused();
  release();
  await button(page, "Continue").click();
  await expect(answer(page)).toContainText("14", { timeout: 120_000 });
});

test("in a second tab nothing of the run can be changed while the first computes it, and the menu says why", async ({ page, context }) => {
  const { release } = await begun(page);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(steps(other)).toHaveCount(2);
  await button(other, "Change step 1").click();
  await expect(other.getByRole("menu")).toHaveAccessibleDescription("Another tab computes this run.");
  for (const item of await other.getByRole("menuitem").all()) await expect(item).toBeDisabled();
  await other.keyboard.press("Enter");
  await expect(other.getByRole("textbox", { name: "Text of step 1" })).toBeHidden();
  await expect(button(page, "Stop")).toBeVisible();
  release();
  await done(page);
  // It can be as soon as the other is done.
  await expect(other.getByRole("menuitem", { name: "Edit" })).toBeEnabled();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });
    test("axe finds nothing with the menu open, at the editor, on an old branch and in a comparison on a narrow screen", async ({ page }) => {
      const check = async (name: string): Promise<void> => {
        await page.screenshot({ path: `test-results/branches-${name}-${colorScheme}.png`, fullPage: true });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      };
      await solved(page);
      await button(page, "Change step 2").click();
      await check("menu");
      await page.keyboard.press("Escape");
      await choose(page, 2, "Drop from here");
      await choose(page, 1, "Edit");
      await check("editor");
      await page.keyboard.press("Escape");
      await page.setViewportSize({ width: 360, height: 740 });
      await button(page, "Previous branch").click();
      await check("old");
      await button(page, "Compare with the current one").click();
      await check("narrow");
    });
  });
}
