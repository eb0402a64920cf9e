import type { Run } from "../../reasoning/run.ts";

export type RunSummary = {
  /** Steps the draft model finished, those later rejected or dropped included. */
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
  /** Tokens of the transcript and the answer: what the base model would have generated had it written the same alone. */
  readonly baseOnlyTokens: number;
  readonly deviceSeconds: number;
  /** Of round trips; absent where the link was not measured. */
  readonly networkSeconds?: number;
  readonly baseSeconds: number;
};

export function summarise(run: Run): RunSummary {
  const { steps, dropped, totals } = run;
  const count = (test: (step: (typeof steps)[number]) => boolean): number => steps.reduce((sum, step) => sum + (test(step) ? 1 : 0), 0);
  const accepted = count(({ author, verdict }) => author === "draft" && verdict === "accepted");
  const corrected = count(({ verdict }) => verdict === "corrected");
  const droppedDrafts = dropped.reduce((sum, branch) => sum + branch.steps.filter(({ author }) => author === "draft").length, 0);
  const chainTokens = steps.reduce((sum, { tokens }) => sum + tokens, 0);
  const waited = totals.scoreSeconds + totals.baseSeconds;
  const network = run.roundTripSeconds === undefined ? undefined : Math.min(waited, run.roundTripSeconds * totals.baseRequests);
  return {
    drafted: count(({ author }) => author === "draft") + droppedDrafts,
    accepted,
    corrected,
    unverified: count(({ verdict }) => verdict === "unverified"),
    byBase: count(({ author, verdict }) => author === "base" && verdict !== "corrected"),
    ...(accepted + corrected === 0 ? {} : { acceptance: accepted / (accepted + corrected) }),
    baseTokens: totals.baseTokens + totals.scoredSteps,
    baseOnlyTokens: chainTokens + (run.answer?.tokens ?? 0),
    deviceSeconds: totals.draftSeconds,
    ...(network === undefined ? {} : { networkSeconds: network }),
    baseSeconds: waited - (network ?? 0),
  };
}
