import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { wallClock } from "../../src/app/wall-clock.ts";
import { parseDataSet, type Problem } from "../../src/evaluate/data-set.ts";
import { grouped } from "../../src/evaluate/grouped.ts";
import type { Outcome } from "../../src/evaluate/outcome.ts";
import { tasksOf, type Plan } from "../../src/evaluate/plan.ts";
import { runTask } from "../../src/evaluate/run-task.ts";
import type { BaseModel } from "../../src/models/base-model.ts";
import { chatMl } from "../../src/models/chat-format.ts";
import type { DraftModel } from "../../src/models/draft-model.ts";
import { assumedPace, type Pace } from "../../src/reasoning/pacing.ts";
import { defaultPolicy, type Policy } from "../../src/reasoning/policy.ts";
import { nodeAlgebra } from "../support/node-algebra.ts";
import { openNodeModel } from "./node-model.ts";
import { rememberingPair } from "./remembered.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export const arithmetic = async (): Promise<readonly Problem[]> => parseDataSet(await readFile(`${root}public/problems/arithmetic.jsonl`, "utf8")).problems;

export type PairOptions = {
  /** Problems at once. */
  readonly together: number;
  /** What was computed once is not computed again: then seconds say nothing. */
  readonly remember: boolean;
};

/** The embedded pair outside of a browser: both models in llama.cpp on this machine's CPU, with no link between them. */
export async function openPair({ together, remember }: PairOptions) {
  const open = (name: string) => openNodeModel(`${root}public/models/${name}.gguf`, together);
  const [drafts, bases] = await Promise.all([open("arithmetic-draft"), open("arithmetic-base")]);
  const own: { readonly draft: DraftModel; readonly base: BaseModel } = {
    draft: {
      info: { id: "node:arithmetic-draft", name: "arithmetic-draft", format: chatMl, instruction: "", contextTokens: drafts.contextTokens, engine: "scripted", computesOn: "cpu", device: "llama.cpp" },
      generate: (request) => drafts.generate(request),
      close: () => drafts.close(),
    },
    base: {
      info: { id: "node:arithmetic-base", name: "arithmetic-base", format: chatMl, instruction: "", contextTokens: bases.contextTokens },
      generate: (request) => bases.generate(request),
      score: ({ prompts, signal }) => bases.score(prompts, signal),
      probe: () => Promise.resolve({ roundTripSeconds: 0 }),
    },
  };
  const { draft, base } = remember ? rememberingPair(own.draft, own.base) : own;
  const algebra = nodeAlgebra();
  const paces = new Map<string, Pace>();
  return {
    /** In the order of the plan, whatever was done first. */
    async evaluate(plan: Plan, problems: readonly Problem[], changes: Partial<Policy> = {}): Promise<readonly Outcome[]> {
      const tasks = tasksOf(plan, problems);
      const outcomes = new Map<string, Outcome>();
      const left = [...grouped(tasks, ({ problem }) => problem.id).values()];
      const work = async (): Promise<void> => {
        for (let settings = left.shift(); settings !== undefined; settings = left.shift()) {
          for (const task of settings) {
            const result = await runTask(task, {
              draft, base, clock: wallClock, algebra, policy: { ...defaultPolicy, ...changes, seed: plan.seed }, pace: paces.get(task.mode) ?? assumedPace,
              signal: new AbortController().signal, runId: task.key,
            });
            if (result.kind === "unfinished") throw new Error(`${task.key}: ${result.failure?.message ?? "was not finished"}`);
            paces.set(task.mode, result.pace);
            outcomes.set(task.key, result.outcome);
          }
        }
      };
      await Promise.all(Array.from({ length: together }, work));
      return tasks.flatMap(({ key }) => outcomes.get(key) ?? []);
    },
    async close() {
      algebra.close();
      await Promise.all([drafts.close(), bases.close()]);
    },
  };
}
