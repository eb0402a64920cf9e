import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type BrowserContext, type Page } from "playwright/test";
import { startStaticHost } from "../support/static-host.ts";

test.use({ serviceWorkers: "allow" });

const problem = "A box holds 81 coins. Add 28. Take away 6. Add 47. Divide it by 2. Take away 30. Double it. What number do you get?";
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const steps = (page: Page) => page.getByRole("list", { name: "Reasoning steps" }).locator("> li");

let host: Awaited<ReturnType<typeof startStaticHost>>;
test.beforeEach(async () => { host = await startStaticHost(); });
test.afterEach(async () => { await host.close(); });

const withSettings = (context: BrowserContext, settings: unknown) =>
  context.addInitScript((stored) => { if (localStorage.getItem("specreason.settings") === null) localStorage.setItem("specreason.settings", stored); }, JSON.stringify(settings));

/** A first visit; resolves once the app is kept and this page is served by it. */
async function visit(page: Page, address = host.address): Promise<void> {
  await page.goto(address);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) await new Promise((resolve) => { navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }); });
  });
}

async function solve(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await button(page, "Solve").click();
  await expect(button(page, "Run again")).toBeVisible({ timeout: 120_000 });
}

test("after one visit the app opens and solves without a network and without its server, and a reload keeps the run; in a folder of a host, too", async ({ page, context }) => {
  await host.close();
  host = await startStaticHost("/tools/specreason/");
  await withSettings(context, { policy: { mode: "draft" } });
  const missed: string[] = [];
  page.on("response", (response) => { if (response.status() === 404) missed.push(new URL(response.url()).pathname); });
  await visit(page);
  expect(missed.filter((path) => !path.endsWith("/v1/models"))).toEqual([]);
  await page.close();
  await context.setOffline(true);
  await host.close();
  const offline = await context.newPage();
  const begun = Date.now();
  await offline.goto(host.address);
  await expect(offline.getByRole("textbox", { name: "Problem" })).toBeVisible();
  console.log(`offline start, to the visible textbox: ${Date.now() - begun} ms; first contentful paint ${await offline.evaluate(async () => {
    const paint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    for (let wait = 0; wait < 50 && paint() === undefined; wait += 1) await new Promise((resolve) => { setTimeout(resolve, 20); });
    return Math.round(paint() ?? -1);
  })} ms`);
  await solve(offline);
  await expect(offline.getByRole("region", { name: "Answer" })).toContainText(/\d/);
  const shown = await steps(offline).allInnerTexts();
  expect(shown.length).toBeGreaterThan(3);
  await offline.reload();
  await expect(steps(offline)).toHaveCount(shown.length);
  await solve(offline);
});

test("both models on this device: drafting, scoring and correcting without a network", async ({ page, context }) => {
  await withSettings(context, { policy: { mode: "sync" }, base: { where: "device" } });
  await visit(page);
  await page.close();
  await context.setOffline(true);
  await host.close();
  const offline = await context.newPage();
  await offline.goto(host.address);
  await solve(offline);
  await expect(offline.getByRole("region", { name: "Answer" })).toContainText("90");
  await expect(steps(offline).and(offline.locator("[data-verdict=accepted]")).first()).toBeVisible();
});

test("a static host that sends no headers of isolation: the second visit is isolated all the same", async ({ page }) => {
  await visit(page);
  await page.reload();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test("a new version is offered, not forced; the old one stays whole until it is taken", async ({ page, context }) => {
  await withSettings(context, { policy: { mode: "draft" } });
  await visit(page);
  await page.evaluate(() => { Object.assign(globalThis, { stillHere: true }); });
  const other = await context.newPage();
  await other.goto(host.address);
  host.publishNewBuild();
  await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
  await expect(page.getByText("A new version of this page is ready.")).toBeVisible();
  await expect(other.getByText("A new version of this page is ready.")).toBeVisible();
  await solve(page);
  expect(await page.evaluate(() => "stillHere" in globalThis)).toBe(true);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await Promise.all([page.waitForEvent("load"), button(page, "Update now").click()]);
  expect(await page.evaluate(() => "stillHere" in globalThis)).toBe(false);
  await expect(page.getByText("A new version of this page is ready.")).toBeHidden();
  // The other tab is told, goes on, and can still load late parts of its own version.
  await expect(other.getByText("A new version runs in another tab.")).toBeVisible();
  const kept = () => other.evaluate(async () => {
    const keys = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().filter(({ url }) => /\/katex-/.test(url)).length;
  });
  expect(await kept()).toBe(1);
  await other.close();
  await page.close();
  const later = await context.newPage();
  await later.goto(host.address);
  await expect.poll(() => later.evaluate(async () => {
    const keys = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().filter(({ url }) => /\/katex-/.test(url)).length;
  })).toBe(0);
});

test("while a run is at work, updating waits", async ({ page, context }) => {
  await withSettings(context, { policy: { mode: "draft", tokenBudget: 20_000 } });
  await visit(page);
  host.publishNewBuild();
  await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
  await expect(button(page, "Update now")).toHaveAttribute("aria-disabled", "false");
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await button(page, "Solve").click();
  await expect(button(page, "Stop")).toBeVisible();
  await expect(button(page, "Update now")).toHaveAttribute("aria-disabled", "true");
  await button(page, "Update now").click();
  await expect(button(page, "Run again")).toBeVisible({ timeout: 120_000 });
  await expect(steps(page).first()).toBeVisible();
});

test("an endpoint's answers are asked for every time and kept nowhere", async ({ page, baseURL }) => {
  await visit(page, baseURL ?? "/");
  const answered = await page.evaluate(async () => {
    const served = [];
    for (const path of ["/base/v1/models", "/v1/models"]) served.push((await fetch(path)).status);
    const keys = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return { served, kept: keys.flat().map(({ url }) => new URL(url).pathname) };
  });
  expect(answered.served).toEqual([200, 200]);
  expect(answered.kept.filter((path) => /^\/(base|v1)\//.test(path))).toEqual([]);
  expect(answered.kept).toContain("/models/arithmetic-draft.gguf");
  // Opened as a page, an endpoint's address is the endpoint's, too.
  await page.goto(`${baseURL ?? ""}/base/v1/models`);
  await expect(page.locator("body")).toContainText("arithmetic-base");
});

test("it can be installed: manifest, icons and a service worker that is asked for anew", async ({ request, page }) => {
  const manifest = await request.get("/manifest.webmanifest");
  expect(manifest.headers()["content-type"]).toContain("application/manifest+json");
  const { icons } = await manifest.json() as { readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose?: string }[] };
  expect(icons.map(({ purpose }) => purpose)).toContain("maskable");
  await page.goto("/");
  for (const { src, sizes } of icons.filter(({ src: path }) => path.endsWith(".png"))) {
    expect(await page.evaluate(async (path) => {
      const { width, height } = await createImageBitmap(await (await fetch(path)).blob());
      return `${width}x${height}`;
    }, src)).toBe(sizes);
  }
  const worker = await request.get("/service-worker.js");
  expect(worker.headers()["content-type"]).toContain("javascript");
  expect(worker.headers()["cache-control"]).toMatch(/no-cache|no-store|max-age=0/);
});
