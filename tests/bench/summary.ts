import type { BenchResult } from "./bench-page.ts";

export type Summary = {
  readonly name: string;
  readonly problems: number;
  readonly right: number;
  readonly failed: number;
  readonly accepted: number;
  readonly drafted: number;
  readonly baseTokens: number;
  readonly scoreRequests: number;
  readonly draftTokens: number;
  readonly wastedDraftTokens: number;
  readonly prefilledTokens: number;
  readonly newTokens: number;
};

export type SpeedRow = Summary & {
  /** Round trip in seconds. */
  readonly rtt: number;
  /** For all problems, median over the repeats. */
  readonly seconds: number;
  /** Over the base model alone, median over the repeats. */
  readonly speedUp: number;
  readonly results: readonly BenchResult[];
};

export function summarise(name: string, results: readonly BenchResult[], right: number): Summary {
  const sum = (value: (result: BenchResult) => number) => results.reduce((total, result) => total + value(result), 0);
  return {
    name, right,
    problems: results.length,
    failed: results.filter(({ status }) => status !== "finished").length,
    accepted: sum(({ accepted }) => accepted),
    drafted: sum(({ drafted }) => drafted),
    baseTokens: sum(({ baseTokens }) => baseTokens),
    scoreRequests: sum(({ scoreRequests }) => scoreRequests),
    draftTokens: sum(({ draftTokens }) => draftTokens),
    wastedDraftTokens: sum(({ wastedDraftTokens }) => wastedDraftTokens),
    prefilledTokens: sum(({ prefilledTokens }) => prefilledTokens),
    newTokens: sum(({ newTokens }) => newTokens),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

const percent = (part: number, whole: number) => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`);

export function accuracyTable(rows: readonly Summary[]): string {
  const baseOnly = rows.find(({ name }) => name === "base alone")?.baseTokens ?? 0;
  return [
    "| | answers right | steps accepted | base tokens, of base-only's | prefilled / new tokens on the device |",
    "|---|---|---|---|---|",
    ...rows.map((row) =>
      `| ${row.name} | ${(row.right / row.problems).toFixed(2)} of ${row.problems} | ${percent(row.accepted, row.drafted)} | ` +
      `${row.baseTokens}, ${percent(row.baseTokens, baseOnly)} | ${row.prefilledTokens === 0 ? "–" : `${row.prefilledTokens} / ${row.newTokens} = ${(row.prefilledTokens / row.newTokens).toFixed(2)}`} |`),
  ].join("\n");
}

export function speedTable(rows: readonly SpeedRow[]): string {
  return [
    "| round trip | mode | seconds | speed-up over base | answers right | base tokens | score requests | wasted draft tokens | steps accepted |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows.map((row) =>
      `| ${1000 * row.rtt} ms | ${row.name} | ${row.seconds.toFixed(2)} | ${row.speedUp.toFixed(2)} | ${(row.right / row.problems).toFixed(2)} | ` +
      `${row.baseTokens} | ${row.scoreRequests} | ${row.wastedDraftTokens} | ${percent(row.accepted, row.drafted)} |`),
  ].join("\n");
}
