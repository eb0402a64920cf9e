import { expect, test, type Page } from "playwright/test";
import { writeShareLink } from "../../src/runs/share-link.ts";
import { runFileOf, type FiledRun } from "../support/filed-run.ts";
import { hostileTexts } from "../support/hostile-text.ts";
import { watchContext } from "../support/watch-page.ts";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const steps = (page: Page) => page.getByRole("list", { name: "Reasoning steps" }).locator("li.step");

/** On a wide window and on a phone the page is as wide as the window; nothing that reorders text is left in it but the page's own isolates, which end. */
async function expectCalm(page: Page): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width} px`).toBeLessThanOrEqual(width);
  }
  expect(await page.evaluate(() => /[\u202A-\u202E\u2066\u2067]|\u2068[^\u2069]*(?:\u2068|$)/.exec(document.body.innerText)?.[0])).toBeUndefined();
}

/** Brings every step to the screen, so that it is drawn. */
async function readAll(page: Page): Promise<void> {
  await steps(page).evaluateAll(async (items) => {
    for (const item of items) {
      item.scrollIntoView({ block: "center" });
      await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
    }
  });
}

test("whatever a model, a file, a link or an endpoint says: no script runs, no request leaves, the policy has nothing to report, and the page goes on", async ({ page, context, baseURL }) => {
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
  const names = texts.slice(0, 20).map((text) => text.slice(0, 2000));
  await context.route("**/base/v1/models", (route) => route.fulfill({ json: { object: "list", data: names.map((id) => ({ id, object: "model", max_model_len: 512 })) } }));
  await context.route("**/base/version", (route) => route.fulfill({ json: { version: some(1) } }));
  await context.route("**/base/api/version", (route) => route.fulfill({ json: {} }));
  await context.route(/\/base\/(?:v1\/completions|(?:de)?tokenize)$/, (route) => route.continue({ postData: { ...(route.request().postDataJSON() as object), model: "arithmetic-base" } }));

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
  await expectCalm(page);
  // Nothing of the texts became an element that acts.
  expect(await page.evaluate(() => document.querySelectorAll("main :is(script, iframe, object, embed, img, image, video, audio, base, meta, style, link, template, foreignObject), main [style*=url], main a:not([href^='#'], [href^='https:'], [href^='blob:'])").length)).toBe(0);
  for (const link of await page.locator("main a[href^='https:']").all()) await expect(link).toHaveAttribute("rel", /noopener noreferrer/);

  await page.goto(`/${await writeShareLink(runFileOf(linked))}`);
  await page.reload();
  await expect(page.getByRole("article", { name: "A shared run" })).toBeVisible();
  await expectCalm(page);

  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: "Test connection", exact: true }).click();
  await expect(dialog).toContainText("Models: ");
  await expectCalm(page);
  await dialog.getByRole("button", { name: "Done" }).click();

  // The page still does what it is asked to.
  await page.getByRole("textbox", { name: "Problem" }).fill(names.join(" "));
  await expect(page.getByRole("button", { name: "Solve", exact: true })).toBeVisible();
  expect({ trapped, left, complaints: complaints.all }).toEqual({ trapped: [], left: [], complaints: [] });
});

test("a name that is not this server's own leads to nothing, whatever it is made to point to", async ({ request }) => {
  for (const path of ["/", "/base/v1/models", "/v1/models"]) expect((await request.get(path, { headers: { host: "rebound.example" } })).status(), path).toBe(403);
  expect((await request.get("/base/v1/models")).status()).toBe(200);
});
