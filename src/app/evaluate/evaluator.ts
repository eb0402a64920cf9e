import type { Algebra } from "../../evaluate/answers/algebra.ts";
import type { Evaluation, Pause } from "../../evaluate/kept/evaluation.ts";
import type { KeptEvaluations } from "../../evaluate/kept/kept-evaluations.ts";
import { tasksOf, type Task } from "../../evaluate/plan.ts";
import { judge, policyOf, type TaskResult } from "../../evaluate/run-task.ts";
import type { Clock } from "../../reasoning/clock.ts";
import type { Failure } from "../../reasoning/events.ts";
import type { Run, RunHeader } from "../../reasoning/run.ts";
import type { RunLock } from "../../runs/run-lock.ts";
import { usesDraft } from "../models/open-pair.ts";
import type { SolveAside } from "../run/solve-aside.ts";
import { troubleOf } from "../trouble.ts";

/** What the evaluation at work is doing. */
export type Doing = { readonly kind: "waiting" | "opening" } | { readonly kind: "solving"; readonly task: Task; readonly run: Run };

export type EvaluatorParts = {
  readonly kept: () => Promise<KeptEvaluations>;
  readonly solve: SolveAside;
  /** Of who computes this evaluation. */
  readonly lock: (id: string) => RunLock;
  readonly algebra: () => Algebra & { readonly close: () => void };
  readonly clock: Clock;
};

export type Work = {
  readonly signal: AbortSignal;
  /** Away from the tab that computes it. */
  readonly takeOver?: boolean;
  readonly doing: (doing: Doing) => void;
};

/** Seconds for which the base model may be away before the evaluation rests. */
const longestGap = 20;

/** Does what is left of an evaluation, one task after the other, each stored when it is done. */
export function createEvaluator({ kept, solve, lock, algebra, clock }: EvaluatorParts) {
  /** Solves and judges one task; `models` where it began with others than the evaluation. */
  async function attempt(task: Task, evaluation: Evaluation, judging: Algebra, { doing, signal }: Work): Promise<{ readonly run: Run; readonly result: TaskResult | "models" }> {
    for (;;) {
      const givenUp = new AbortController();
      let why: TaskResult | "models" | undefined;
      let lost: { readonly failure: Failure; readonly at: number } | undefined;
      const giveUp = (because: TaskResult | "models"): void => {
        why ??= because;
        givenUp.abort();
      };
      const run = await solve({
        problem: task.problem.problem, policy: policyOf(task, evaluation.policy), signal: AbortSignal.any([signal, givenUp.signal]),
        waiting: () => doing({ kind: "waiting" }),
        opening: () => doing({ kind: "opening" }),
        happened(event, now) {
          if (event.kind === "base-lost") lost = { failure: event.failure, at: event.at };
          if (event.kind === "base-back") lost = undefined;
          if (modelsOf(now.header, evaluation) === undefined) giveUp("models");
          // A short gap is made up for within the run; what is drafted in a longer one would not count.
          else if (lost !== undefined && event.at - lost.at > longestGap) giveUp({ kind: "unfinished", failure: lost.failure });
          doing({ kind: "solving", task, run: now });
        },
      });
      if (why !== undefined) return { run, result: why };
      // Another tab has taken over the computing for something else: this task has its turn again.
      if (run.status !== "stopped" || signal.aborted) return { run, result: await judge(task, run, lost?.failure, judging) };
    }
  }

  async function goOn(id: string, store: KeptEvaluations, work: Work): Promise<Pause | undefined> {
    const began = await store.get(id);
    if (began === undefined) return undefined;
    let evaluation = began;
    const done = new Set((await store.outcomes(id)).map(({ key }) => key));
    const judging = algebra();
    try {
      for (const task of tasksOf(evaluation.plan, await store.problems(id))) {
        if (done.has(task.key)) continue;
        const begin = clock.now();
        const { run, result } = await attempt(task, evaluation, judging, work);
        if (work.signal.aborted) return { kind: "asked" };
        const models = modelsOf(run.header, evaluation);
        if (result === "models" || models === undefined) return { kind: "models", began: namesOf(evaluation), chosen: namesOf({ draft: run.header.draft.id, base: run.header.base.id }) };
        if (result.kind === "unfinished") return result.failure === undefined ? { kind: "asked" } : { kind: "failure", failure: result.failure };
        await store.add(id, result.outcome, clock.now() - begin, models);
        evaluation = { ...evaluation, ...models };
      }
      return undefined;
    } finally {
      judging.close();
    }
  }

  return {
    /** Resolves to `elsewhere` at once where another tab computes it. @throws RunsError, ModelError: storage has failed */
    async evaluate(id: string, work: Work): Promise<"ended" | "elsewhere"> {
      const store = await kept();
      const held = await (work.takeOver === true ? lock(id).takeOver() : lock(id).tryAcquire());
      if (held === undefined) return "elsewhere";
      const signal = AbortSignal.any([work.signal, held.lost]);
      let opened = false;
      // After the first task the models are open, and each task only looks whether they are.
      const doing = (what: Doing): void => {
        opened ||= what.kind === "solving";
        if (what.kind !== "opening" || !opened) work.doing(what);
      };
      try {
        await store.begin(id);
        const paused = await goOn(id, store, { ...work, signal, doing }).catch((thrown: unknown): Pause => {
          if (signal.aborted) return { kind: "asked" };
          const { kind, message } = troubleOf(thrown, "run");
          return { kind: "failure", failure: { kind, message } };
        });
        // Who has taken it over says how it goes on.
        if (paused !== undefined && !held.lost.aborted) await store.pause(id, paused);
        return "ended";
      } finally {
        held.release();
      }
    },
  };
}

/** The evaluation's models, with those that a run of it tells; undefined where they are others. */
function modelsOf({ draft, base, policy }: Pick<RunHeader, "draft" | "base" | "policy">, evaluation: Pick<Evaluation, "draft" | "base">): Pick<Evaluation, "draft" | "base"> | undefined {
  const told = {
    ...(usesDraft(policy) ? { draft: draft.id } : {}),
    // One that is asked for the answer only may not have told its name yet.
    ...(policy.mode === "draft" ? {} : { base: base.id }),
  };
  const differs = (["draft", "base"] as const).some((which) => told[which] !== undefined && evaluation[which] !== undefined && told[which] !== evaluation[which]);
  return differs ? undefined : told;
}

const namesOf = ({ draft = "–", base = "–" }: Pick<Evaluation, "draft" | "base">): string => `${draft}, ${base}`;
