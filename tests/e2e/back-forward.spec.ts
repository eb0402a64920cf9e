import { expect, test, type Page } from "playwright/test";
import { chromeArguments, findChrome } from "../support/find-chrome.ts";

// Playwright turns the back/forward cache off.
test.use({ launchOptions: { executablePath: findChrome(), args: chromeArguments, ignoreDefaultArgs: ["--disable-back-forward-cache"] } });

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

async function solve(page: Page, problem: string): Promise<void> {
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await button(page, "Solve").click();
}

test("a page that was left comes back as it was, with its run, and solves the next problem", async ({ page }) => {
  await page.addInitScript(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    // oxlint-disable-next-line typescript/unbound-method -- it is called with its own `this` below
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function addEventListener(this: EventTarget, ...all: Parameters<typeof add>) {
      heard.push(all[0]);
      add.apply(this, all);
    };
  });
  await page.goto("/");
  await solve(page, "Take the number 10. Double it. Take away 6. What is the result?");
  await expect(button(page, "Run again")).toBeVisible();
  // Nothing that would keep it out of the cache, in any browser.
  const found = await page.evaluate(async () => ({
    heard: (globalThis as unknown as { heard: string[] }).heard, held: ((await navigator.locks.query()).held ?? []).map(({ name }) => name),
    handlers: [window.onunload, window.onbeforeunload],
  }));
  expect(found.heard).toContain("pageshow");
  expect(found.heard.filter((kind) => kind === "unload" || kind === "beforeunload")).toEqual([]);
  expect(found.held).toEqual([]);
  expect(found.handlers).toEqual([null, null]);
  await page.evaluate(() => addEventListener("pageshow", (event) => Object.assign(globalThis, { persisted: (event as PageTransitionEvent).persisted })));
  await page.goto("/icons/icon.svg");
  await page.goBack({ waitUntil: "commit" });
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as { persisted?: boolean }).persisted)).toBe(true);
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("14");
  await solve(page, "Take the number 54. Increase it by 27. Subtract 21. What is the result?");
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("60");
  await expect(button(page, "Run again")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("60");
});
