import { AxeBuilder } from "@axe-core/playwright";
import { readFile } from "node:fs/promises";
import { expect, test, type Page } from "playwright/test";

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, ...(typeof name === "string" ? { exact: true } : {}) });
const history = (page: Page) => page.getByRole("region", { name: "Earlier runs" });
const titles = (page: Page) => history(page).getByRole("button", { name: /^Open “/ });
const search = (page: Page) => history(page).getByRole("searchbox");

const policy = { mode: "draft", objective: "balanced", threshold: 7, scoring: "expectation", firstStepsByBase: 0, window: 4, stepTokens: 512, tokenBudget: 8192, answerTokens: 512, answerBy: "draft", temperature: 0.6, topP: 0.95, seed: 1, verify: "now" };
const model = { id: "m", name: "m" };

type Step = { readonly text: string };
const filed = (id: string, problem: string, steps: readonly Step[], title = "") => ({
  header: { version: 1, id, problem, createdAt: 1_700_000_000_000, draft: model, base: model, policy },
  title, updatedAt: 1_700_000_000_000,
  events: [
    { kind: "started", at: 0 },
    ...steps.flatMap(({ text }, index) => [
      { kind: "drafted", step: index, index, text, end: "blank-line", tokens: 5, promptTokens: 9, prefilledTokens: 9, firstTokenSeconds: 0.1, seconds: 0.2, at: index + 0.5 },
      { kind: "unverified", step: index, why: "alone", at: index + 0.6 },
    ]),
    { kind: "finished", at: steps.length + 1 },
  ],
});
const fileOf = (...runs: readonly unknown[]) => JSON.stringify({ format: "specreason-runs", version: 1, runs });

async function importText(page: Page, text: string): Promise<void> {
  await history(page).locator("input[type=file]").setInputFiles({ name: "runs.json", mimeType: "application/json", buffer: Buffer.from(text) });
}

const apples = filed("11111111-1111-4111-8111-111111111111", "How many apples are left?", [{ text: "Seven apples at first." }, { text: "Two are eaten." }]);
const chinese = filed("22222222-2222-4222-8222-222222222222", "小明有多少个苹果？", [{ text: "一开始有七个，吃掉两个。" }]);
const pears = filed("33333333-3333-4333-8333-333333333333", "How many pears?", [{ text: "Count them: twelve." }]);

test("runs of a file are kept, found by words of their problem and steps, Chinese too, and removed with undo", async ({ page }) => {
  await page.goto("/");
  await expect(history(page)).toContainText("Runs are kept in this browser");
  await expect(search(page)).toBeHidden();
  await importText(page, fileOf(apples, chinese, pears));
  await expect(history(page)).toContainText("3 runs imported.");
  await button(page, "Close").click();
  await expect(titles(page)).toHaveCount(3);
  await expect(history(page)).toContainText(/3 runs, [\d.]+ kB/);
  for (const [words, found] of [["eaten", "How many apples are left?"], ["吃掉", "小明有多少个苹果？"], ["twel", "How many pears?"]] as const) {
    await search(page).fill(words);
    await expect(titles(page)).toHaveCount(1);
    await expect(titles(page)).toHaveText(found);
  }
  await search(page).fill("bananas");
  await expect(titles(page)).toHaveCount(0);
  await expect(history(page)).toContainText("No run has all of these words");
  await search(page).fill("");
  await expect(titles(page)).toHaveCount(3);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await button(page, "Delete all").click();
  await expect(titles(page)).toHaveCount(0);
  await button(page, "Undo").click();
  await expect(titles(page)).toHaveCount(3);
  await button(page, "Delete all").click();
  await button(page, "Delete for good").click();
  await page.reload();
  await expect(history(page)).toContainText("Runs are kept in this browser");
});

test("deleting the run on the page clears it and the address; undo brings it back to the list", async ({ page }) => {
  await page.goto("/");
  await importText(page, fileOf(apples));
  await titles(page).click();
  await expect(page).toHaveURL(/#run=1111/);
  await button(page, /^Delete “How many apples/).click();
  await expect(page).not.toHaveURL(/#run=/);
  await expect(page.getByRole("list", { name: "Reasoning steps" })).toBeHidden();
  await page.reload();
  await expect(page.getByRole("alert").filter({ hasText: "no longer stored" })).toBeHidden();
});

test("by keyboard: a name is given, or left as it was, and the focus stays in the list; one deleted for good in another tab does not come back unsaid", async ({ page, context }) => {
  await page.goto("/");
  await importText(page, fileOf(apples, pears, filed("44444444-4444-4444-8444-444444444444", "", [{ text: "Whose?" }])));
  await expect(titles(page).filter({ hasText: "No name" })).toBeVisible();
  const rename = button(page, /^Rename “How many pears/);
  await rename.press("Enter");
  const name = history(page).getByRole("textbox", { name: "Name" });
  await name.fill("x".repeat(5000));
  await name.press("Escape");
  await expect(rename).toBeFocused();
  await page.keyboard.press("Enter");
  await name.fill("x".repeat(5000));
  await name.press("Enter");
  await expect(button(page, `Rename “${"x".repeat(200)}”`)).toBeFocused();
  await button(page, /^Delete “xxx/).press("Enter");
  await expect(page.getByRole("heading", { name: "Earlier runs" })).toBeFocused();

  const other = await context.newPage();
  await other.goto("/");
  await button(other, "Delete all").click();
  await button(other, "Delete for good").click();
  await expect(button(other, "Delete for good")).toBeHidden();
  await expect.poll(() => other.evaluate(() => new Promise((resolve) => {
    const opening = indexedDB.open("specreason-runs");
    opening.onsuccess = () => { const counting = opening.result.transaction("runs").objectStore("runs").count(); counting.onsuccess = () => { opening.result.close(); resolve(counting.result); }; };
  }))).toBe(0);
  await button(page, "Undo").click();
  await expect(history(page).getByRole("alert")).toContainText("no longer stored");
});

test("an export imports as the same runs, and nothing comes twice", async ({ page }) => {
  await page.goto("/");
  await importText(page, fileOf(apples, pears));
  await expect(titles(page)).toHaveCount(2);
  const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Export all").click()]);
  const text = await readFile(await download.path(), "utf8");
  await importText(page, text);
  await expect(history(page)).toContainText("2 runs kept as they are here.");
  await titles(page).filter({ hasText: "pears" }).click();
  const [one] = await Promise.all([page.waitForEvent("download"), button(page, /^Export “How many pears/).click()]);
  expect(one.suggestedFilename()).toBe("How-many-pears.specreason.json");
  const { runs } = JSON.parse(await readFile(await one.path(), "utf8")) as { readonly runs: readonly { readonly header: { readonly problem: string } }[] };
  expect(runs.map(({ header }) => header.problem)).toEqual(["How many pears?"]);
});

test("a run that went on differently in the file waits for a choice: both, mine or theirs", async ({ page }) => {
  const otherwise = filed(apples.header.id, "How many apples are left?", [{ text: "Nine apples at first." }]);
  await page.goto("/");
  await importText(page, fileOf(apples));
  await importText(page, fileOf(otherwise, pears));
  await expect(history(page)).toContainText("1 run went on differently here and in the file");
  await expect(titles(page)).toHaveCount(2);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole("radio", { name: "Keep mine" }).check();
  await button(page, "Go on").click();
  await expect(history(page)).toContainText("1 run imported.");
  await expect(titles(page)).toHaveCount(2);
  await search(page).fill("seven");
  await expect(titles(page)).toHaveCount(1);
  await importText(page, fileOf(otherwise));
  await button(page, "Go on").click();
  await search(page).fill("apples");
  await expect(titles(page)).toHaveCount(2);
  await importText(page, fileOf(filed(apples.header.id, "How many apples are left?", [{ text: "Eight apples at first." }])));
  await page.getByRole("radio", { name: "Take theirs" }).check();
  await button(page, "Go on").click();
  await expect(history(page)).toContainText("1 run imported.");
  await search(page).fill("seven");
  await expect(titles(page)).toHaveCount(0);
});

test("a file made by hand: what can be kept is kept, the rest is named; what is no run file changes nothing", async ({ page }) => {
  const broken = { ...apples, events: [apples.events[0], { ...apples.events[1], tokens: "many" }, { kind: "guessed" }, 7, ...apples.events.slice(2)] };
  await page.goto("/");
  await importText(page, fileOf(broken, "not a run"));
  await expect(history(page)).toContainText("1 run imported.");
  for (const path of ["runs[0].events[1].tokens", "runs[0].events[2]", "runs[0].events[3]", "runs[1]"]) await expect(history(page).getByText(path, { exact: true })).toBeVisible();
  for (const text of ["{ cut", JSON.stringify({ hello: 1 }), JSON.stringify({ format: "specreason-runs", version: 99, runs: [] })]) {
    await importText(page, text);
    await expect(history(page)).toContainText("Nothing was imported");
  }
  await expect(titles(page)).toHaveCount(1);
});

test("a file dropped on the list is imported", async ({ page }) => {
  await page.goto("/");
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "runs.json", { type: "application/json" }));
    return transfer;
  }, fileOf(apples));
  await history(page).dispatchEvent("dragover", { dataTransfer: data });
  await history(page).dispatchEvent("drop", { dataTransfer: data });
  await expect(titles(page)).toHaveCount(1);
});

test("a link holds a small run: opened elsewhere it is shown, kept only when asked, and never in place of another", async ({ page, context, browser }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/");
  await importText(page, fileOf(apples));
  await titles(page).click();
  await button(page, /^Copy a link/).click();
  await expect(history(page)).toContainText("The link is copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());

  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(link);
  await expect(elsewhere.getByRole("article", { name: "A shared run" })).toContainText("Seven apples at first.");
  await expect(titles(elsewhere)).toHaveCount(0);
  await elsewhere.reload();
  expect((await new AxeBuilder({ page: elsewhere }).analyze()).violations).toEqual([]);
  await button(elsewhere, "Keep it").click();
  await expect(titles(elsewhere)).toHaveCount(1);
  await expect(elsewhere).toHaveURL(/#run=1111/);
  await expect(elsewhere.getByRole("list", { name: "Reasoning steps" })).toContainText("Two are eaten.");

  // Where the run went on differently, the shared one is kept beside it.
  await importText(elsewhere, fileOf(filed(apples.header.id, "How many apples are left?", [{ text: "Nine apples." }])));
  await elsewhere.getByRole("radio", { name: "Take theirs" }).check();
  await button(elsewhere, "Go on").click();
  await expect(history(elsewhere)).toContainText("1 run imported.");
  await elsewhere.goto("about:blank");
  await elsewhere.goto(link);
  await button(elsewhere, "Keep it").click();
  await expect(titles(elsewhere)).toHaveCount(2);
  await elsewhere.context().close();
});

test("a link cut short is named as that; a run too long for a link is offered as a file", async ({ page }) => {
  await page.goto("/#run=eJyrVkrLL8pNLFGyUiouSE1OLEpNKs4vLS5JLVLSUSpLLSrOzM9TsjLUUUpMKcnPT1GyiqtWKsnMTQ");
  await expect(page.getByRole("alert").filter({ hasText: "cut short" })).toBeVisible();
  await button(page, "Dismiss").click();
  await expect(page).not.toHaveURL(/#run=/);
  let seed = 7;
  const noise = () => Array.from({ length: 40 }, () => { seed = (seed * 48_271) % 2_147_483_647; return seed.toString(36); }).join(" ");
  await importText(page, fileOf(filed(pears.header.id, "A long run", Array.from({ length: 200 }, () => ({ text: noise() })))));
  await titles(page).click();
  await button(page, /^Copy a link/).click();
  await expect(history(page)).toContainText("too long for a link");
  await Promise.all([page.waitForEvent("download"), button(page, /^Export “A long run/).click()]);
});

test("a long run opened from storage: every step is there, to read and to find, and what comes near the window is typeset", async ({ page }) => {
  const long = filed("44444444-4444-4444-8444-444444444444", "A long one", Array.from({ length: 150 }, (_, index) => ({ text: `Step ${index + 1} adds $x_{${index + 1}}$ to it.` })));
  await page.goto("/");
  await importText(page, fileOf(long));
  await titles(page).click();
  const steps = page.getByRole("list", { name: "Reasoning steps" }).locator("li.step");
  await expect(steps).toHaveCount(150);
  expect(await steps.evaluateAll((items) => items.every((item, index) => item.textContent.includes(`Step ${index + 1} adds`)))).toBe(true);
  await expect(steps.first().locator("math")).toBeVisible();
  await expect(steps.nth(100).locator("math")).toHaveCount(0);
  await steps.nth(100).scrollIntoViewIfNeeded();
  await expect(steps.nth(100).locator("math")).toBeVisible();
  await expect(button(page, "Change step 101")).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test("rows that cannot be read do not take the others with them", async ({ page }) => {
  await page.goto("/");
  await importText(page, fileOf(apples, pears));
  await expect(titles(page)).toHaveCount(2);
  await page.evaluate(() => new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open("specreason-runs");
    opening.addEventListener("error", () => reject(new Error("not opened")));
    opening.addEventListener("success", () => {
      const writing = opening.result.transaction(["progress", "events"], "readwrite");
      writing.objectStore("progress").put({ run: "11111111-1111-4111-8111-111111111111", shelf: 12 });
      writing.objectStore("events").put({ run: "11111111-1111-4111-8111-111111111111", sequence: 1, event: "garbage" });
      writing.addEventListener("complete", () => { opening.result.close(); resolve(); });
    });
  }));
  await page.reload();
  await expect(titles(page)).toHaveCount(2);
  await titles(page).filter({ hasText: "apples" }).click();
  await expect(page.getByRole("list", { name: "Reasoning steps" })).toContainText("Two are eaten.");
});

test("a newer version of the database: the older tab lets go of it and says so, and leaves it untouched", async ({ page, context }) => {
  await page.goto("/");
  await importText(page, fileOf(apples));
  await expect(titles(page)).toHaveCount(1);
  const newer = await context.newPage();
  await newer.route("**/newer-version", (route) => route.fulfill({ contentType: "text/html", body: "<title>newer</title>" }));
  await newer.goto("/newer-version");
  const runs = await newer.evaluate(() => new Promise<number>((resolve, reject) => {
    const opening = indexedDB.open("specreason-runs", 9000);
    opening.addEventListener("error", () => reject(new Error("not opened")));
    opening.addEventListener("success", () => {
      const counting = opening.result.transaction("runs").objectStore("runs").count();
      counting.addEventListener("success", () => { resolve(counting.result); opening.result.close(); });
    });
  }));
  expect(runs).toBe(1);
  await expect(page.getByText("A newer version of this app in another tab has taken over the stored runs.").first()).toBeVisible();
  await page.reload();
  await expect(page.getByText("The stored runs were written by a newer version of this app.").first()).toBeVisible();
});

test("an older tab that does not let go of the database: the page says what it waits for, and goes on by itself", async ({ page, context }) => {
  const older = await context.newPage();
  await older.route("**/older-version", (route) => route.fulfill({ contentType: "text/html", body: "<title>older</title>" }));
  await older.goto("/older-version");
  await older.evaluate(() => new Promise<void>((resolve) => {
    const opening = indexedDB.open("specreason-runs", 1);
    opening.addEventListener("success", () => { Object.assign(globalThis, { held: opening.result }); resolve(); });
  }));
  await page.goto("/");
  await expect(page.getByText("Another tab with an older version of this page holds the stored runs.")).toBeVisible();
  await older.close();
  await expect(page.getByText("Another tab with an older version of this page holds the stored runs.")).toBeHidden();
  await importText(page, fileOf(apples));
  await expect(titles(page)).toHaveCount(1);
});
