import { createHash } from "node:crypto";
import { expect, test, type Page } from "playwright/test";
import { startHarness } from "../support/harness/harness-server.ts";
import { largeFile, largeFileBytes } from "../support/harness/large-file.ts";

let harness: Awaited<ReturnType<typeof startHarness>>;
let page: Page;

const sha256 = (version: number) => createHash("sha256").update(largeFile(version)).digest("hex");
const whole = (version = 1) => ({ kind: "file", bytes: largeFileBytes, sha256: sha256(version) });
const rangesOf = (part: string) => harness.requests.filter(({ url }) => url.includes(part)).map(({ range }) => range);
const part = 8 * 1024 * 1024;

async function openPage(context: Page["context"] extends () => infer Context ? Context : never): Promise<Page> {
  const opened = await context.newPage();
  await opened.goto(harness.url);
  await opened.waitForFunction(() => "harness" in window);
  return opened;
}

type Options = Parameters<Window["harness"]["obtainFile"]>[1];
const obtain = (path: string, options: Options = {}, on = page) =>
  on.evaluate(([url, more]) => window.harness.obtainFile(url, more), [path, options] as const);

test.beforeEach(async ({ context }) => {
  harness = await startHarness();
  page = await openPage(context);
});

test.afterEach(() => harness.close());

test("a file is fetched once, in one request, and then comes from storage", async () => {
  expect(await obtain("/files/one.gguf", { sha256: sha256(1).toUpperCase() })).toMatchObject(whole());
  expect(await obtain("/files/one.gguf")).toMatchObject(whole());
  expect(rangesOf("one")).toEqual(["bytes=0-"]);
  expect(await page.evaluate(() => window.harness.listModelFiles())).toMatchObject([{ name: "one", bytes: largeFileBytes, storedBytes: largeFileBytes, complete: true }]);
});

test("a paused download goes on where it was after a reload", async () => {
  expect(await obtain("/files/pause.gguf", { pauseAt: 9_000_000 })).toMatchObject({ kind: "failed", error: "aborted" });
  expect(await page.evaluate(() => window.harness.listModelFiles())).toMatchObject([{ bytes: largeFileBytes, storedBytes: part, complete: false }]);
  await page.reload();
  await page.waitForFunction(() => "harness" in window);
  const resumed = await obtain("/files/pause.gguf", { sha256: sha256(1) });
  expect(resumed).toMatchObject(whole());
  expect(resumed.kind === "file" && (resumed.firstBytes ?? 0) > part).toBe(true);
  expect(rangesOf("pause")).toEqual(["bytes=0-", `bytes=${part}-`]);
});

test("a connection that breaks is taken up again at the byte where it broke", async () => {
  expect(await obtain("/files/cut.gguf?cut=6000000")).toMatchObject(whole());
  expect(rangesOf("cut").length).toBeGreaterThan(3);
  expect(rangesOf("cut").at(1)).toMatch(/^bytes=[1-9]\d+-$/);
});

test("a server that is busy for a while, and one that goes silent, are asked again", async () => {
  expect(await obtain("/files/busy.gguf?busy=2")).toMatchObject(whole());
  expect(await obtain("/files/silent.gguf?stall=3000000", { stallSeconds: 2 })).toMatchObject(whole());
  expect(rangesOf("silent")).toHaveLength(2);
});

test("a server that does not say how long the file is, is believed to its end", async () => {
  expect(await obtain("/files/secret.gguf?secret", { pauseAt: 9_000_000 })).toMatchObject({ error: "aborted" });
  expect(await obtain("/files/secret.gguf?secret")).toMatchObject(whole());
  expect(rangesOf("secret")).toEqual(["bytes=0-", `bytes=${part}-`]);
});

test("a server without ranges starts from the beginning", async () => {
  expect(await obtain("/files/plain.gguf?ranges=no", { pauseAt: 9_000_000 })).toMatchObject({ error: "aborted" });
  expect(await obtain("/files/plain.gguf?ranges=no")).toMatchObject(whole());
});

test("parts of an older version are thrown away when the file has changed", async () => {
  expect(await obtain("/files/new.gguf?versions", { pauseAt: 9_000_000 })).toMatchObject({ error: "aborted" });
  expect(await obtain("/files/new.gguf?versions")).toMatchObject(whole(2));
});

test("another hash than the expected one is a bad file that leaves nothing behind, and no other file is touched", async () => {
  expect(await obtain("/files/good.gguf")).toMatchObject(whole());
  expect(await obtain("/files/other.gguf", { sha256: sha256(2) })).toMatchObject({ error: "bad-file", message: expect.stringContaining("SHA-256") });
  expect(await page.evaluate(() => window.harness.listModelFiles())).toMatchObject([{ name: "good" }]);
  expect(await page.evaluate(() => window.harness.storedFolders())).toBe(1);
  // Asked for with a hash later, the kept file is compared, and fetched again where it is not the wanted one.
  expect(await obtain("/files/good.gguf", { sha256: sha256(1) })).toMatchObject(whole());
  expect(rangesOf("good")).toHaveLength(1);
});

test("a web page of megabytes is given up at its first bytes", async () => {
  expect(await obtain("/files/page.gguf?page")).toMatchObject({ error: "bad-file", message: expect.stringContaining("web page") });
  expect(await page.evaluate(() => window.harness.storedFolders())).toBe(0);
});

test("what a server refuses says so at once, with what to do", async () => {
  expect(await obtain("/files/gated.gguf?status=403")).toMatchObject({ error: "download-failed", message: expect.stringContaining("licence") });
  expect(await obtain("/files/gone.gguf?status=404")).toMatchObject({ error: "download-failed", message: expect.stringContaining("404") });
  expect(rangesOf("gated")).toHaveLength(1);
  expect(await page.evaluate(() => window.harness.storedFolders())).toBe(0);
});

test("deleting leaves nothing", async () => {
  await obtain("/files/delete.gguf", { pauseAt: 9_000_000 });
  await page.evaluate(() => window.harness.deleteModelFile("/files/delete.gguf"));
  expect(await page.evaluate(() => window.harness.storedFolders())).toBe(0);
});

test("two tabs that want the same file download it once", async ({ context }) => {
  const other = await openPage(context);
  const both = await Promise.all([obtain("/files/shared.gguf"), obtain("/files/shared.gguf", {}, other)]);
  expect(both).toMatchObject([whole(), whole()]);
  expect(rangesOf("shared")).toHaveLength(1);
});

test("storage that is too small is named before bytes are wasted, and in the middle of a download", async ({ context }) => {
  const devtools = await context.newCDPSession(page);
  const { origin } = new URL(harness.url);
  await page.evaluate(() => { navigator.storage.estimate = () => Promise.resolve({ quota: 12e6, usage: 2e6 }); });
  expect(await obtain("/files/full.gguf")).toMatchObject({ error: "storage-full", message: expect.stringMatching(/20 MB more.* 10 MB/) });
  // Chrome's own estimate does not know of this limit, as it does not know of a disk that fills up.
  await page.evaluate(() => { navigator.storage.estimate = () => Promise.resolve({ quota: 1e12, usage: 0 }); });
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 10_000_000 });
  expect(await obtain("/files/full.gguf")).toMatchObject({ error: "storage-full", message: expect.stringContaining("no room left") });
  await devtools.send("Storage.overrideQuotaForOrigin", { origin });
  expect(await obtain("/files/full.gguf")).toMatchObject(whole());
  expect(rangesOf("full").at(-1)).toBe(`bytes=${part}-`);
});

test("the embedded model loads without a network once it is there, engine included", async ({ context }) => {
  const first = await page.evaluate(() => window.harness.outcome());
  expect(first).toMatchObject({ kind: "loaded" });
  await page.reload();
  await page.waitForFunction(() => "harness" in window);
  await page.route(/\.(wasm|gguf)/, (route) => (route.request().resourceType() === "fetch" ? route.abort() : route.continue()));
  await page.evaluate(() => window.harness.outcome());
  await context.setOffline(true);
  expect(await page.evaluate(() => window.harness.outcome())).toEqual(first);
});

test("two tabs load the same model at the same time", async ({ context }) => {
  const other = await openPage(context);
  const both = await Promise.all([page, other].map((tab) => tab.evaluate(() => window.harness.outcome())));
  expect(both).toMatchObject([{ kind: "loaded" }, { kind: "loaded" }]);
});
