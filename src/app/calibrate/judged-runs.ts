import { algebraInWorker, startBrowserAlgebra } from "../../evaluate/answers/algebra-in-worker.ts";
import { checkAnswer } from "../../evaluate/answers/check-answer.ts";
import { judgeByAnswer, judgeByArithmetic, type JudgedRun, type JudgedStep } from "../../evaluate/judged-steps.ts";
import type { RunEvent } from "../../reasoning/events.ts";
import type { Policy } from "../../reasoning/policy.ts";
import { foldRun, type RunHeader } from "../../reasoning/run.ts";
import type { RunSummary } from "../../runs/list-runs.ts";
import type { RunJournal } from "../../runs/run-journal.ts";
import { loadBuiltIn } from "../evaluate/data-sets.ts";

/** Where the truth of a step comes from: its own arithmetic, or, weaker, the answer of its run. */
export type Truth = "arithmetic" | "answer";

/** What a run says about its base model's scores. */
export type KnownRun = JudgedRun & { readonly header: RunHeader; readonly truth: Truth };

/** Two models and a way to score, whose scores can be put together. */
export type Pair = {
  readonly key: string;
  readonly draft: string;
  readonly base: string;
  readonly scoring: Policy["scoring"];
  /** Times each problem was solved. */
  readonly problems: ReadonlyMap<string, number>;
  readonly byTruth: Readonly<Record<Truth, { readonly steps: readonly JudgedStep[]; readonly runs: number; readonly undecided: number }>>;
};

export const pairKey = ({ draft, base, policy }: RunHeader): string => [draft.id, base.id, policy.scoring].join("\n");

/** Runs by their pairs, the pair of the first run first. */
export function pairsOf(runs: readonly KnownRun[]): readonly Pair[] {
  const groups = new Map<string, KnownRun[]>();
  for (const run of runs) {
    const key = pairKey(run.header);
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [run]);
    else same.push(run);
  }
  return [...groups].flatMap(([key, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const problems = new Map<string, number>();
    for (const { header: { problem } } of group) problems.set(problem, (problems.get(problem) ?? 0) + 1);
    const of = (truth: Truth) => {
      const judged = group.filter((run) => run.truth === truth);
      return { steps: judged.flatMap(({ steps }) => steps), runs: judged.length, undecided: judged.reduce((sum, { undecided }) => sum + undecided, 0) };
    };
    return [{ key, draft: first.header.draft.name, base: first.header.base.name, scoring: first.header.policy.scoring, problems, byTruth: { arithmetic: of("arithmetic"), answer: of("answer") } }];
  });
}

/** Undefined where the run says nothing: nothing was scored, or its truth is not known. */
export function knownByArithmetic(header: RunHeader, events: readonly RunEvent[]): KnownRun | undefined {
  const judged = judgeByArithmetic(header, events);
  return judged === undefined || judged.steps.length + judged.undecided === 0 ? undefined : { ...judged, header, truth: "arithmetic" };
}

/** What was read, so that only what has changed since is read again. */
const read = new Map<string, { readonly updatedAt: number; readonly known: KnownRun | undefined }>();

/** All that the kept runs say, newest first. @param progress told after each run */
export async function readKnownRuns(journal: RunJournal, signal: AbortSignal, progress: (done: number, of: number) => void): Promise<readonly KnownRun[]> {
  const summaries = await allRuns(journal, signal);
  const algebra = algebraInWorker(startBrowserAlgebra);
  let answers: ReadonlyMap<string, string> | undefined;
  const byAnswer = async (header: RunHeader, events: readonly RunEvent[]): Promise<KnownRun | undefined> => {
    const run = foldRun(header, events);
    if (run.status !== "finished" || run.answer === undefined || run.totals.scoredSteps === 0) return undefined;
    answers ??= await knownAnswers();
    const wanted = answers.get(header.problem.trim());
    if (wanted === undefined) return undefined;
    const judged = judgeByAnswer(run, (await checkAnswer(run.answer.text, wanted, algebra)).right);
    return judged.steps.length === 0 ? undefined : { ...judged, header, truth: "answer" };
  };
  try {
    for (const [place, { id, updatedAt }] of summaries.entries()) {
      if (read.get(id)?.updatedAt !== updatedAt) {
        // One that was deleted meanwhile, or cannot be read, says nothing.
        const stored = await journal.load(id).catch(() => undefined);
        signal.throwIfAborted();
        const known = stored === undefined ? undefined : knownByArithmetic(stored.header, stored.events) ?? await byAnswer(stored.header, stored.events);
        read.set(id, { updatedAt, known });
      }
      progress(place + 1, summaries.length);
    }
    return summaries.flatMap(({ id }) => read.get(id)?.known ?? []);
  } finally {
    algebra.close();
  }
}

async function allRuns(journal: RunJournal, signal: AbortSignal): Promise<readonly RunSummary[]> {
  const all: RunSummary[] = [];
  for (let page = await journal.list({ limit: 200 }); ; page = await journal.list({ limit: 200, before: page.next })) {
    signal.throwIfAborted();
    all.push(...page.runs);
    if (page.next === undefined) return all;
  }
}

/** The answers of the sets that come with the app and whose steps cannot be checked by themselves; none of a set that cannot be fetched. */
async function knownAnswers(): Promise<ReadonlyMap<string, string>> {
  const sets = await Promise.allSettled([loadBuiltIn("gsm8k"), loadBuiltIn("math500")]);
  return new Map(sets.flatMap((set) => (set.status === "fulfilled" ? set.value.problems.map(({ problem, answer }) => [problem.trim(), answer] as const) : [])));
}
