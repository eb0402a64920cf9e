import type { RunEvent } from "../../reasoning/events.ts";
import type { Pace } from "../../reasoning/pacing.ts";
import type { Objective } from "../../reasoning/policy.ts";
import type { Prediction, WhatIf, WhatIfResult } from "../../simulate/what-if.ts";
import type { SimulationAnswer, SimulationQuestion } from "./simulation-message.ts";

let worker: Worker | undefined;
let last = 0;

function ask(question: SimulationQuestion): Promise<SimulationAnswer> {
  worker ??= new Worker(new URL("./simulation-worker.ts", import.meta.url), { type: "module" });
  const asked = worker;
  return new Promise((resolve) => {
    const hear = ({ data }: MessageEvent<SimulationAnswer>) => {
      if (data.number !== question.number) return;
      asked.removeEventListener("message", hear);
      resolve(data);
    };
    asked.addEventListener("message", hear);
    asked.postMessage(question);
  });
}

/** A finished run under another policy or link, computed away from the main thread; undefined where it cannot be computed. */
export async function askWhatIf(run: string, events: readonly RunEvent[], settings: WhatIf): Promise<WhatIfResult | undefined> {
  const answer = await ask({ kind: "what-if", number: ++last, run, events, settings });
  return answer.kind === "what-if" ? answer.result : undefined;
}

export async function askObjectives(pace: Pace): Promise<Readonly<Record<Objective, Prediction>> | undefined> {
  const answer = await ask({ kind: "objectives", number: ++last, pace });
  return answer.kind === "objectives" ? answer.result : undefined;
}
