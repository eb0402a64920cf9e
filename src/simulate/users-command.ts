import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { readRunFile } from "../runs/run-file.ts";
import { type BaseLoad, baseLoadOf } from "./base-load.ts";
import { measuredLoad } from "./measured-load.ts";
import { type Users, usersOf, withStepTokens } from "./users.ts";

const usage = `usage: npm run users -- --prefill TOKENS_A_SECOND --decode TOKENS_A_SECOND [--run FILE] [--step-tokens N] [--tpot S] [--speed-up 2] [--utilisation 0.7] [--kv TOKENS] [--json]
  How many users one GPU carries with the draft model on their devices, and the base model alone beside it.
  --prefill, --decode  what the server does over all users, from its benchmark (vllm bench serve)
  --run                a run file exported from the app; where absent, what 40 problems cost the local base (the embedded pair, auto, threshold 7)
  --step-tokens        as if steps had so many tokens
  --tpot               seconds a token takes a user of the base model alone; 0.045 where absent
  --speed-up           how many times as fast a user goes with the draft model; 2 where absent
  --utilisation        the share of the GPU's time to plan for; --kv tokens its KV cache holds ("GPU KV cache size" in vLLM's log)
`;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function numberOf(name: string, value: string | undefined, fallback?: number): number {
  const number = value === undefined ? fallback : Number(value);
  if (number === undefined) throw new Error(`--${name} is needed.\n\n${usage}`);
  if (!Number.isFinite(number) || number <= 0) throw new Error(`--${name} must be a number above 0, not "${value}".`);
  return number;
}

async function loadOf(file: string | undefined): Promise<BaseLoad> {
  if (file === undefined) return measuredLoad;
  let unnamed = 0;
  const { runs } = readRunFile(await readFile(file, "utf8"), () => `run-${unnamed++}`);
  if (runs.length === 0) throw new Error(`${file} holds no run that can be read.`);
  return baseLoadOf(runs.map(({ header, events }) => ({ id: header.id, events })));
}

const row = (name: string, { prefilled, decoded, gpuSeconds, atOnce, stepsAnHour }: Users): string =>
  `| ${name} | ${prefilled.toFixed(1)} | ${decoded.toFixed(1)} | ${(1000 * gpuSeconds).toFixed(1)} ms | ${atOnce.toFixed(0)} | ${stepsAnHour.toFixed(0)} |`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      run: { type: "string" }, prefill: { type: "string" }, decode: { type: "string" }, "step-tokens": { type: "string" }, tpot: { type: "string" },
      "speed-up": { type: "string" }, utilisation: { type: "string" }, kv: { type: "string" }, json: { type: "boolean", default: false }, help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const rates = {
    prefill: numberOf("prefill", values.prefill), decode: numberOf("decode", values.decode),
    utilisation: Math.min(1, numberOf("utilisation", values.utilisation, 0.7)),
    ...(values.kv === undefined ? {} : { kvTokens: numberOf("kv", values.kv) }),
  };
  const recorded = await loadOf(values.run);
  const load = values["step-tokens"] === undefined ? recorded : withStepTokens(recorded, numberOf("step-tokens", values["step-tokens"]));
  const stepTokens = load.alone.decoded / Math.max(1, load.steps);
  const alone = numberOf("tpot", values.tpot, 0.045) * stepTokens;
  const stepSeconds = { together: alone / numberOf("speed-up", values["speed-up"], 2), alone };
  const capacity = usersOf(load, rates, stepSeconds);
  if (values.json) {
    print(JSON.stringify({ stepTokens, ...capacity }));
    return;
  }
  print(`${load.runs} runs of ${load.steps} steps, ${stepTokens.toFixed(1)} tokens each; one GPU: ${rates.prefill} tokens/s prefill, ${rates.decode} tokens/s decode, ${Math.round(100 * rates.utilisation)} % of its time.\n`);
  print("| | prefilled tokens a step | written tokens a step | GPU time a step | users at once | steps an hour |\n|---|---|---|---|---|---|");
  print(row("together", capacity.together));
  print(row("base alone", capacity.alone));
  if (capacity.cached !== undefined) print(`\nThe KV cache holds the transcripts of ${capacity.cached.toFixed(0)} users beside each other; with more, prefixes are computed again.`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
