import type { Mode, Objective } from "../../src/reasoning/policy.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import { meanTiming } from "../../src/simulate/trace-of-runs.ts";
import { traceOfRun } from "../../src/simulate/trace-of-run.ts";
import type { Trace } from "../../src/simulate/trace.ts";
import type { SpeedRow } from "./summary.ts";

const modes: readonly [string, Exclude<Mode, "draft">, Objective][] = [
  ["sync", "sync", "latency"], ["async", "async", "latency"], ["auto", "auto", "latency"], ["auto, cloud", "auto", "cloud"],
];

/** What the simulator makes of the sequential runs' own steps, beside what the clock said. Answers are left out of both. */
export async function comparePredictions(rows: readonly SpeedRow[]): Promise<string> {
  const lines = ["| round trip | mode | predicted seconds | measured seconds | difference |", "|---|---|---|---|---|"];
  for (const rtt of new Set(rows.map((row) => row.rtt))) {
    const sync = rows.find((row) => row.rtt === rtt && row.name === "sync");
    if (sync === undefined) continue;
    const recorded = sync.results.map(({ id, events }) => traceOfRun(id, events).trace);
    const trace: Trace = { name: "recorded", timing: meanTiming(recorded), runs: recorded.flatMap(({ runs }) => runs) };
    for (const [name, mode, objective] of modes) {
      const row = rows.find((one) => one.rtt === rtt && one.name === name);
      if (row === undefined) continue;
      const predicted = (await simulate(trace, { roundTripSeconds: rtt, mode, objective, threshold: 7 })).seconds;
      const measured = row.results.reduce((sum, { events }) => sum + thinkingSeconds(events), 0);
      lines.push(`| ${1000 * rtt} ms | ${name} | ${predicted.toFixed(2)} | ${measured.toFixed(2)} | ${((100 * (predicted - measured)) / measured).toFixed(1)} % |`);
    }
  }
  return `The simulator, given the steps of the sequential runs, against the clock (thinking only, all repeats):\n\n${lines.join("\n")}`;
}

const thinkingSeconds = (events: SpeedRow["results"][number]["events"]): number =>
  events.find(({ kind }) => kind === "thinking-ended")?.at ?? events.at(-1)?.at ?? 0;
