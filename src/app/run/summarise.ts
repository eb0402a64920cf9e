import type { Run } from "../../reasoning/run.ts";

export type RunSummary = {
  /** Steps the draft model finished, those later rejected or dropped and other branches' included. */
  readonly drafted: number;
  readonly accepted: number;
  readonly corrected: number;
  readonly unverified: number;
  /** Steps of the base model that replaced no draft. */
  readonly byBase: number;
  /** Share of judged drafts that stayed; absent before the first verdict. */
  readonly acceptance?: number;
  /** Tokens the base model generated, one for each score included. */
  readonly baseTokens: number;
  /** Tokens of the transcript and the answer, other branches included: what the base model would have generated had it written the same alone. */
  readonly baseOnlyTokens: number;
  readonly deviceSeconds: number;
  /** Of round trips; absent where the link was not measured. */
  readonly networkSeconds?: number;
  readonly baseSeconds: number;
};

export function summarise(run: Run): RunSummary {
  const { steps, dropped, totals } = run;
  // Branches share what stands before they parted.
  const written = run.branches.length === 0 ? steps : [...new Map([...run.branches.flatMap((branch) => branch.steps), ...steps].map((step) => [step.id, step])).values()];
  const drafted = new Set([...written, ...dropped.flatMap((branch) => branch.steps)].filter(({ author }) => author === "draft").map(({ id }) => id));
  const answers = [run, ...run.branches].reduce((sum, { answer }) => sum + (answer?.tokens ?? 0), 0);
  const count = (test: (step: (typeof steps)[number]) => boolean): number => steps.reduce((sum, step) => sum + (test(step) ? 1 : 0), 0);
  const accepted = count(({ author, verdict }) => author === "draft" && verdict === "accepted");
  const corrected = count(({ verdict }) => verdict === "corrected");
  const chainTokens = written.reduce((sum, { tokens }) => sum + tokens, 0);
  const waited = totals.scoreSeconds + totals.baseSeconds;
  const network = run.roundTripSeconds === undefined ? undefined : Math.min(waited, run.roundTripSeconds * totals.baseRequests);
  return {
    drafted: drafted.size,
    accepted,
    corrected,
    unverified: count(({ verdict }) => verdict === "unverified"),
    byBase: count(({ author, verdict }) => author === "base" && verdict !== "corrected"),
    ...(accepted + corrected === 0 ? {} : { acceptance: accepted / (accepted + corrected) }),
    baseTokens: totals.baseTokens + totals.scoredSteps,
    baseOnlyTokens: chainTokens + answers,
    deviceSeconds: totals.draftSeconds,
    ...(network === undefined ? {} : { networkSeconds: network }),
    baseSeconds: waited - (network ?? 0),
  };
}
