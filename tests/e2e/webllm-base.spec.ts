import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "playwright/test";
import { startModelServer } from "../support/model-server.ts";
import { dialog, openShelf, scriptedProblem, solve, withModels } from "../support/shelf-page.ts";
import { watchWorkers, withScriptedWorker } from "../support/watch-workers.ts";

// A service worker would fetch past the page's routes.
test.use({ serviceWorkers: "block" });

let server: Awaited<ReturnType<typeof startModelServer>>;
test.beforeAll(async () => { server = await startModelServer(); });
test.afterAll(() => server.close());

const asked = { format: "chatml", instruction: "none" };
const mlc = (name: string) => ({ source: "mlc", ...server.mlc(name), ...asked });
/** Gets the second step wrong. */
const careless = () => mlc("careless");
const onDevice = (device: Readonly<Record<string, unknown>>) => ({ where: "device", device });
const steps = (page: Page) => page.getByRole("list", { name: "Reasoning steps" }).locator("> li[data-author]");
const standing = (page: Page) => steps(page).evaluateAll((items) => items.map(({ dataset: { author, verdict } }) => `${author} ${verdict}`));
const answer = (page: Page) => page.getByRole("region", { name: "Answer" });

test("a base model in WebLLM scores and corrects what a draft model in WebLLM writes, each in its worker, and nothing is sent", async ({ page }) => {
  const sent: string[] = [];
  page.on("request", (request) => { if (request.method() !== "GET" || request.url().includes("/base/")) sent.push(request.url()); });
  await withScriptedWorker(page);
  const workers = await watchWorkers(page);
  await withModels(page, careless(), onDevice(mlc("good")));
  await solve(page, scriptedProblem);
  expect(await standing(page)).toEqual(["draft accepted", "base corrected"]);
  expect(Number(await steps(page).first().getAttribute("data-score"))).toBeGreaterThan(8.5);
  await expect(steps(page).nth(1)).toContainText("Then, 8 - 2 = 6.");
  await expect(answer(page)).toContainText("6");
  const [base = [], draft = []] = await workers.prompts();
  expect(base.map((prompt) => (prompt.endsWith("Score: ") ? "score" : "write"))).toEqual(["score", "score", "write"]);
  expect(draft.filter((prompt) => prompt.endsWith("Score: "))).toEqual([]);
  expect(sent).toEqual([]);
  // The next run finds both open.
  await page.getByRole("button", { name: "Run again" }).click();
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible();
  expect(await standing(page)).toEqual(["draft accepted", "base corrected"]);
  expect(await workers.prompts()).toHaveLength(2);
});

test("a reload in the middle of a correction keeps what is finished; Continue goes on from there", async ({ page }) => {
  await withScriptedWorker(page);
  await watchWorkers(page, [{ fault: "hang", after: 5 }]);
  await withModels(page, careless(), onDevice(mlc("good")));
  await page.getByRole("textbox", { name: "Problem" }).fill(scriptedProblem);
  await page.getByRole("button", { name: "Solve", exact: true }).click();
  await expect(page.getByRole("list", { name: "Reasoning steps" }).locator("> li").nth(1)).toContainText("Rejected draft, score 1.0");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(steps(page).first()).toHaveAttribute("data-verdict", "accepted");
  await expect(answer(page)).not.toContainText("6");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible();
  expect(await standing(page)).toEqual(["draft accepted", "base corrected"]);
  await expect(answer(page)).toContainText("6");
});

test("a base model whose graphics device is lost in mid-run is loaded again once and the run goes on; a second loss is told with a sentence, and the run is kept", async ({ page }) => {
  await withScriptedWorker(page);
  const workers = await watchWorkers(page, [{ fault: "destroy", after: 5 }, { fault: "destroy", after: 1000 }, { fault: "destroy", after: 1000 }]);
  await withModels(page, careless(), onDevice(mlc("good")));
  await solve(page, scriptedProblem);
  expect(await standing(page)).toEqual(["draft accepted", "base corrected"]);
  expect(await workers.prompts()).toHaveLength(3);
  await workers.plan({ fault: "destroy", after: 5 });
  await page.getByRole("button", { name: "Run again" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("A model does not fit this device’s memory.");
  await expect(alert).toContainText("choose a smaller model");
  await expect(alert).toContainText("All finished steps are kept.");
  await expect(steps(page).first()).toHaveAttribute("data-verdict", "accepted");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible();
  expect(await standing(page)).toEqual(["draft accepted", "base corrected"]);
});

for (const [name, draft, base, expected] of [
  ["llama.cpp drafts and WebLLM judges", () => ({}), () => mlc("good"), /^(draft accepted|base corrected)$/],
  ["WebLLM drafts and llama.cpp judges", careless, () => ({}), /^(draft accepted|base corrected)$/],
] as const)
  test(`${name}: a problem is solved`, async ({ page }) => {
    await withScriptedWorker(page);
    await withModels(page, draft(), onDevice(base()));
    await solve(page, scriptedProblem);
    const found = await standing(page);
    expect(found.length).toBeGreaterThan(1);
    for (const one of found) expect(one).toMatch(expected);
    await expect(answer(page)).toContainText("6");
  });

test("Settings offers the shelf's models as base model, says whether one fits beside the draft model and is here, and one's own MLC model by its addresses", async ({ page }) => {
  await page.addInitScript(() => { navigator.storage.estimate = () => Promise.resolve({ quota: 1e12, usage: 0 }); });
  await withScriptedWorker(page);
  await withModels(page, careless());
  await openShelf(page, "front");
  await dialog(page).getByLabel("Where it computes").selectOption({ label: "On this device, with no server" });
  const choice = dialog(page).getByLabel("Base model on this device");
  await expect(choice).toHaveValue("embedded");
  await choice.selectOption({ label: "Qwen3 8B, WebLLM on the GPU" });
  await expect(choice).toHaveAccessibleDescription(/of GPU memory.*(Fits this GPU|May be too large for this GPU).*It is not on this device yet/);
  await expect(dialog(page).getByRole("button", { name: "Download Qwen3 8B" }).last()).toBeVisible();
  await choice.selectOption({ label: "Any MLC model" });
  await dialog(page).getByLabel("Address of the weights").last().fill(server.mlc("good").mlcUrl);
  await dialog(page).getByLabel("Address of the library").last().fill(server.mlc("good").mlcLib);
  await dialog(page).getByLabel("What it is asked").last().selectOption("none");
  await dialog(page).getByRole("button", { name: "Download good" }).click();
  // Downloaded, it has a name among the others.
  await expect(choice.locator("option:checked")).toHaveText(/good.*WebLLM on the GPU/);
  await expect(choice).toHaveAccessibleDescription("Its weights fit this GPU beside the other model.");
  expect((await new AxeBuilder({ page }).include("dialog").analyze()).violations).toEqual([]);
  await choice.selectOption("embedded");
  await choice.selectOption({ label: await choice.locator("option", { hasText: "good" }).innerText() });
  await dialog(page).getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("nothing; both models work on it")).toBeVisible();
  await solve(page, scriptedProblem);
  expect(await standing(page)).toEqual(["draft accepted", "base corrected"]);
});
