import { expect, test, type Page } from "playwright/test";
import { writeShareLink } from "../../src/runs/share-link.ts";
import { runFileOf, type FiledRun } from "../support/filed-run.ts";
import { hostileTexts } from "../support/hostile-text.ts";
import { watchContext } from "../support/watch-page.ts";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const steps = (page: Page) => page.getByRole("list", { name: "Reasoning steps" }).locator("> li");

/** Brings every step to the screen, so that it is drawn. */
async function readAll(page: Page): Promise<void> {
  await steps(page).evaluateAll(async (items) => {
    for (const item of items) {
      item.scrollIntoView({ block: "center" });
      await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
    }
  });
}

// Not yet: with these texts the page was seen to grow wider than its window.
test.fixme("whatever a model, a file, a link or an endpoint says: no script runs, no request leaves, the policy has nothing to report, and the page goes on", async ({ page, context, baseURL }) => {
  console.log(`hostile texts with SEED=${seed}`);
  const texts = hostileTexts(seed, 200);
  let next = 0;
  const some = (count: number): string => Array.from({ length: count }, () => texts[next++ % texts.length]?.slice(0, 4000)).join(" ");
  const complaints = await watchContext(context);
  const trapped: string[] = [];
  const left: string[] = [];
  await context.exposeBinding("trapped", (_, what) => { trapped.push(String(what)); });
  context.on("request", (request) => { if (!/^(?:blob|data):/.test(request.url()) && new URL(request.url()).origin !== baseURL) left.push(request.url()); });
  await context.route(/evil\.example/, (route) => route.abort());
  // An endpoint whose models have such names.
  const names = texts.slice(0, 20).map((text) => text.slice(0, 300));
  await context.route("**/base/v1/models", (route) => route.fulfill({ json: { object: "list", data: names.map((id) => ({ id, object: "model", max_model_len: 512 })) } }));

  const linked: FiledRun = { id: "66666666-6666-4666-8666-666666666666", problem: some(2), title: some(1), draft: some(1), base: some(1), steps: [{ draft: some(2), score: 9 }], answer: some(1) };
  const filed: FiledRun = {
    id: "77777777-7777-4777-8777-777777777777", problem: some(3), title: some(1), draft: some(1), base: some(1), answer: some(4),
    steps: texts.map((draft, index) => (index % 9 === 0 ? { draft: draft.slice(0, 500), score: 1, correction: draft } : { draft, score: 8.2 })),
  };
  await page.goto("/");
  await page.locator("input[type=file][accept*=json]").first().setInputFiles({ name: "<img src=x onerror=trapped(1)>.json", mimeType: "application/json", buffer: Buffer.from(runFileOf(filed)) });
  await page.getByRole("button", { name: /^Open “/ }).click();
  await expect(steps(page)).toHaveCount(filed.steps.length);
  await readAll(page);
  await expect(page.getByRole("region", { name: "Answer" })).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.clientWidth);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  // Nothing of the texts became an element that acts.
  expect(await page.evaluate(() => document.querySelectorAll("main :is(script, iframe, object, embed, img, image, video, audio, base, meta, style, link, template, foreignObject), main [style*=url], main a:not([href^='#'], [href^='https:'], [href^='blob:'])").length)).toBe(0);
  for (const link of await page.locator("main a[href^='https:']").all()) await expect(link).toHaveAttribute("rel", /noopener noreferrer/);

  await page.goto(`/${await writeShareLink(runFileOf(linked))}`);
  await page.reload();
  await expect(page.getByRole("article", { name: "A shared run" })).toBeVisible();

  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: "Test connection", exact: true }).click();
  await expect(dialog).toContainText("Models: ");
  await dialog.getByRole("button", { name: "Done" }).click();

  // The page still does what it is asked to.
  await page.getByRole("textbox", { name: "Problem" }).fill(names.join(" "));
  await expect(page.getByRole("button", { name: "Solve", exact: true })).toBeVisible();
  expect({ trapped, left, complaints: complaints.all }).toEqual({ trapped: [], left: [], complaints: [] });
});
