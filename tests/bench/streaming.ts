import type { Received, Scripted } from "../support/scriptable-endpoint.ts";
import { longTasksText, openBuiltPage, textStream, type LongTasks } from "./built-page.ts";
import { median } from "./summary.ts";

export type StreamingFigures = {
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly longTasks: LongTasks;
  /** Milliseconds between frames. */
  readonly frames: { readonly median: number; readonly p95: number; readonly longest: number };
  /** Milliseconds from a key pressed in the problem's textbox to the frame that shows it, in steps of 8. */
  readonly typing: { readonly median: number; readonly longest: number };
};

const tokensPerStep = 40;

/** Tokens as a model writes them: a word, a piece of a formula, now and then a blank line. */
function tokensOf(count: number): string[] {
  const words = ["We ", "take ", "the ", "next ", "number", ", ", "add ", "**it**", " to ", "the ", "sum", ", ", "so ", "$", "x_", "{", "7", "}", " = ", "3", "1", " + ", "9", "$", ", ", "and ", "note ", "that ", "it ", "stays ", "below ", "the ", "bound ", "that ", "was ", "given ", "in ", "the ", "problem"];
  return Array.from({ length: count }, (_, index) => {
    const place = index % tokensPerStep;
    return place === 0 ? `${index === 0 ? "" : "\n\n"}Step ${index / tokensPerStep + 1}: ` : words[place - 1] ?? " ";
  });
}

const script = (tokens: readonly string[], pauseMilliseconds: number) => ({ path, body }: Received): Scripted => {
  if (path === "/v1/models") return { kind: "answer", body: { object: "list", data: [{ id: "scripted", max_model_len: 1_000_000 }] } };
  if (path !== "/v1/completions") return { kind: "answer", status: 404, body: { detail: "Not Found" } };
  return textStream(String(body["prompt"]).includes("Step 1:") ? ["The sum is \\boxed{1}."] : tokens, pauseMilliseconds);
};

type Watch = { gaps: number[]; keys: number[] };

/** One stream of so many tokens into the built page while somebody types the next problem. */
async function stream(count: number, tokensPerSecond: number): Promise<StreamingFigures> {
  const { page, ended, takeLongTasks, close } = await openBuiltPage(script(tokensOf(count), 1000 / tokensPerSecond), { policy: { mode: "base", tokenBudget: 131_072, answerBy: "base" } });
  try {
    const problem = page.getByRole("textbox", { name: "Problem" });
    await problem.fill("Add many numbers.");
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    await page.locator("li.step").nth(1).waitFor();
    await takeLongTasks();
    await page.evaluate(() => {
      const watch: Watch = { gaps: [], keys: [] };
      Object.assign(globalThis, { watch });
      let before = performance.now();
      // A method: what has its name from a variable calls a helper of tsx's that the page has not.
      const frames = {
        heard(this: void, now: number): void {
          watch.gaps.push(now - before);
          before = now;
          requestAnimationFrame(frames.heard);
        },
      };
      requestAnimationFrame(frames.heard);
      new PerformanceObserver((list) => {
        for (const { name, duration } of list.getEntries()) if (name === "keydown") watch.keys.push(duration);
      }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
    });
    const begun = performance.now();
    await problem.fill("");
    // All through the run, at a quick typist's pace.
    const over = new AbortController();
    const typing = async (): Promise<void> => {
      while (!over.signal.aborted) await page.keyboard.type("And how many are there? ", { delay: 120 });
    };
    await Promise.all([typing(), ended().finally(() => over.abort())]);
    const seconds = (performance.now() - begun) / 1000;
    const watch = await page.evaluate(() => (globalThis as unknown as { watch: Watch }).watch);
    const gaps = watch.gaps.toSorted((one, other) => one - other);
    const share = (part: number) => Math.round(10 * (gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * part))] ?? 0)) / 10;
    return {
      tokens: count, tokensPerSecond: count / seconds, longTasks: await takeLongTasks(),
      frames: { median: share(0.5), p95: share(0.95), longest: share(1) },
      // Keys answered within a frame are not reported.
      typing: { median: median([...watch.keys, 16]), longest: Math.max(16, ...watch.keys) },
    };
  } finally {
    await close();
  }
}

export async function measureStreaming(tokens: number, tokensPerSecond: number, repeats: number): Promise<readonly StreamingFigures[]> {
  const all: StreamingFigures[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) all.push(await stream(tokens, tokensPerSecond));
  return all;
}

export function streamingText(all: readonly StreamingFigures[]): string {
  const middle = (value: (one: StreamingFigures) => number): string => median(all.map(value)).toFixed(1);
  return `Streaming ${all[0]?.tokens} tokens at ${middle(({ tokensPerSecond }) => tokensPerSecond)} tokens/s into the built page, medians of ${all.length} runs:
  main-thread tasks over 50 ms: ${middle(({ longTasks }) => longTasks.count)}
  frames: median ${middle(({ frames }) => frames.median)} ms, 95 % within ${middle(({ frames }) => frames.p95)} ms, longest ${middle(({ frames }) => frames.longest)} ms
  a key typed meanwhile is shown after ${middle(({ typing }) => typing.median)} ms, at the longest ${middle(({ typing }) => typing.longest)} ms
${all.map(({ longTasks }, index) => `  run ${index + 1}: tasks over 50 ms: ${longTasksText(longTasks)}`).join("\n")}`;
}
