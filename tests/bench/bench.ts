import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { createServer } from "vite";
import { serveLocalBase } from "../../src/local-base/serve.ts";
import type { Shape } from "../../src/local-base/shape.ts";
import type { Mode, Objective, Policy } from "../../src/reasoning/policy.ts";
import { chromeArguments, findChrome } from "../support/find-chrome.ts";
import type { BenchResult } from "./bench-page.ts";
import { longRunText, measureLongRun } from "./long-run.ts";
import { measureStreaming, streamingText } from "./streaming.ts";
import { comparePredictions } from "./predictions.ts";
import { speedPlot } from "./speed-plot.ts";
import { accuracyTable, median, speedTable, summarise, type Summary } from "./summary.ts";

const usage = `npm run bench -- [--only accuracy|speed|long-run|streaming] [--steps 1000] [--tokens 8000] [--tokens-per-second 60] [--problems 100] [--speed-problems 6] [--repeats 3] [--rtt 0.02,0.1,0.3] [--tpot 0.045] [--ttft 0.1] [--score 0.16] [--out bench-results]
  accuracy  the first problems of public/problems/arithmetic.jsonl by the draft model alone, the base model alone and both, over the thresholds
  speed     wall clock against the local base slowed to a link and a GPU, every mode in turn, several times
  long-run  a run of 1,000 steps by a scripted endpoint in the built page: the main thread while it is written, saved, opened and scrolled (only when asked for)
  streaming a run of 8,000 tokens at 60 a second by a scripted endpoint in the built page: the main thread, the frames, and typing meanwhile (only when asked for)
The first two run the embedded pair in a real Chromium.`;

const root = fileURLToPath(new URL("../..", import.meta.url));
const modelPath = `${root}public/models/arithmetic-base.gguf`;
const print = (text: string) => process.stdout.write(`${text}\n`);

type Problem = { readonly id: string; readonly problem: string; readonly answer: string };

async function readProblems(count: number): Promise<Problem[]> {
  const text = await readFile(`${root}public/problems/arithmetic.jsonl`, "utf8");
  return text.trim().split("\n").slice(0, count).map((line) => JSON.parse(line) as Problem);
}

const right = (result: BenchResult, problem: Problem) => new RegExp(`boxed\\{${problem.answer}\\}`).test(result.answer);

/** A page of the bench with the draft model in it, and a way to solve problems there. */
async function openPage() {
  const vite = await createServer({ root, logLevel: "error", server: { port: 0, strictPort: false, hmr: false, watch: null } });
  await vite.listen();
  const browser = await chromium.launch({ executablePath: findChrome(), args: chromeArguments });
  const page = await browser.newPage();
  page.on("pageerror", (error) => print(`page error: ${error.message}`));
  await page.goto(`${vite.resolvedUrls?.local[0] ?? ""}tests/bench/bench.html`);
  await page.waitForFunction(() => "bench" in window, undefined, { timeout: 120_000 });
  const device = await page.evaluate(() => window.bench.openDraft());
  return {
    device,
    solve: (baseUrl: string, problem: Problem, policy: Partial<Policy>): Promise<BenchResult> =>
      page.evaluate((request) => window.bench.solve(request), { id: problem.id, problem: problem.problem, baseUrl, policy }),
    async close() {
      await browser.close();
      await vite.close();
    },
  };
}

type BenchPage = Awaited<ReturnType<typeof openPage>>;

async function accuracy(page: BenchPage, count: number): Promise<Summary[]> {
  const problems = await readProblems(count);
  const base = await serveLocalBase({ modelPath, allowedOrigins: ["*"] }, 0);
  const rows: Summary[] = [];
  const settings: readonly [string, Partial<Policy>][] = [
    ["draft alone", { mode: "draft" }],
    ["base alone", { mode: "base" }],
    ...[3, 5, 7, 8].map((threshold): [string, Partial<Policy>] => [`together, threshold ${threshold}`, { mode: "async", threshold }]),
    ["together, auto, threshold 7", { mode: "auto", threshold: 7 }],
  ];
  for (const [name, policy] of settings) {
    const results: BenchResult[] = [];
    for (const problem of problems) results.push(await page.solve(base.url, problem, policy));
    rows.push(summarise(name, results, results.filter((result, index) => right(result, problems[index] as Problem)).length));
    print(`  ${name}: done`);
  }
  await base.close();
  return rows;
}

const speedModes: readonly [string, Mode, Objective][] = [
  ["draft", "draft", "latency"], ["base", "base", "latency"], ["sync", "sync", "latency"],
  ["async", "async", "latency"], ["auto", "auto", "latency"], ["auto, cloud", "auto", "cloud"],
];

async function speed(page: BenchPage, shape: Shape, count: number, repeats: number) {
  const problems = (await readProblems(500)).filter(({ problem }) => problem.split(". ").length >= 7).slice(0, count);
  const base = await serveLocalBase({ modelPath, allowedOrigins: ["*"], shape }, 0);
  const byMode = new Map<string, { seconds: number[]; results: BenchResult[] }>();
  // A first run warms caches and code up and is not counted.
  for (const problem of problems.slice(0, 1)) await page.solve(base.url, problem, { mode: "sync", seed: 999 });
  for (let repeat = 0; repeat < repeats; repeat++) {
    // All modes side by side within a repeat, so that a drifting machine is the same to each.
    for (const [name, mode, objective] of speedModes) {
      const kept = byMode.get(name) ?? { seconds: [], results: [] };
      const results: BenchResult[] = [];
      for (const problem of problems) results.push(await page.solve(base.url, problem, { mode, objective, seed: repeat }));
      kept.seconds.push(results.reduce((sum, result) => sum + result.seconds, 0));
      kept.results.push(...results);
      byMode.set(name, kept);
    }
  }
  await base.close();
  const baseSeconds = byMode.get("base")?.seconds ?? [];
  return [...byMode].map(([name, { seconds, results }]) => ({
    ...summarise(name, results, results.filter((result, index) => right(result, problems[index % problems.length] as Problem)).length),
    rtt: shape.rtt ?? 0,
    seconds: median(seconds),
    speedUp: median(seconds.map((value, repeat) => (baseSeconds[repeat] ?? 0) / value)),
    results,
  }));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" }, steps: { type: "string", default: "1000" }, tokens: { type: "string", default: "8000" }, "tokens-per-second": { type: "string", default: "60" }, problems: { type: "string", default: "100" }, "speed-problems": { type: "string", default: "6" },
      repeats: { type: "string", default: "3" }, rtt: { type: "string", default: "0.02,0.1,0.3" }, tpot: { type: "string", default: "0.045" },
      ttft: { type: "string", default: "0.1" }, score: { type: "string", default: "0.16" }, out: { type: "string", default: "bench-results" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    print(usage);
    return;
  }
  await mkdir(values.out, { recursive: true });
  if (values.only === "long-run") {
    const figures = await measureLongRun(Number(values.steps));
    print(longRunText(figures));
    await writeFile(`${values.out}/long-run.json`, JSON.stringify(figures, undefined, 1));
    return;
  }
  if (values.only === "streaming") {
    const figures = await measureStreaming(Number(values.tokens), Number(values["tokens-per-second"]), Number(values.repeats));
    print(streamingText(figures));
    await writeFile(`${values.out}/streaming.json`, JSON.stringify(figures, undefined, 1));
    return;
  }
  const page = await openPage();
  print(`Draft model in Chromium on ${page.device}; base model: local base (llama.cpp, CPU).\n`);
  try {
    if (values.only !== "speed") {
      const rows = await accuracy(page, Number(values.problems));
      print(`\n${accuracyTable(rows)}\n`);
      await writeFile(`${values.out}/accuracy.json`, JSON.stringify(rows, undefined, 1));
    }
    if (values.only !== "accuracy") {
      const rows = [];
      for (const rtt of values.rtt.split(",").map(Number)) {
        const shape = { rtt, tpot: Number(values.tpot), ttft: Number(values.ttft), score: Number(values.score) };
        print(`  local base shaped to ${JSON.stringify(shape)}`);
        rows.push(...(await speed(page, shape, Number(values["speed-problems"]), Number(values.repeats))));
      }
      print(`\n${speedTable(rows)}\n`);
      print(await comparePredictions(rows));
      await writeFile(`${values.out}/speed.json`, JSON.stringify(rows.map(({ results: _results, ...row }) => row), undefined, 1));
      await writeFile(`${values.out}/speed.svg`, speedPlot(rows));
    }
    print(`\nJSON and plot are in ${values.out}/.`);
  } finally {
    await page.close();
  }
}

await main();
process.exit();
