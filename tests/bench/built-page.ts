import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { build } from "vite";
import { chromeArguments, findChrome } from "../support/find-chrome.ts";
import { serveScript, type Received, type Scripted } from "../support/scriptable-endpoint.ts";
import { startStaticHost } from "../support/static-host.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let built: Promise<unknown> | undefined;

/** Tasks over 50 ms: how many, and the longest of all, milliseconds. */
type Tasks = { readonly count: number; readonly longest: number };

/**
 * Main-thread tasks over 50 ms; the most that the page's own script took in one of their frames; and the same tasks by the
 * time the thread itself worked, which what else runs on the machine hardly changes.
 */
export type LongTasks = Tasks & { readonly script: number; readonly worked: Tasks };

export const longTasksText = ({ count, longest, script, worked }: LongTasks): string =>
  `${count}${count === 0 ? "" : ` (longest ${longest} ms; of it or another at most ${script} ms were script, the rest style, layout and paint)`}, by the thread's own time ${worked.count} (longest ${worked.longest} ms)`;

/** A stream of a completion, one chunk for each piece. */
export function textStream(pieces: readonly string[], pauseMilliseconds: number): Scripted {
  const chunk = (text: string, end: string | null) => `data: ${JSON.stringify({ id: "c", object: "text_completion", model: "scripted", choices: [{ index: 0, text, finish_reason: end, stop_reason: null }] })}\n\n`;
  return { kind: "stream", pauseMilliseconds, lastly: "end", chunks: [...pieces.map((piece) => chunk(piece, null)), chunk("", "stop"), "data: [DONE]\n\n"] };
}

type Entry = PerformanceEntry & { readonly scripts: readonly { readonly duration: number }[] };
type Kept = { tasks: number[]; scripts: number[] };

type TraceEvent = { readonly pid: number; readonly tid: number; readonly ph: string; readonly name: string; readonly tdur?: number; readonly args?: { readonly name?: string } };

/** Of the page's main thread, the busiest of a renderer: Chrome keeps others ready. */
function workedTasks(trace: Buffer): Tasks {
  const { traceEvents } = JSON.parse(trace.toString("utf8")) as { readonly traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Map<string, number[]>();
  for (const event of traceEvents) if (event.name === "thread_name" && event.args?.name === "CrRendererMain") mains.set(threadOf(event), []);
  // Microseconds; nested tasks are shorter than what holds them.
  for (const event of traceEvents) if (event.name === "ThreadControllerImpl::RunTask" && event.ph === "X") mains.get(threadOf(event))?.push(event.tdur ?? 0);
  const tasks = [...mains.values()].toSorted((one, other) => other.length - one.length)[0] ?? [];
  return { count: tasks.filter((time) => time > 50_000).length, longest: Math.round(tasks.reduce((most, time) => Math.max(most, time), 0) / 1000) };
}

/** The built page on a static host, with an endpoint that does what `script` says as its base model, and its main thread watched. */
export async function openBuiltPage(script: (request: Received) => Scripted, settings: Readonly<Record<string, unknown>>) {
  await (built ??= build({ root, logLevel: "error" }));
  const host = await startStaticHost();
  const endpoint = await serveScript(script, { allowedOrigins: [new URL(host.address).origin] });
  const browser = await chromium.launch({ executablePath: findChrome(), args: chromeArguments });
  const page = await (await browser.newContext({ serviceWorkers: "block", viewport: { width: 1280, height: 900 } })).newPage();
  await page.addInitScript((stored) => {
    localStorage.setItem("specreason.settings", stored);
    const kept: Kept = { tasks: [], scripts: [] };
    Object.assign(globalThis, { kept });
    new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) kept.tasks.push(duration); }).observe({ type: "longtask", buffered: true });
    new PerformanceObserver((list) => {
      for (const { scripts } of list.getEntries() as Entry[]) kept.scripts.push(scripts.reduce((sum, { duration }) => sum + duration, 0));
    }).observe({ type: "long-animation-frame", buffered: true });
  }, JSON.stringify({ base: { url: endpoint.url, model: "scripted" }, ...settings }));
  await page.goto(host.address);
  const trace = () => browser.startTracing(page, { categories: ["-*", "toplevel", "__metadata"] });
  await trace();
  return {
    page,
    /** Resolves when the run has ended. To look for a role would compute the styles of all steps, in the page's own tasks. */
    ended: async (): Promise<void> => {
      await page.waitForFunction(() => [...document.querySelectorAll("button.button")].some(({ textContent }) => textContent === "Run again"), undefined, { timeout: 600_000, polling: 200 });
    },
    /** Those since the last call. */
    takeLongTasks: async (): Promise<LongTasks> => {
      const worked = workedTasks(await browser.stopTracing());
      await trace();
      const taken = await page.evaluate(() => {
        const { kept } = globalThis as unknown as { kept: Kept };
        const [tasks, scripts] = [kept.tasks.splice(0), kept.scripts.splice(0)];
        return { count: tasks.length, longest: Math.round(Math.max(0, ...tasks)), script: Math.round(Math.max(0, ...scripts)) };
      });
      return { ...taken, worked };
    },
    close: async (): Promise<void> => {
      await browser.close();
      await endpoint.close();
      await host.close();
    },
  };
}
