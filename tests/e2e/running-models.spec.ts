import { expect, test, type Page } from "playwright/test";
import { startModelServer } from "../support/model-server.ts";
import { problem, scriptedProblem, solve, withModels } from "../support/shelf-page.ts";
import { watchWorkers, withScriptedWorker } from "../support/watch-workers.ts";

// A service worker would fetch past the page's routes.
test.use({ serviceWorkers: "block" });

let server: Awaited<ReturnType<typeof startModelServer>>;
test.beforeAll(async () => { server = await startModelServer(); });
test.afterAll(() => server.close());

/** The first step is accepted and the draft model writes the second. */
async function secondStepBegun(page: Page): Promise<void> {
  const steps = page.getByRole("list", { name: "Reasoning steps" }).locator("> li");
  await expect(steps.first()).toHaveAttribute("data-verdict", /accepted|corrected/);
  await expect(steps.nth(1)).toBeVisible();
}

test.describe("an MLC model by its addresses", () => {
  test("drafts in a worker on a GPU device; a device lost in mid-run is loaded again once and the run goes on from its last accepted step; a second loss suggests a smaller model", async ({ page }) => {
    await withScriptedWorker(page);
    const workers = await watchWorkers(page, [{ fault: "destroy", after: 16 }]);
    await withModels(page, { source: "mlc", ...server.mlc("good"), format: "chatml", instruction: "none" });
    await solve(page, scriptedProblem);
    await expect(page.getByRole("region", { name: "Answer" })).toContainText("6");
    const pane = page.getByRole("region", { name: "Draft model" });
    await expect(pane).toContainText("WebLLM");
    await expect(pane).toContainText("The graphics device went away; the model was loaded again");
    await pane.getByText("Engine, speed and KV cache").click();
    await expect(pane).toContainText("scripted on a real device");
    await expect(pane).toContainText("Appending to the KV cache is right on this library and adapter.");
    await expect(pane).toContainText(/KV tokens reused\s*[1-9]/);
    const [before, after] = await workers.prompts();
    expect(before?.[0]?.endsWith("<think>\n")).toBe(true);
    expect(after?.[0]?.endsWith("First, 5 + 3 = 8.\n\n")).toBe(true);

    await workers.plan({ fault: "destroy", after: 16 });
    await page.getByRole("button", { name: "Run again" }).click();
    await expect(page.getByRole("alert")).toContainText("choose a smaller model");
    await expect(page.getByRole("alert")).toContainText("All finished steps are kept.");
    await expect(page.getByRole("list", { name: "Reasoning steps" }).locator("[data-verdict=accepted]")).toHaveCount(1);
    // Who has made room may go on all the same.
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("region", { name: "Answer" })).toContainText("6");
    expect((await workers.prompts())[2]?.[0]?.endsWith("First, 5 + 3 = 8.\n\n")).toBe(true);
  });

  test("whose worker hangs in mid-run is started again in a new one, and the run goes on from its last accepted step", async ({ page }) => {
    await withScriptedWorker(page);
    const workers = await watchWorkers(page, [{ fault: "hang", after: 16 }]);
    await page.clock.install();
    await withModels(page, { source: "mlc", ...server.mlc("good"), format: "chatml", instruction: "none" });
    await page.getByRole("textbox", { name: "Problem" }).fill(scriptedProblem);
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    await secondStepBegun(page);
    // Longer than a worker may be silent.
    await page.clock.fastForward(125_000);
    await expect(page.getByRole("button", { name: "Run again" })).toBeVisible();
    await expect(page.getByRole("region", { name: "Answer" })).toContainText("6");
    await expect(page.getByRole("region", { name: "Draft model" })).toContainText("stopped answering; it was loaded again");
    expect((await workers.prompts())[1]?.[0]?.endsWith("First, 5 + 3 = 8.\n\n")).toBe(true);
  });
});

test("llama.cpp's worker killed in mid-run is replaced, and the run goes on from its last accepted step", async ({ page }) => {
  const workers = await watchWorkers(page, [{ fault: "kill", inCall: 2 }]);
  await page.clock.install();
  await withModels(page);
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await page.getByRole("button", { name: "Solve", exact: true }).click();
  await expect.poll(workers.killed).toBe(1);
  const first = page.getByRole("list", { name: "Reasoning steps" }).locator("> li").first();
  await expect(first).toHaveAttribute("data-verdict", /accepted|corrected/);
  const kept = await first.innerText();
  // Longer than a worker may be silent.
  await page.clock.fastForward(125_000);
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("14");
  await expect(page.getByRole("region", { name: "Draft model" })).toContainText("stopped answering; it was loaded again");
  expect(await first.innerText()).toBe(kept);
});

test("a model is measured at rest, once: a run that begins meanwhile has the device at once, and what was measured is kept over a reload", async ({ page }) => {
  type Seen = { calls: number; interrupt: number };
  await page.addInitScript(() => {
    const seen: Seen = { calls: 0, interrupt: -1 };
    let interrupted = false;
    const { Worker: RealWorker } = window;
    window.Worker = class extends RealWorker {
      override postMessage(message: unknown, ...rest: readonly never[]): void {
        const action = typeof message === "object" && message !== null && "args" in message && Array.isArray(message.args) ? String(message.args[0]) : "";
        if (action === "completion") seen.calls += 1;
        if (action !== "get_result" || seen.calls !== seen.interrupt) return super.postMessage(message, ...rest);
        // A reader presses Solve in the middle of the measurement, which from then on would take seconds.
        if (!interrupted) [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Solve")?.click();
        interrupted = true;
        setTimeout(() => super.postMessage(message, ...rest), 300);
      }
    };
    Object.assign(window, { seen });
  });
  const calls = () => page.evaluate(() => (window as unknown as { seen: Seen }).seen.calls);
  const measured = () => page.evaluate(() => localStorage.getItem("specreason.measured"));
  const pane = page.getByRole("region", { name: "Draft model" });
  const speeds = /Measured at rest\s*[\d.,]+ \/ [\d.,]+ tokens\/s/;
  await page.clock.install();
  await withModels(page);
  await solve(page, problem);
  await pane.getByText("Engine, speed and KV cache").click();
  await expect(pane).not.toContainText("Measured at rest");
  const before = await page.evaluate(() => {
    const { seen } = window as unknown as { seen: Seen };
    seen.interrupt = seen.calls + 1;
    return seen.calls;
  });
  await page.clock.fastForward(61_000);
  // The measurement's, and those of the run's steps.
  await expect.poll(calls).toBeGreaterThan(before + 2);
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("14");
  expect(await measured()).toBeNull();

  await page.clock.fastForward(31_000);
  await expect(pane).toContainText(speeds);
  const kept = await measured();
  expect(kept).toContain("arithmetic-draft");
  await page.reload();
  await solve(page, problem);
  await pane.getByText("Engine, speed and KV cache").click();
  await expect(pane).toContainText(speeds);
  const after = await calls();
  await page.clock.fastForward(61_000);
  await page.clock.fastForward(31_000);
  expect([await calls(), await measured()]).toEqual([after, kept]);
});
