import type { Outcome } from "./outcome.ts";
import type { SettingSummary } from "./statistics.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A table in Markdown, a line for each mode and threshold. `timed`: whether seconds say something. */
export function markdownTable(rows: readonly SettingSummary[], timed = true): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const names = ["mode", "threshold", "answers right (95 % interval)", ...(timed ? ["seconds a problem"] : []), "draft tokens", "base tokens", "base requests", "steps accepted"];
  return [
    line(names),
    `|${"---|".repeat(names.length)}`,
    ...rows.map(({ mode, threshold, accuracy, interval, runs, seconds, draftTokens, baseTokens, baseRequests, acceptance }) => line([
      mode, String(threshold ?? "–"), `${percent(accuracy)} of ${runs} (${(100 * interval.low).toFixed(1)}–${(100 * interval.high).toFixed(1)})`,
      ...(timed ? [seconds.toFixed(2)] : []), draftTokens.toFixed(1), baseTokens.toFixed(1), baseRequests.toFixed(1), acceptance === undefined ? "–" : percent(acceptance),
    ])),
  ].join("\n");
}

const columns = ["problem", "mode", "threshold", "sample", "right", "given", "foundBy", "rung", "seconds", "draftTokens", "baseTokens", "baseRequests", "scoredSteps", "acceptedSteps", "run"] as const;

/** Spreadsheets run what begins so as a formula; an apostrophe before it makes it text. */
const asCell = (value: string | number | boolean | undefined): string => {
  if (typeof value !== "string") return String(value ?? "");
  const text = /^\s*[=+\-@|]|^\s/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
};

/** A line for each run (RFC 4180). What models and files wrote is never a formula. */
export const csvOf = (outcomes: readonly Outcome[]): string =>
  [columns.join(","), ...outcomes.map((outcome) => columns.map((column) => asCell(outcome[column])).join(","))].join("\r\n");

/** `about` is what was evaluated: the data set, the plan, the models. */
export const jsonOf = (about: Readonly<Record<string, unknown>>, rows: readonly SettingSummary[], outcomes: readonly Outcome[]): string =>
  JSON.stringify({ version: 1, ...about, summary: rows, outcomes }, undefined, 1);
