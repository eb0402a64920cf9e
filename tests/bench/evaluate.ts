import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { evaluatedModes, type Plan } from "../../src/evaluate/plan.ts";
import { csvOf, jsonOf, markdownTable } from "../../src/evaluate/report.ts";
import { summarise } from "../../src/evaluate/statistics.ts";
import { arithmetic, openPair } from "./evaluate-pair.ts";
import { evaluatePlot } from "./evaluate-plot.ts";

const usage = `npm run evaluate -- [--problems 200] [--modes draft,base,sync,async,auto] [--threshold 7] [--thresholds 1,3,5,7,8,9] [--samples 1] [--seed 1] [--timed] [--plot FILE.svg] [--json FILE] [--csv FILE]
  The embedded pair in llama.cpp on this machine, over problems drawn from public/problems/arithmetic.jsonl: every mode at one threshold, then mode sync over the thresholds.
  A step that several settings share is computed once, and four problems are solved at once; --timed computes everything, one after the other, and tells the seconds.`;
const print = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    problems: { type: "string", default: "200" }, modes: { type: "string", default: evaluatedModes.join(",") }, threshold: { type: "string", default: "7" },
    thresholds: { type: "string", default: "1,3,5,7,8,9" }, samples: { type: "string", default: "1" }, seed: { type: "string", default: "1" }, timed: { type: "boolean", default: false },
    plot: { type: "string" }, json: { type: "string" }, csv: { type: "string" }, help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) {
    print(usage);
    return;
  }
  const asked = values.modes.split(",");
  const plan: Plan = {
    problems: Number(values.problems), seed: Number(values.seed), samples: Number(values.samples),
    modes: evaluatedModes.filter((mode) => asked.includes(mode)), thresholds: [Number(values.threshold)],
  };
  const problems = await arithmetic();
  const pair = await openPair({ together: values.timed ? 1 : 4, remember: !values.timed });
  try {
    const outcomes = await pair.evaluate(plan, problems);
    const rows = summarise(outcomes);
    print(markdownTable(rows, values.timed));
    const swept = values.thresholds === "" ? [] : await pair.evaluate({ ...plan, modes: ["sync"], thresholds: values.thresholds.split(",").map(Number) }, problems);
    const sweep = summarise(swept);
    if (sweep.length > 0) print(`\nMode sync over the thresholds:\n\n${markdownTable(sweep, values.timed)}`);
    if (values.plot !== undefined) await writeFile(values.plot, evaluatePlot(rows, sweep));
    if (values.json !== undefined) await writeFile(values.json, jsonOf({ dataSet: "arithmetic", plan }, [...rows, ...sweep], [...outcomes, ...swept]));
    if (values.csv !== undefined) await writeFile(values.csv, csvOf([...outcomes, ...swept]));
  } finally {
    await pair.close();
  }
}

await main();
process.exit();
