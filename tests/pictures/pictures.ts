import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { encode } from "modern-gif";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright";
import { PNG } from "pngjs";
import { build } from "vite";
import { startApp } from "../live/servers/app.ts";
import { chromeArguments, findChrome } from "../support/find-chrome.ts";

const usage = `npm run pictures -- [--out docs]
  The README's pictures, made from the built page in Chromium while the embedded pair solves a problem over a link of 100 ms:
  page.png, page-dark.png, page-narrow.png, timeline.png and run.gif.
`;

const root = fileURLToPath(new URL("../..", import.meta.url));
const problem = "Start with 41. Take away 20. Decrease it by 12. Increase it by 97. Add 46. Subtract 85. Decrease it by 52. Add 33. Divide it by 2. Find the final number.";
/** A link of 100 ms, and a base model that writes 20 tokens a second. */
const shape = "rtt=0.1,tpot=0.05,ttft=0.1,score=0.16";
/** With this seed the draft model slips here and there. */
const policy = { mode: "auto", objective: "balanced", seed: 3 };

async function open(browser: Browser, address: string, theme: "light" | "dark", options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext({ locale: "en-US", serviceWorkers: "block", ...options })).newPage();
  await page.addInitScript((stored) => localStorage.setItem("specreason.settings", stored), JSON.stringify({ policy, theme }));
  await page.goto(address);
  await page.getByRole("textbox", { name: "Problem" }).fill(problem);
  return page;
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const begin = (page: Page): Promise<void> => button(page, "Solve").click();
const finished = (page: Page): Promise<void> => button(page, "Run again").waitFor({ timeout: 120_000 });
const atTop = (page: Page): Promise<void> => page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));

/** The page while it solves the problem, as a GIF that takes as long as that did. */
async function filmed(page: Page): Promise<Uint8Array> {
  const frames: { readonly data: Buffer; readonly at: number }[] = [];
  const shoot = async (): Promise<void> => {
    const at = Date.now();
    frames.push({ data: await page.screenshot({ type: "png" }), at });
  };
  await shoot();
  await begin(page);
  while (!(await button(page, "Run again").isVisible())) {
    await shoot();
    await page.waitForTimeout(80);
  }
  await shoot();
  const lasts = 3000;
  const images = frames.map(({ data }) => PNG.sync.read(data));
  const [first] = images;
  if (first === undefined) throw new Error("There are no frames.");
  const gif = await encode({
    width: first.width, height: first.height, maxColors: 96,
    frames: images.map(({ data }, index) => ({ data: new Uint8ClampedArray(data), delay: (frames[index + 1]?.at ?? (frames[index]?.at ?? 0) + lasts) - (frames[index]?.at ?? 0) })),
  });
  return new Uint8Array(gif);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: "string", default: "docs" }, help: { type: "boolean", default: false } } });
  if (values.help) return void process.stdout.write(usage);
  await mkdir(values.out, { recursive: true });
  const keep = (name: string, bytes: Uint8Array): Promise<void> => writeFile(`${values.out}/${name}`, bytes);
  await build({ root, logLevel: "error" });
  const app = await startApp({ shape });
  const browser = await chromium.launch({ executablePath: findChrome(), args: chromeArguments });
  try {
    const wide = { viewport: { width: 1180, height: 900 }, deviceScaleFactor: 1.5 };
    for (const theme of ["light", "dark"] as const) {
      const page = await open(browser, app.origin, theme, wide);
      await begin(page);
      await finished(page);
      await atTop(page);
      await keep(theme === "light" ? "page.png" : "page-dark.png", await page.screenshot());
      if (theme === "light") {
        await page.getByText("Timeline", { exact: true }).click();
        await keep("timeline.png", await page.getByRole("application", { name: "Timeline of the run" }).screenshot());
      }
      await page.context().close();
    }
    const phone = await open(browser, app.origin, "light", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
    await begin(phone);
    await finished(phone);
    await atTop(phone);
    await keep("page-narrow.png", await phone.screenshot());
    await phone.context().close();
    await keep("run.gif", await filmed(await open(browser, app.origin, "light", { viewport: { width: 860, height: 820 } })));
  } finally {
    await browser.close();
    await app.process.stop();
  }
}

await main();
