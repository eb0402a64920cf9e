import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "playwright/test";
import { views } from "../../src/app/frame/views.ts";
import { runFileOf } from "../support/filed-run.ts";
import { watchContext } from "../support/watch-page.ts";

const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };

/** A run with all that a usual one shows: accepted and corrected steps, formulas, code, a table, a link, an answer. */
const run = runFileOf({
  id: "55555555-5555-4555-8555-555555555555",
  problem: "A box holds 81 coins. Put in 28 more. Take away 6. What is the result?",
  steps: [
    { draft: "First, $81 + 28 = 109$.", score: 8.6 },
    { draft: "Then 109 - 6 = 105.", score: 1.4, correction: "Then \\(109 - 6 = 103\\), see [addition](https://the.example/addition) and `109 - 6`." },
    { draft: "| step | coins |\n|---|---|\n| add | 109 |\n| take | 103 |\n\n\\[\\frac{81 + 28 - 6}{1} = 103\\]", score: 7.2 },
  ],
  answer: "\\boxed{103}",
});

const settled = (page: Page): Promise<unknown> => page.evaluate(() => document.fonts.ready);

async function check(page: Page, what: string): Promise<void> {
  await settled(page);
  await test.step(what, async () => {
    for (const size of [narrow, wide]) {
      await page.setViewportSize(size);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${what}: overflows at ${size.width} px`).toBeLessThanOrEqual(size.width);
    }
    const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  });
}

for (const [language, locale] of [["English", "en-US"], ["Chinese", "zh-CN"]] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${language}, ${colorScheme}`, () => {
      test.use({ locale, colorScheme, viewport: wide });
      test("every page: axe finds nothing, nothing overflows on a phone, no error in the console, no report of the policy", async ({ page, context }) => {
        const complaints = await watchContext(context);
        await page.goto("/");
        await expect(page.locator("textarea").first()).toBeVisible();
        await check(page, "empty");
        await page.locator("input[type=file][accept*=json]").first().setInputFiles({ name: "runs.json", mimeType: "application/json", buffer: Buffer.from(run) });
        await page.goto("/#run=55555555-5555-4555-8555-555555555555");
        await expect(page.locator("[data-verdict=corrected] math").first()).toBeVisible();
        await check(page, "solved");
        await page.getByRole("banner").getByRole("button").filter({ has: page.locator("svg") }).last().click();
        await expect(page.getByRole("dialog")).toBeVisible();
        await check(page, "Settings");
        await page.getByRole("dialog").locator("button").last().press("Escape");
        for (const { name } of views) {
          await page.goto(`/#${name}`);
          await expect(page.locator("main#view").locator("h2, h3, form, button").first()).toBeVisible();
          // The run above has a right and a wrong step.
          if (name === "calibrate") await expect(page.getByRole("img")).toHaveCount(2);
          await check(page, name);
        }
        expect(complaints.all).toEqual([]);
      });
    });
  }
}
