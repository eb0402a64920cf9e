import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { families, traceOf } from "./families.ts";
import { simulate, type Simulation, type SimulationSettings } from "./simulate.ts";
import { parseTraceOrRuns } from "./trace-of-runs.ts";
import type { Trace } from "./trace.ts";

const usage = `usage: npm run simulate -- --trace FILE --rtt SECONDS [--mode base|sync|async|auto] [--objective latency|balanced|cloud] [--threshold N] [--window N] [--json]
       npm run simulate -- --families [--runs N] [--seed N]      a table over the synthetic families
       npm run simulate -- --family NAME --write FILE            one of them as a trace file
       npm run simulate -- --base-speedup 1.3,1.6,2.0 [--trace FILE] [--runs N] [--seed N]
                                                                 a table for a base model whose server speculates token by token: so many times as fast a token,
                                                                 ours with it against it alone; over the families like the recorded pair, or over a trace

FILE is a trace (see README.md) or a run file exported from the app. Seconds of requests exclude the round trip.`;

const modes = ["base", "sync", "async", "auto"] as const;
const objectives = ["latency", "balanced", "cloud"] as const;

function oneOf<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`--${name} is one of ${choices.join(", ")}, not "${value}".`);
  return found;
}

function numberOf(name: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (value.trim() === "" || !(number >= least && number <= most)) throw new Error(`--${name} is a number from ${least} to ${most}, not "${value}".`);
  return number;
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
const speedUp = ({ seconds, baseOnlySeconds }: { seconds: number; baseOnlySeconds: number }) => (seconds === 0 ? 1 : baseOnlySeconds / seconds);
const boundSpeedUp = ({ boundSeconds, baseOnlySeconds }: Pick<Simulation, "boundSeconds" | "baseOnlySeconds">) => (boundSeconds === 0 ? 1 : baseOnlySeconds / boundSeconds);
const extraShare = (of: Omit<Simulation, "mode" | "runs">) => (of.baseOnlyTokens === 0 ? 0 : (of.baseTokens - of.neededBaseTokens) / of.baseOnlyTokens);

function printSimulation(trace: Trace, result: Simulation, json: boolean): void {
  if (json) {
    print(JSON.stringify(result, (_, value: unknown) => (typeof value === "number" ? rounded(value) : value)));
    return;
  }
  const worst = Math.min(...result.runs.map(speedUp));
  print(`${trace.name}: ${result.runs.length} runs, ${result.steps} steps, mode ${result.mode}`);
  print(`${result.seconds.toFixed(1)} s, base model alone ${result.baseOnlySeconds.toFixed(1)} s: ${speedUp(result).toFixed(2)} times as fast (slowest run ${worst.toFixed(2)}); no loop could be more than ${boundSpeedUp(result).toFixed(2)} times as fast`);
  print(`base tokens ${result.baseTokens} (corrections need ${result.neededBaseTokens}, base model alone ${result.baseOnlyTokens}), ` +
    `draft tokens ${result.draftTokens} (${result.wastedDraftTokens} thrown away), score requests ${result.scoreRequests}`);
}

async function printFamilies(runs: number, seed: number): Promise<void> {
  const columns: readonly Pick<SimulationSettings, "mode" | "objective">[] = [
    { mode: "sync", objective: "latency" }, { mode: "async", objective: "latency" },
    { mode: "auto", objective: "latency" }, { mode: "auto", objective: "balanced" }, { mode: "auto", objective: "cloud" },
  ];
  print("Speed-up over the base model alone (slowest run of 20 steps or more); for auto also base tokens beyond the needed corrections, as a share of base-only. Bound: no loop of drafts, scores and corrections can be faster, whatever it knows.\n");
  print("| family | round trip | sync | async | auto, latency | auto, balanced | auto, cloud | bound |\n|---|---|---|---|---|---|---|---|");
  const began = performance.now();
  let simulatedSteps = 0;
  for (const family of families) {
    const trace = traceOf(family, { runs, seed });
    for (const roundTripSeconds of [0.02, 0.1, 0.3]) {
      const results = await Promise.all(columns.map((column) => simulate(trace, { ...column, roundTripSeconds, threshold: 7 })));
      const cells = results.map((result) => {
        simulatedSteps += result.steps;
        const worst = Math.min(...result.runs.filter(({ steps }) => steps >= 20).map(speedUp));
        const extra = result.mode === "auto" ? `, ${(100 * extraShare(result)).toFixed(1)} %` : "";
        return `${speedUp(result).toFixed(2)} (${worst.toFixed(2)})${extra}`;
      });
      const bound = results.slice(0, 1).map((result) => boundSpeedUp(result).toFixed(2));
      print(`| ${family.name} | ${1000 * roundTripSeconds} ms | ${[...cells, ...bound].join(" | ")} |`);
    }
  }
  const milliseconds = performance.now() - began;
  print(`\n${simulatedSteps} steps in ${(milliseconds / 1000).toFixed(1)} s: ${(milliseconds / simulatedSteps).toFixed(2)} ms a step, models of the virtual clock and every token's event included.`);
}

/** Only the time a token takes is divided: a score is one prefill and one token, which speculation does not shorten. */
const withFasterBase = (trace: Trace, factor: number): Trace => ({
  ...trace, timing: { ...trace.timing, base: { ...trace.timing.base, secondsPerToken: trace.timing.base.secondsPerToken / factor } },
});

async function printFasterBases(traces: readonly Trace[], factors: readonly number[]): Promise<void> {
  print("Speed-up of auto (objective latency) over the same base model alone (slowest run of 20 steps or more) of what is possible at most, where the base model is so many times as fast a token.\n");
  print(`| trace | round trip | ${factors.map((factor) => `${factor.toFixed(1)} times`).join(" | ")} |\n|---|---|${factors.map(() => "---|").join("")}`);
  for (const trace of traces)
    for (const roundTripSeconds of [0.02, 0.1, 0.3]) {
      const cells = await Promise.all(factors.map(async (factor) => {
        const result = await simulate(withFasterBase(trace, factor), { mode: "auto", objective: "latency", roundTripSeconds, threshold: 7 });
        const long = result.runs.filter(({ steps }) => steps >= 20).map(speedUp);
        return `${speedUp(result).toFixed(2)}${long.length === 0 ? "" : ` (${Math.min(...long).toFixed(2)})`} of ${boundSpeedUp(result).toFixed(2)}`;
      }));
      print(`| ${trace.name} | ${Math.round(1000 * roundTripSeconds)} ms | ${cells.join(" | ")} |`);
    }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      trace: { type: "string" }, rtt: { type: "string" }, mode: { type: "string", default: "auto" },
      objective: { type: "string", default: "latency" }, threshold: { type: "string", default: "7" }, window: { type: "string" },
      json: { type: "boolean", default: false }, families: { type: "boolean", default: false }, family: { type: "string" },
      "base-speedup": { type: "string" }, write: { type: "string" }, runs: { type: "string", default: "20" }, seed: { type: "string", default: "1" }, help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    print(usage);
    return;
  }
  const runs = numberOf("runs", values.runs, 1, 10_000);
  const seed = numberOf("seed", values.seed, 0, 2 ** 32);
  const speedups = values["base-speedup"];
  if (speedups !== undefined) {
    const factors = speedups.split(",").map((factor) => numberOf("base-speedup", factor, 0.1, 100));
    const traces = values.trace === undefined
      ? families.filter(({ name }) => name.startsWith("as recorded")).map((family) => traceOf(family, { runs, seed }))
      : [parseTraceOrRuns(await readFile(values.trace, "utf8"))];
    return printFasterBases(traces, factors);
  }
  if (values.families) return printFamilies(runs, seed);
  if (values.family !== undefined && values.write !== undefined) {
    const family = oneOf("family", values.family, families.map(({ name }) => name));
    const found = families.find(({ name }) => name === family);
    if (found !== undefined) await writeFile(values.write, JSON.stringify(traceOf(found, { runs, seed })));
    return;
  }
  if (values.trace === undefined || values.rtt === undefined) throw new Error(`--trace and --rtt are needed.\n\n${usage}`);
  const trace = parseTraceOrRuns(await readFile(values.trace, "utf8"));
  const result = await simulate(trace, {
    roundTripSeconds: numberOf("rtt", values.rtt, 0, 3600),
    mode: oneOf("mode", values.mode, modes),
    objective: oneOf("objective", values.objective, objectives),
    threshold: numberOf("threshold", values.threshold, 0, 10),
    ...(values.window === undefined ? {} : { window: numberOf("window", values.window, 1, 1000) }),
  });
  printSimulation(trace, result, values.json);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
