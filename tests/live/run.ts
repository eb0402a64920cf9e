import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type FileResults, inWords, noCounts, resultsIn, sumOf } from "./counts.ts";
import { frontTitles } from "./front-titles.ts";
import { rows, table } from "./report.ts";
import { nginxCommand } from "./servers/nginx-command.ts";
import { installed, NotToBeHad, packages } from "./servers/packages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

type Server = {
  readonly what: string;
  /** Installs what is not there yet. @throws NotToBeHad */
  readonly needs: () => Promise<unknown>;
  /** One that several share, and that starts what they have in common once; else it is called as the server is. */
  readonly file?: string;
};

const vllm = (): Promise<string> => installed(packages.vllm);

/** In the order they run. */
const servers: Readonly<Record<string, Server>> = {
  vllm: { needs: vllm, what: "vLLM 0.32.0 on the CPU" },
  "vllm-draft-model": { needs: vllm, what: "the same, speculating token by token with the embedded draft model" },
  "vllm-ngram": { needs: vllm, what: "the same, speculating by n-grams of the prompt" },
  "llama-server": { needs: () => installed(packages.llamaServer), what: "llama.cpp's server" },
  "vllm-twin": { needs: vllm, what: "the recorded requests, to vLLM and to the local base" },
  smollm2: { needs: () => installed(packages.smollm2), what: "no server: a real small draft model in the page" },
  router: { needs: async () => [await vllm(), await installed(packages.vllmRouter)], file: "replicas", what: "vllm-router 0.1.17 over two vLLM replicas" },
  nginx: { needs: async () => [await vllm(), nginxCommand()], file: "replicas", what: "nginx over the same two" },
};

const usage = `npm run test:live -- [--only NAME[,NAME…]] [--list]
  Starts real servers of the embedded base model one after the other, tries them, stops them, and prints a table; a report lies in test-results/live.json.
${Object.entries(servers).map(([name, { what }]) => `    ${name.padEnd(18)}${what}`).join("\n")}
  Their packages are installed into the user's cache folder on first use (XDG_CACHE_HOME, or ~/.cache).
BASE_URL=http://… npm run test:live
  Tries the server there instead. BASE_MODEL: the model's name, the first one listed where absent. BASE_KEY: the key, where it wants one.
`;

let running: ChildProcess | undefined;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    interrupted = true;
    // Servers and installations end with the process that started them, whichever way it ends.
    if (running === undefined) process.exit(finish());
    running.kill("SIGKILL");
  });

/** Resolves when the process has ended. */
async function run(module: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  running = spawn(process.execPath, [`${root}node_modules/${module}`, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } });
  const started = running;
  return new Promise((resolve) => started.once("exit", (code) => {
    running = undefined;
    resolve(code ?? 1);
  }));
}

const folder = `${root}test-results/live`;
let counts = noCounts;
const lines: string[] = [];

async function runTests(file: string, env?: Readonly<Record<string, string>>): Promise<FileResults | undefined> {
  const report = `${folder}/${file}.tests.json`;
  await run("vitest/vitest.mjs", ["run", "--config", "tests/live/vitest.config.ts", "--reporter", "verbose", "--reporter", "json", "--outputFile.json", report, `tests/live/${file}.test.ts`], env);
  if (interrupted) return undefined;
  const results = resultsIn(report);
  counts = sumOf(counts, results.counts);
  return results;
}

/** What could not be installed is named in a line; the others are tried all the same. */
async function toBeHad(name: string): Promise<boolean> {
  try {
    await servers[name]?.needs();
    return true;
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    lines.push(`${name} was not tried: ${error.message}`);
    return false;
  }
}

async function tryServers(chosen: readonly string[]): Promise<number> {
  if ((await run("vite/bin/vite.js", ["build", "--logLevel", "error"])) !== 0) {
    if (!interrupted) {
      counts = { ...noCounts, failed: 1 };
      lines.push("The app could not be built.");
    }
    return finish();
  }
  const suites = new Map<string, string>();
  for (const file of new Set(chosen.map((name) => servers[name]?.file ?? name))) {
    const names: string[] = [];
    for (const name of chosen) if ((servers[name]?.file ?? name) === file && (await toBeHad(name))) names.push(name);
    if (names.length === 0) continue;
    const results = await runTests(file, names.includes(file) ? {} : { LIVE_FRONTS: names.join(",") });
    if (results === undefined) break;
    for (const name of names) suites.set(name, inWords(names.includes(file) ? results.counts : results.within(frontTitles[name] ?? name)));
    const notStarted = rows().find(({ server }) => names.includes(server))?.notStarted;
    const why = notStarted ?? results.why;
    if (why !== undefined) lines.push(`${names.join(" and ")} failed: ${why}`);
  }
  process.stdout.write(`\n${table(rows(), suites)}\n`);
  return finish();
}

function finish(): number {
  for (const line of lines) process.stdout.write(`${line}\n`);
  writeFileSync(`${root}test-results/live.json`, JSON.stringify({ ...counts, notTried: lines, servers: rows() }, undefined, 1));
  process.stdout.write(`Live: ${inWords(counts)}${interrupted ? ", broken off" : ""}\n`);
  return interrupted ? 130 : counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" }, list: { type: "boolean", default: false }, help: { type: "boolean", default: false } } });
  if (values.help || values.list) {
    process.stdout.write(usage);
    return 0;
  }
  const chosen = values.only === undefined ? Object.keys(servers) : values.only.split(",");
  const unknown = chosen.find((name) => !Object.hasOwn(servers, name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no server "${unknown}".\n${usage}`);
    return 2;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { BASE_URL: url, BASE_MODEL: model, BASE_KEY: key } = process.env;
  if (url === undefined) return tryServers(chosen);
  // Under other names: Vite takes BASE_URL for its own and overwrites it.
  const results = await runTests("base-url", { LIVE_URL: url, ...(model === undefined ? {} : { LIVE_MODEL: model }), ...(key === undefined ? {} : { LIVE_KEY: key }) });
  if (results?.why !== undefined) lines.push(`${url} failed: ${results.why}`);
  return finish();
}

process.exitCode = await main();
