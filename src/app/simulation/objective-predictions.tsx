import { useEffect, useState } from "react";
import type { Objective } from "../../reasoning/policy.ts";
import type { Prediction } from "../../simulate/what-if.ts";
import { useRun } from "../app-run.ts";
import { readPace } from "../models/kept-pace.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { askObjectives } from "./simulate-in-worker.ts";
import { useSimulationWords } from "./simulation-words.ts";

const objectives: readonly Objective[] = ["latency", "balanced", "cloud"];

/** What each objective is expected to take with the pair and link of the run on the page; nothing where none was measured. */
export function ObjectivePredictions() {
  const words = useSimulationWords();
  const { count, percent, seconds } = useNumbers();
  const pair = useRun(({ run }) => (run === undefined ? undefined : `${run.header.draft.id} ${run.header.base.id}`));
  const [predictions, setPredictions] = useState<Readonly<Record<Objective, Prediction>>>();
  useEffect(() => {
    if (pair === undefined) return undefined;
    const pace = readPace(pair);
    if (pace.chainTokens === 0) return undefined;
    let left = false;
    void askObjectives(pace).then((answer) => (left ? undefined : setPredictions(answer)));
    return () => { left = true; };
  }, [pair]);
  if (predictions === undefined) return null;
  return (
    <div className="grid gap-0.5 text-[0.8125rem] leading-snug text-quiet sm:col-span-2">
      <p>{words.predictionFrom}</p>
      <ul className="grid gap-0.5">
        {objectives.map((objective) => {
          const { baseOnlySeconds, baseTokens, seconds: taken } = predictions[objective];
          return <li key={objective}>{words.objectives[objective]}: {words.prediction(seconds(taken), count(baseTokens), percent(taken / baseOnlySeconds))}</li>;
        })}
      </ul>
    </div>
  );
}
