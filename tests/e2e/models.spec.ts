import { createHash } from "node:crypto";
import { expect, test, type Page } from "playwright/test";
import { largeFile, largeFileBytes } from "../support/harness/large-file.ts";
import { startModelServer } from "../support/model-server.ts";
import { buildWorker } from "../support/webllm-page/build-worker.ts";

// A service worker would fetch past the page's routes.
test.use({ serviceWorkers: "block" });

let server: Awaited<ReturnType<typeof startModelServer>>;
test.beforeAll(async () => { server = await startModelServer(); });
test.afterAll(() => server.close());

const dialog = (page: Page) => page.getByRole("dialog", { name: "Settings" });
const option = (page: Page, name: string) => dialog(page).getByRole("radio", { name, exact: true });

const more = (page: Page) => dialog(page).getByText(/^\d+ more models/);

async function openShelf(page: Page, how: "all" | "front" = "all"): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "Settings" }).click();
  await expect(option(page, "Built-in arithmetic model")).toBeVisible();
  if (how === "all" && (await option(page, "Qwen3 8B").count()) === 0) await more(page).click();
}

async function withModels(page: Page, draft: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await page.addInitScript((stored) => { if (localStorage.getItem("specreason.settings") === null) localStorage.setItem("specreason.settings", stored); }, JSON.stringify({ draft, policy: { mode: "sync" } }));
  await page.goto("/");
}

async function solve(page: Page, problem: string): Promise<void> {
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  await page.getByRole("button", { name: "Solve", exact: true }).click();
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible({ timeout: 120_000 });
}

type Fault = { readonly fault: "destroy" | "hang"; readonly after: number };
/** Of llama.cpp's worker: it is gone while it computes in its call of that number. */
type Kill = { readonly fault: "kill"; readonly inCall: number };
type Watched = { readonly workers: Worker[]; readonly prompts: string[][]; killed: number };

/** The workers the page starts, the prompts each was given, and how to lose one; `faults` are planned for the first, the second, … */
async function watchWorkers(page: Page, faults: readonly (Fault | Kill)[] = []) {
  await page.addInitScript((planned) => {
    const watched: Watched = { workers: [], prompts: [], killed: 0 };
    const { Worker: RealWorker } = window;
    window.Worker = class extends RealWorker {
      readonly #prompts: string[] = [];
      #kill: Kill | undefined;
      #calls = 0;
      #asked = 0;
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (!/webllm|^blob:/.test(String(url))) return;
        const fault = planned[watched.workers.push(this) - 1];
        watched.prompts.push(this.#prompts);
        if (fault?.fault === "kill") this.#kill = fault;
        else if (fault !== undefined) super.postMessage(fault);
      }
      override postMessage(message: unknown, ...rest: readonly never[]): void {
        if (typeof message === "object" && message !== null && "prompt" in message) this.#prompts.push(String(message.prompt));
        if (this.#kill !== undefined) this.#killWithin(this.#kill, message);
        super.postMessage(message, ...rest);
      }
      /** Told by wllama's own messages: a call, then one asking for each result. */
      #killWithin({ inCall }: Kill, message: unknown): void {
        const action = typeof message === "object" && message !== null && "args" in message && Array.isArray(message.args) ? String(message.args[0]) : "";
        if (action === "completion") this.#calls += 1;
        if (action === "get_result" && this.#calls === inCall) this.#asked += 1;
        if (this.#asked !== 3) return;
        this.terminate();
        watched.killed += 1;
        this.#kill = undefined;
      }
    };
    Object.assign(window, { watched });
  }, faults);
  return {
    prompts: () => page.evaluate(() => (window as unknown as { watched: Watched }).watched.prompts),
    plan: (fault: Fault) => page.evaluate((planned) => (window as unknown as { watched: Watched }).watched.workers.at(-1)?.postMessage(planned), fault),
    killed: () => page.evaluate(() => (window as unknown as { watched: Watched }).watched.killed),
  };
}

async function withScriptedWorker(page: Page): Promise<void> {
  const body = await buildWorker("scripted-worker");
  await page.route(/webllm-worker-[^/]*\.js/, (route) => route.fulfill({ contentType: "text/javascript", body, headers: { "cross-origin-embedder-policy": "credentialless" } }));
}

/** The first step is accepted and the draft model writes the second. */
async function secondStepBegun(page: Page): Promise<void> {
  const steps = page.getByRole("list", { name: "Reasoning steps" }).locator("> li");
  await expect(steps.first()).toHaveAttribute("data-verdict", /accepted|corrected/);
  await expect(steps.nth(1)).toBeVisible();
}

const problem = "Take the number 10. Double it. Take away 6. What is the result?";
/** The one the scripted model has a script for. */
const scriptedProblem = "Start with 5. Add 3. Then subtract 2. What is the result?";
const storedFolders = (page: Page) => page.evaluate(async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("models", { create: true });
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names.length;
});
const cachedUrls = (page: Page, part: string) => page.evaluate(async (wanted) => {
  const urls: string[] = [];
  for (const scope of await caches.keys()) for (const { url } of await (await caches.open(scope)).keys()) if (url.includes(wanted)) urls.push(url);
  return urls;
}, part);

test.describe("a GGUF file from an address", () => {
  test("is downloaded with bytes and speed, paused, resumed after a reload, and deleted without a trace", async ({ page }) => {
    await withModels(page);
    await openShelf(page);
    await option(page, "GGUF from an address").check();
    await dialog(page).getByLabel("Address of the GGUF file").fill(`${server.gguf("large.gguf")}?rate=4000000`);
    await dialog(page).getByLabel("SHA-256, if you know it").fill(createHash("sha256").update(largeFile(1)).digest("hex"));
    await dialog(page).getByRole("button", { name: "Download large" }).click();
    await expect(dialog(page).getByRole("progressbar", { name: "Download of large" })).toBeVisible();
    await expect(dialog(page)).toContainText(/of 20 MB · .*MB\/s · \d+ s left/);
    await expect(dialog(page)).toContainText(/(9\.\d|1\d) MB of 20 MB/);
    await dialog(page).getByRole("button", { name: "Pause large" }).click();
    await expect(dialog(page)).toContainText("8.4 MB of 20 MB on this device.");
    await page.reload();
    await openShelf(page);
    await dialog(page).getByRole("button", { name: "Resume large" }).click();
    await expect(dialog(page)).toContainText("20 MB on this device.");
    expect(server.requests.filter(({ path }) => path === "/gguf/large.gguf").map(({ range }) => range)).toEqual(["bytes=0-", `bytes=${8 * 1024 * 1024}-`]);
    await expect(dialog(page)).toContainText(/Models on this device: 20 MB\. The browser (keeps them|may clear them)/);
    await dialog(page).getByRole("button", { name: "Delete large" }).click();
    await expect(dialog(page).getByRole("button", { name: "Download large" })).toBeVisible();
    expect(await storedFolders(page)).toBe(0);
    expect(largeFileBytes).toBe(20_000_000);
  });

  test("that is another one than its hash says, is cut short, or has no room, is named as such; nothing but what can be resumed stays", async ({ page }) => {
    await page.addInitScript(() => {
      navigator.storage.estimate = () => Promise.resolve({ quota: sessionStorage.getItem("full") === null ? 1e12 : 5e6, usage: 0 });
    });
    await withModels(page, { source: "url", url: server.gguf("draft.gguf"), sha256: "a".repeat(64) });
    await openShelf(page);
    await dialog(page).getByRole("button", { name: "Download draft" }).click();
    await expect(dialog(page).getByRole("alert")).toContainText("not the model it should be");
    expect(await storedFolders(page)).toBe(0);
    await dialog(page).getByLabel("SHA-256, if you know it").fill("");
    await dialog(page).getByLabel("Address of the GGUF file").fill(server.gguf("cut-short.gguf"));
    await dialog(page).getByRole("button", { name: "Download cut-short" }).click();
    await expect(dialog(page).getByRole("alert")).toContainText("cut short");
    expect(await storedFolders(page)).toBe(0);
    await page.evaluate(() => sessionStorage.setItem("full", "yes"));
    await dialog(page).getByLabel("Address of the GGUF file").fill(server.gguf("large.gguf"));
    await dialog(page).getByRole("button", { name: "Download large" }).click();
    await expect(dialog(page).getByRole("alert")).toContainText("no room left");
    await page.evaluate(() => sessionStorage.clear());
    await dialog(page).getByLabel("Address of the GGUF file").fill(server.gguf("gone.gguf"));
    await dialog(page).getByRole("button", { name: "Download gone" }).click();
    await expect(dialog(page).getByRole("alert")).toContainText("404");
  });

  test("drafts, and the pane beside the run tells what computes, how fast, and what the KV cache saved; the shelf remembers the speed", async ({ page }) => {
    await withModels(page, { source: "url", url: server.gguf("draft.gguf"), format: "chatml", instruction: "none", contextTokens: 512 });
    await solve(page, problem);
    await expect(page.getByRole("region", { name: "Answer" })).toContainText("14");
    const pane = page.getByRole("region", { name: "Draft model" });
    await expect(pane).toContainText("llama.cpp");
    await expect(pane).toContainText("CPU");
    await pane.getByText("Engine, speed and KV cache").click();
    await expect(pane).toContainText(/Decode\s*[\d.,]+ tokens\/s/);
    await expect(pane).toContainText(/KV tokens reused\s*[1-9]/);
    await openShelf(page);
    await expect(dialog(page)).toContainText(/Measured here: prefill [\d.,]+ tokens\/s, decode [\d.,]+ tokens\/s/);
  });
});

test.describe("an MLC model by its addresses", () => {
  const weights = (urls: readonly string[]) => urls.filter((url) => url.endsWith(".bin")).map((url) => new URL(url).pathname);
  const asked = (path: string) => server.requests.filter((request) => request.path === path).length;

  test("is downloaded shard by shard, hash-checked, goes on with the shards that are there after a pause and after a tab that was closed, and is deleted with its library", async ({ page }) => {
    await withModels(page, { source: "mlc", ...server.mlc("slow") });
    await openShelf(page);
    await dialog(page).getByRole("button", { name: "Download slow" }).click();
    await expect(dialog(page)).toContainText(/MB of 0\.6 MB · .*\/s/);
    await expect(dialog(page)).toContainText(/0\.[45] MB of 0\.6 MB/);
    await dialog(page).getByRole("button", { name: "Pause slow" }).click();
    await expect(dialog(page).getByRole("button", { name: "Resume slow" })).toBeVisible();
    const kept = weights(await cachedUrls(page, "/mlc/slow"));
    expect(kept).not.toEqual([]);
    expect(kept.length).toBeLessThan(6);
    await page.reload();
    await openShelf(page);
    await expect(dialog(page)).toContainText(`0.${kept.length} MB of 0.6 MB on this device.`);
    await dialog(page).getByRole("button", { name: "Resume slow" }).click();
    await expect(dialog(page).getByRole("button", { name: "Pause slow" })).toBeVisible();
    // The tab goes in the middle of a shard.
    await page.reload();
    await openShelf(page);
    await dialog(page).getByRole("button", { name: "Resume slow" }).click();
    await expect(dialog(page)).toContainText("0.6 MB on this device.");
    expect(await cachedUrls(page, "/mlc/slow")).toHaveLength(11);
    expect(kept.map(asked)).toEqual(kept.map(() => 1));
    await dialog(page).getByRole("button", { name: "Delete slow" }).click();
    await expect(dialog(page).getByRole("button", { name: "Download slow" })).toBeVisible();
    expect(await cachedUrls(page, "/mlc/slow")).toEqual([]);
  });

  test("whose server breaks off, or that finds no room in mid-download, keeps its whole shards, says what to do and goes on with them", async ({ page, context }) => {
    await page.addInitScript(() => { navigator.storage.estimate = () => Promise.resolve({ quota: 1e12, usage: 0 }); });
    await withModels(page, { source: "mlc", ...server.mlc("cut-shard") });
    await openShelf(page);
    await dialog(page).getByRole("button", { name: "Download cut-shard" }).click();
    await expect(dialog(page).getByRole("alert")).toContainText("interrupted again and again");
    await expect(dialog(page)).toContainText("0.5 MB of 0.6 MB on this device.");
    await dialog(page).getByRole("button", { name: "Delete cut-shard" }).click();
    await expect.poll(() => cachedUrls(page, "/mlc/cut-shard")).toEqual([]);

    const devtools = await context.newCDPSession(page);
    const { origin } = new URL(page.url());
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 400_000 });
    await dialog(page).getByLabel("Address of the weights").fill(server.mlc("good").mlcUrl);
    await dialog(page).getByLabel("Address of the library").fill(server.mlc("good").mlcLib);
    const before = server.requests.length;
    await dialog(page).getByRole("button", { name: "Download good" }).click();
    await expect(dialog(page).getByRole("alert")).toContainText("no room left");
    const kept = weights(await cachedUrls(page, "/mlc/good"));
    expect(kept).not.toEqual([]);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    await dialog(page).getByRole("button", { name: "Resume good" }).click();
    await expect(dialog(page)).toContainText("0.6 MB on this device.");
    const again = server.requests.slice(before).map(({ path }) => path).filter((path) => kept.includes(path));
    expect(again.toSorted()).toEqual(kept.toSorted());
  });

  for (const [fault, sentence] of [["other-shard", "not the model it should be"], ["missing-shard", "404"]] as const)
    test(`with the fault ${fault} is named as such, leaves nothing, and leaves other models alone`, async ({ page }) => {
      await withModels(page, { source: "mlc", ...server.mlc("good") });
      await openShelf(page);
      await dialog(page).getByRole("button", { name: "Download good" }).click();
      await expect(dialog(page)).toContainText("0.6 MB on this device.");
      await dialog(page).getByLabel("Address of the weights").fill(server.mlc(fault).mlcUrl);
      await dialog(page).getByLabel("Address of the library").fill(server.mlc(fault).mlcLib);
      await dialog(page).getByRole("button", { name: `Download ${fault}` }).click();
      await expect(dialog(page).getByRole("alert")).toContainText(sentence);
      expect(await cachedUrls(page, `/mlc/${fault}`)).toEqual([]);
      expect(await cachedUrls(page, "/mlc/good")).toHaveLength(11);
      await expect(dialog(page).getByRole("button", { name: "Delete good" })).toBeVisible();
    });

  test("whose library is of another ABI fails in WebLLM's own worker as such, which comes only then; its weights and other models stay", async ({ page }) => {
    const webLlm: string[] = [];
    page.on("request", (request) => { if (/web-?llm-worker/.test(request.url())) webLlm.push(request.url()); });
    await withModels(page);
    await solve(page, problem);
    await page.evaluate((draft) => localStorage.setItem("specreason.settings", JSON.stringify({ draft, policy: { mode: "sync" } })), { source: "mlc", ...server.mlc("good"), format: "chatml", instruction: "none" });
    await page.reload();
    // Chosen, but not yet used: its 6 MB come with the first run.
    expect(webLlm).toEqual([]);
    await page.getByRole("textbox", { name: "Problem" }).fill(scriptedProblem);
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("a model for this WebLLM");
    expect(webLlm).not.toEqual([]);
    await page.getByText("Details").first().click();
    await expect(page.getByRole("alert")).toContainText("not made for WebLLM 0.2.86");
    await expect(page.getByRole("region", { name: "Draft model" })).toBeHidden();
    expect((await cachedUrls(page, "/mlc/good")).filter((url) => url.endsWith(".bin"))).toHaveLength(6);
  });

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

test.describe("the shelf on other machines", () => {
  type Fake = { readonly f16?: boolean; readonly maxBufferSize?: number; readonly storageBuffers?: number } | "none";
  const onMachine = async (page: Page, fake: Fake) => {
    await page.addInitScript((machine) => {
      if (machine === "none") {
        Reflect.deleteProperty(Navigator.prototype, "gpu");
        return;
      }
      const adapter = {
        info: { description: "Test GPU", vendor: "", architecture: "", isFallbackAdapter: false },
        features: new Set(machine.f16 === false ? [] : ["shader-f16"]),
        limits: { maxBufferSize: machine.maxBufferSize ?? 2 ** 32, maxStorageBufferBindingSize: 2 ** 31, maxComputeWorkgroupStorageSize: 32_768, maxStorageBuffersPerShaderStage: machine.storageBuffers ?? 10 },
      };
      GPU.prototype.requestAdapter = () => Promise.resolve(adapter as unknown as GPUAdapter);
      navigator.storage.estimate = () => Promise.resolve({ quota: 1e12, usage: 0 });
    }, fake);
    await withModels(page);
    await openShelf(page);
  };
  const facts = (page: Page, name: string) => option(page, name);

  test("with a GPU: Qwen3 1.7B is recommended, with size, memory, context and licence", async ({ page }) => {
    await onMachine(page, {});
    await expect(facts(page, "Qwen3 1.7B")).toHaveAccessibleDescription(/about 956 MB · 2\.1 GB of GPU memory · 1\.7 B parameters · 4,096 tokens of context · Apache-2\.0 Fits this GPU\.$/);
    await expect(dialog(page).getByText("Recommended here")).toHaveCount(1);
    await more(page).click();
    await expect(option(page, "Qwen3 4B")).toBeHidden();
    await expect(option(page, "Qwen3 1.7B")).toBeVisible();
    await more(page).click();
    await option(page, "Qwen3 4B").check();
    await expect(option(page, "Qwen3 4B")).toBeFocused();
    await page.reload();
    await openShelf(page, "front");
    await expect(option(page, "Qwen3 4B")).toBeChecked();
    await expect(option(page, "Qwen3 1.7B")).toBeVisible();
    await expect(option(page, "Qwen3 8B")).toBeHidden();
  });

  test("without 16-bit floats: the 32-bit versions", async ({ page }) => {
    await onMachine(page, { f16: false });
    await expect(facts(page, "Qwen3 1.7B")).toHaveAccessibleDescription(/about 1\.1 GB · 2\.8 GB of GPU memory .* 32-bit version/);
  });

  test("with little memory: a smaller one is recommended, a large one may not fit", async ({ page }) => {
    await onMachine(page, { maxBufferSize: 0.45 * 2 ** 30 });
    await expect(facts(page, "Qwen3 8B")).toHaveAccessibleDescription(/May be too large/);
    await expect(dialog(page).locator("div:has(> label)").filter({ hasText: "Recommended here" })).toContainText("Qwen3 0.6B");
  });

  for (const [machine, fake, why] of [["no WebGPU", "none", "no GPU"], ["a GPU below WebLLM's limits", { storageBuffers: 8 }, "below what WebLLM needs"]] as const)
    test(`with ${machine}: says so, recommends a model for the CPU, and what works goes on working`, async ({ page }) => {
      await onMachine(page, fake);
      await expect(dialog(page).getByRole("note")).toContainText(why);
      await expect(dialog(page).locator("div:has(> label)").filter({ hasText: "Recommended here" })).toContainText("GGUF");
      await expect(facts(page, "Qwen3 0.6B, GGUF Q8_0")).toHaveAccessibleDescription(/Slower than a GPU; up to \d+ CPU threads/);
      await option(page, "Qwen3 1.7B").check();
      await dialog(page).getByRole("button", { name: "Done" }).click();
      await page.getByRole("textbox", { name: "Problem" }).fill(problem);
      await page.getByRole("button", { name: "Solve", exact: true }).click();
      await expect(page.getByRole("alert")).toContainText("one that runs on the CPU");
      await openShelf(page);
      await option(page, "Built-in arithmetic model").check();
      await dialog(page).getByRole("button", { name: "Done" }).click();
      await solve(page, problem);
      await expect(page.getByRole("region", { name: "Answer" })).toContainText("14");
    });
});

test("the page is isolated for threads, and still reaches endpoints and models of other origins", async ({ page }) => {
  await withModels(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await page.evaluate(async (url) => (await fetch(url)).status, server.gguf("draft.gguf"))).toBe(200);
});
