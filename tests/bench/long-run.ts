import type { Received, Scripted } from "../support/scriptable-endpoint.ts";
import { longTasksText, openBuiltPage, textStream, type LongTasks } from "./built-page.ts";

export type LongRunFigures = {
  readonly steps: number;
  /** Main-thread milliseconds for each step, over the first and the last tenth of the run, written, drawn and saved. */
  readonly perStep: { readonly first: number; readonly last: number };
  readonly longTasks: Readonly<Record<"writing" | "opening" | "scrolling", LongTasks>>;
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
    return textStream(pieces, pauseMilliseconds);
  };
}

/** A run of so many steps in the built page: written live, opened again, and scrolled. */
export async function measureLongRun(steps: number): Promise<LongRunFigures> {
  const { page, ended, takeLongTasks, close } = await openBuiltPage(script(steps, 4), { policy: { mode: "base", tokenBudget: 131_072, answerBy: "base" } });
  try {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable");
    const busy = async () => (await devtools.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
    const until = (count: number) => page.waitForFunction((least) => document.querySelectorAll("li.step").length >= least, count, { timeout: 300_000, polling: 100 });

    await page.getByRole("textbox", { name: "Problem" }).fill("Add many numbers.");
    await takeLongTasks();
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    const tenth = Math.floor(steps / 10);
    const at: number[] = [];
    for (const count of [2, tenth, steps - tenth, steps]) {
      await until(count);
      at.push(await busy());
    }
    await ended();
    // What the end sets going, too.
    await page.waitForTimeout(1000);
    const writing = await takeLongTasks();

    const begun = performance.now();
    await page.reload();
    await until(steps);
    const openingMilliseconds = Math.round(performance.now() - begun);
    await page.waitForTimeout(1500);
    const opening = await takeLongTasks();

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
    const scrolling = await takeLongTasks();
    const share = (part: number) => Math.round(gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * part))] ?? 0);
    const [a = 0, b = 0, c = 0, d = 0] = at;
    return {
      steps: await page.locator("li.step").count(), openingMilliseconds,
      perStep: { first: (1000 * (b - a)) / (tenth - 2), last: (1000 * (d - c)) / tenth },
      longTasks: { writing, opening, scrolling },
      frames: { median: share(0.5), p95: share(0.95), longest: share(1) },
    };
  } finally {
    await close();
  }
}

export function longRunText({ steps, perStep, longTasks: tasks, frames, openingMilliseconds }: LongRunFigures): string {
  const told = (name: keyof typeof tasks) => `${name} ${longTasksText(tasks[name])}`;
  return `Long run, ${steps} steps in the built page:
  main thread per step, written, drawn and saved: ${perStep.first.toFixed(1)} ms in the first tenth, ${perStep.last.toFixed(1)} ms in the last
  main-thread tasks over 50 ms: ${told("writing")}, ${told("opening")}, ${told("scrolling")}
  frames while scrolling through all of it: median ${frames.median} ms, 95 % within ${frames.p95} ms, longest ${frames.longest} ms
  opened again from storage in ${openingMilliseconds} ms`;
}
