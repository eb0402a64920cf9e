import { type Mode, type Objective, type Policy, defaultPolicy } from "../reasoning/policy.ts";
import { assumedPace, observePace, type Pace } from "../reasoning/pacing.ts";
import { reason } from "../reasoning/reason.ts";
import { emptyRun, foldEvent } from "../reasoning/run.ts";
import { boundSeconds } from "./bound.ts";
import { baseOnlySeconds, baseTokensOf, type Trace, type TraceRun } from "./trace.ts";
import { tracedModels } from "./traced-models.ts";
import { createVirtualClock } from "./virtual-clock.ts";

export type SimulationSettings = {
  /** Seconds, added once to every request. */
  readonly roundTripSeconds: number;
  readonly mode: Exclude<Mode, "draft">;
  readonly objective: Objective;
  /** 0-9 */
  readonly threshold: number;
  readonly window?: number;
};

export type SimulatedRun = {
  readonly id: string;
  readonly seconds: number;
  readonly baseOnlySeconds: number;
  /** No loop of drafts, scores and corrections can be faster. */
  readonly boundSeconds: number;
  readonly steps: number;
  readonly accepted: number;
  /** Tokens the base model's server wrote, also after it was no longer listened to; without scores. */
  readonly baseTokens: number;
  /** Tokens of the corrections the trace needs at this threshold. */
  readonly neededBaseTokens: number;
  readonly baseOnlyTokens: number;
  readonly draftTokens: number;
  readonly wastedDraftTokens: number;
  readonly scoreRequests: number;
};

export type Simulation = Omit<SimulatedRun, "id"> & {
  readonly mode: Mode;
  readonly runs: readonly SimulatedRun[];
};

/** One recorded run through the real `reason()` on a virtual clock; returns what it learnt of the pair's pace, too. */
export async function simulateRun(
  run: TraceRun, timing: Trace["timing"], settings: SimulationSettings, known: Pace = assumedPace,
): Promise<{ readonly run: SimulatedRun; readonly pace: Pace }> {
  const { roundTripSeconds, mode, objective, threshold, window = defaultPolicy.window } = settings;
  const clock = createVirtualClock();
  const models = tracedModels(run, timing, { clock, roundTripSeconds });
  const policy: Policy = {
    ...defaultPolicy, mode, objective, threshold, window, scoring: "greedy",
    stepTokens: 1e9, tokenBudget: 1e12, answerTokens: 0,
  };
  const header = {
    version: 1, id: run.id, problem: "", createdAt: 0, policy,
    draft: { id: models.draft.info.id, name: models.draft.info.name },
    base: { id: models.base.info.id, name: models.base.info.name },
  } as const;
  const replay = async () => {
    let state = emptyRun(header);
    let pace = known;
    if (run.steps.length === 0) return { ...state, pace };
    for await (const event of reason({ run: state, ...models, clock, signal: new AbortController().signal, pace: known })) {
      state = foldEvent(state, event);
      pace = observePace(pace, event);
    }
    return { ...state, pace };
  };
  const { seconds, steps, totals, pace } = await clock.run(replay());
  const needed = run.steps.filter(({ score }) => score < threshold);
  const simulated: SimulatedRun = {
    id: run.id,
    seconds,
    baseOnlySeconds: baseOnlySeconds(run, timing, roundTripSeconds),
    boundSeconds: boundSeconds(run, timing, roundTripSeconds, threshold),
    steps: steps.length,
    accepted: steps.filter(({ author }) => author === "draft").length,
    baseTokens: models.serverTokens,
    neededBaseTokens: baseTokensOf(needed),
    baseOnlyTokens: baseTokensOf(run.steps),
    draftTokens: totals.draftTokens,
    wastedDraftTokens: totals.wastedDraftTokens,
    scoreRequests: totals.scoreRequests,
  };
  return { run: simulated, pace };
}

/** A whole trace, run after run, with the sums. As in the app, what a run has learnt of the pair is known to the next. */
export async function simulate({ timing, runs }: Trace, settings: SimulationSettings): Promise<Simulation> {
  const simulated: SimulatedRun[] = [];
  let pace = assumedPace;
  for (const run of runs) {
    const result = await simulateRun(run, timing, settings, pace);
    pace = result.pace;
    simulated.push(result.run);
  }
  const sum = (key: Exclude<keyof SimulatedRun, "id">) => simulated.reduce((total, run) => total + run[key], 0);
  return {
    mode: settings.mode,
    seconds: sum("seconds"),
    baseOnlySeconds: sum("baseOnlySeconds"),
    boundSeconds: sum("boundSeconds"),
    steps: sum("steps"),
    accepted: sum("accepted"),
    baseTokens: sum("baseTokens"),
    neededBaseTokens: sum("neededBaseTokens"),
    baseOnlyTokens: sum("baseOnlyTokens"),
    draftTokens: sum("draftTokens"),
    wastedDraftTokens: sum("wastedDraftTokens"),
    scoreRequests: sum("scoreRequests"),
    runs: simulated,
  };
}
