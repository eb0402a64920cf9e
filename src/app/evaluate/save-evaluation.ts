import type { Evaluation } from "../../evaluate/kept/evaluation.ts";
import { csvOf, jsonOf, markdownTable } from "../../evaluate/report.ts";
import { saveFile } from "../history/save-file.ts";
import type { Opened } from "./evaluate-store.ts";

export type SavedFormat = "json" | "csv" | "markdown";

/** Everything in JSON, each run in CSV, the table in Markdown. */
export function saveEvaluation(format: SavedFormat, { dataSet, plan, policy, draft, base, createdAt, tasks }: Evaluation, { rows, outcomes }: Opened): void {
  const name = `evaluation-${dataSet.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40)}-${new Date(createdAt).toISOString().slice(0, 10)}`;
  if (format === "json") return saveFile(`${name}.json`, jsonOf({ dataSet, plan, policy, models: { draft, base }, createdAt, tasks }, rows, outcomes));
  if (format === "csv") return saveFile(`${name}.csv`, new Blob([csvOf(outcomes)], { type: "text/csv" }));
  return saveFile(`${name}.md`, new Blob([`${markdownTable(rows)}\n`], { type: "text/markdown" }));
}
