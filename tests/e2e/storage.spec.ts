import { expect, test, type Page } from "playwright/test";

const problem = "Take the number 10. Double it. Take away 6. What is the result?";
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const steps = (page: Page) => page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author]");
const answer = (page: Page) => page.getByRole("region", { name: "Answer" });
const earlier = (page: Page) => page.getByRole("region", { name: "Earlier runs" }).getByRole("button", { name: /^Open “/ });

async function solve(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await button(page, "Solve").click();
  await expect(button(page, "Run again")).toBeVisible({ timeout: 120_000 });
}

test("a disk that is full ends no run: the page says what is not saved and why, and saves it once there is room", async ({ page }) => {
  await page.addInitScript(() => {
    Object.assign(globalThis, { diskFull: true });
    for (const kind of ["put", "add"] as const) {
      // oxlint-disable-next-line typescript/unbound-method -- it is called with its own `this` below
      const write = IDBObjectStore.prototype[kind];
      IDBObjectStore.prototype[kind] = function writeIfRoom(this: IDBObjectStore, ...all: Parameters<typeof write>) {
        if ((globalThis as unknown as { diskFull: boolean }).diskFull) throw new DOMException("The disk is full.", "QuotaExceededError");
        return write.apply(this, all);
      };
    }
  });
  await page.goto("/");
  await solve(page);
  await expect(answer(page)).toContainText("14");
  await expect(page.getByText(/not saved$/i)).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("The browser’s storage is full.");
  const shown = await steps(page).allInnerTexts();
  await page.evaluate(() => Object.assign(globalThis, { diskFull: false }));
  await page.getByRole("alert").getByRole("button", { name: "Try saving again" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(steps(page)).toHaveCount(shown.length);
  await expect(answer(page)).toContainText("14");
});

test("the browser clears the page's storage: an open run stays on the page, one asked for by its address is named as gone, and the next is solved and kept", async ({ page }) => {
  await page.goto("/");
  await solve(page);
  const address = page.url();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Storage.clearDataForOrigin", { origin: new URL(address).origin, storageTypes: "all" });
  await expect(answer(page)).toContainText("14");
  await page.goto("about:blank");
  await page.goto(address);
  await expect(page.getByText("This run is no longer stored.", { exact: false })).toBeVisible();
  await solve(page);
  await page.reload();
  await expect(answer(page)).toContainText("14");
  await expect(earlier(page)).toHaveCount(1);
});
