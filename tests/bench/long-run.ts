import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright";
import { build } from "vite";
import { chromeArguments, findChrome } from "../support/find-chrome.ts";
import { serveScript, type Received, type Scripted } from "../support/scriptable-endpoint.ts";
import { startStaticHost } from "../support/static-host.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export type LongRunFigures = {
  readonly steps: number;
  /** Main-thread milliseconds for each step, over the first and the last tenth of the run, written, drawn and saved. */
  readonly perStep: { readonly first: number; readonly last: number };
  /** Main-thread tasks over 50 ms: how many, and the longest, milliseconds. */
  readonly longTasks: Readonly<Record<"writing" | "opening" | "scrolling", { readonly count: number; readonly longest: number }>>;
  /** Milliseconds between frames while the whole run is scrolled by. */
  readonly frames: { readonly median: number; readonly p95: number; readonly longest: number };
  /** From a reload until the last step is in the list. */
  readonly openingMilliseconds: number;
};

const stepText = (number: number) =>
  `Step ${number}: we take the ${number}th number, $x_{${number}} = ${number * 7 % 113} + ${number % 17}$, **add** it to the sum so far, and note that it stays below the bound.\n\n`;

/** A base model that writes so many steps, each a few chunks, and then a short answer. */
function script(steps: number, pauseMilliseconds: number) {
  return ({ path, body }: Received): Scripted => {
    if (path === "/v1/models") return { kind: "answer", body: { object: "list", data: [{ id: "scripted", max_model_len: 1_000_000 }] } };
    if (path !== "/v1/completions") return { kind: "answer", status: 404, body: { detail: "Not Found" } };
    const written = Number([...String(body["prompt"]).matchAll(/Step (\d+):/g)].at(-1)?.[1] ?? 0);
    const numbers = Array.from({ length: steps - written }, (_, index) => written + index + 1);
    const pieces = numbers.length === 0 ? ["The sum is \\boxed{1}."] : numbers.flatMap((number) => stepText(number).match(/[^]{1,60}/g) ?? []);
    const chunk = (text: string, end: string | null) => `data: ${JSON.stringify({ id: "c", object: "text_completion", model: "scripted", choices: [{ index: 0, text, finish_reason: end, stop_reason: null }] })}\n\n`;
    return {
      kind: "stream", pauseMilliseconds, lastly: "end",
      chunks: [...pieces.map((piece) => chunk(piece, null)), chunk("", "stop"), "data: [DONE]\n\n"],
    };
  };
}

const longTasks = (page: Page) => page.evaluate(() => {
  const all = (globalThis as unknown as { longTasks: number[] }).longTasks.splice(0);
  return { count: all.length, longest: Math.round(Math.max(0, ...all)) };
});

/** A run of so many steps in the built page: written live, opened again, and scrolled. */
export async function measureLongRun(steps: number): Promise<LongRunFigures> {
  await build({ root, logLevel: "error" });
  const host = await startStaticHost();
  const endpoint = await serveScript(script(steps, 4), { allowedOrigins: [new URL(host.address).origin] });
  const browser = await chromium.launch({ executablePath: findChrome(), args: chromeArguments });
  try {
    const page = await (await browser.newContext({ serviceWorkers: "block", viewport: { width: 1280, height: 900 } })).newPage();
    await page.addInitScript((settings) => {
      localStorage.setItem("specreason.settings", settings);
      const kept: number[] = [];
      Object.assign(globalThis, { longTasks: kept });
      new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) kept.push(duration); }).observe({ type: "longtask", buffered: true });
    }, JSON.stringify({ base: { url: endpoint.url, model: "scripted" }, policy: { mode: "base", tokenBudget: 131_072, answerBy: "base" } }));
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable");
    const busy = async () => (await devtools.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
    const list = page.getByRole("list", { name: "Reasoning steps" }).locator("> li");
    const until = (count: number) => page.waitForFunction((least) => document.querySelectorAll("ol > li.step").length >= least, count, { timeout: 300_000, polling: 100 });

    await page.goto(host.address);
    await page.getByRole("textbox", { name: "Problem" }).fill("Add many numbers.");
    await longTasks(page);
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    const tenth = Math.floor(steps / 10);
    const at: number[] = [];
    for (const count of [2, tenth, steps - tenth, steps]) {
      await until(count);
      at.push(await busy());
    }
    await page.getByRole("button", { name: "Run again" }).waitFor({ timeout: 300_000 });
    const writing = await longTasks(page);

    const begun = performance.now();
    await page.reload();
    await until(steps);
    const openingMilliseconds = Math.round(performance.now() - begun);
    await page.waitForTimeout(1500);
    const opening = await longTasks(page);

    const gaps = await page.evaluate(async () => {
      const found: number[] = [];
      const frames = 300;
      scrollTo(0, 0);
      let before = await new Promise<number>((resolve) => { requestAnimationFrame(resolve); });
      for (let frame = 1; frame <= frames; frame += 1) {
        scrollTo(0, (document.documentElement.scrollHeight * frame) / frames);
        const now = await new Promise<number>((resolve) => { requestAnimationFrame(resolve); });
        found.push(now - before);
        before = now;
      }
      return found.toSorted((a, b) => a - b);
    });
    const scrolling = await longTasks(page);
    const share = (part: number) => Math.round(gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * part))] ?? 0);
    const [a = 0, b = 0, c = 0, d = 0] = at;
    return {
      steps: await list.count(), openingMilliseconds,
      perStep: { first: (1000 * (b - a)) / (tenth - 2), last: (1000 * (d - c)) / tenth },
      longTasks: { writing, opening, scrolling },
      frames: { median: share(0.5), p95: share(0.95), longest: share(1) },
    };
  } finally {
    await browser.close();
    await endpoint.close();
    await host.close();
  }
}

export function longRunText({ steps, perStep, longTasks: tasks, frames, openingMilliseconds }: LongRunFigures): string {
  const told = (name: keyof typeof tasks) => `${name} ${tasks[name].count} (longest ${tasks[name].longest} ms)`;
  return `Long run, ${steps} steps in the built page:
  main thread per step, written, drawn and saved: ${perStep.first.toFixed(1)} ms in the first tenth, ${perStep.last.toFixed(1)} ms in the last
  main-thread tasks over 50 ms: ${told("writing")}, ${told("opening")}, ${told("scrolling")}
  frames while scrolling through all of it: median ${frames.median} ms, 95 % within ${frames.p95} ms, longest ${frames.longest} ms
  opened again from storage in ${openingMilliseconds} ms`;
}
