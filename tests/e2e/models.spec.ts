import { createHash } from "node:crypto";
import { expect, test, type Page } from "playwright/test";
import { largeFile, largeFileBytes } from "../support/harness/large-file.ts";
import { startModelServer } from "../support/model-server.ts";
import { dialog, more, openShelf, option, problem, scriptedProblem, solve, withModels } from "../support/shelf-page.ts";

// A service worker would fetch past the page's routes.
test.use({ serviceWorkers: "block" });

let server: Awaited<ReturnType<typeof startModelServer>>;
test.beforeAll(async () => { server = await startModelServer(); });
test.afterAll(() => server.close());

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
