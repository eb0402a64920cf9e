import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { wallClock } from "../../src/app/wall-clock.ts";
import { parseDataSet, type Problem } from "../../src/evaluate/data-set.ts";
import type { Outcome } from "../../src/evaluate/outcome.ts";
import { tasksOf, type Plan } from "../../src/evaluate/plan.ts";
import { runTask } from "../../src/evaluate/run-task.ts";
import { serveLocalBase } from "../../src/local-base/serve.ts";
import { chatMl } from "../../src/models/chat-format.ts";
import type { DraftModel } from "../../src/models/draft-model.ts";
import { connectEndpoint } from "../../src/models/endpoint/connect-endpoint.ts";
import { assumedPace, type Pace } from "../../src/reasoning/pacing.ts";
import { defaultPolicy } from "../../src/reasoning/policy.ts";
import { nodeAlgebra } from "../support/node-algebra.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export const arithmetic = async (): Promise<readonly Problem[]> => parseDataSet(await readFile(`${root}public/problems/arithmetic.jsonl`, "utf8")).problems;

/** The embedded pair outside of a browser: both models in llama.cpp on this machine's CPU, each behind a local base of its own. */
export async function openPair() {
  const serve = (name: string) => serveLocalBase({ modelPath: `${root}public/models/${name}.gguf`, modelName: name }, 0);
  const [served, drafting] = await Promise.all([serve("arithmetic-base"), serve("arithmetic-draft")]);
  const connect = (url: string, model: string) => connectEndpoint({ baseUrl: `${url}/v1`, model, format: chatMl, instruction: "", contextTokens: 512 });
  const base = connect(served.url, "arithmetic-base");
  const drafts = connect(drafting.url, "arithmetic-draft");
  const draft: DraftModel = {
    info: { id: "node:arithmetic-draft", name: "arithmetic-draft", format: chatMl, instruction: "", contextTokens: 512, engine: "scripted", computesOn: "cpu", device: "llama.cpp" },
    generate: (request) => drafts.generate(request),
    close: () => Promise.resolve(),
  };
  const algebra = nodeAlgebra();
  const paces = new Map<string, Pace>();
  return {
    async evaluate(plan: Plan, problems: readonly Problem[], told: (done: number, of: number) => void = () => undefined): Promise<readonly Outcome[]> {
      const tasks = tasksOf(plan, problems);
      const outcomes: Outcome[] = [];
      for (const task of tasks) {
        const result = await runTask(task, {
          draft, base, clock: wallClock, algebra, policy: { ...defaultPolicy, seed: plan.seed }, pace: paces.get(task.mode) ?? assumedPace,
          signal: new AbortController().signal, runId: task.key,
        });
        if (result.kind === "unfinished") throw new Error(`${task.key}: ${result.failure?.message ?? "was not finished"}`);
        paces.set(task.mode, result.pace);
        outcomes.push(result.outcome);
        told(outcomes.length, tasks.length);
      }
      return outcomes;
    },
    async close() {
      algebra.close();
      await Promise.all([served.close(), drafting.close()]);
    },
  };
}
