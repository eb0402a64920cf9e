import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as v from "valibot";

/** What the live run found out of one server: a row of the table at its end. */
const rowSchema = v.object({
  server: v.string(),
  version: v.optional(v.string()),
  /** "9 of 10" */
  right: v.optional(v.string()),
  accepted: v.optional(v.number()),
  corrected: v.optional(v.number()),
  /** 0-1, of the tokens of score prompts */
  cachedShare: v.optional(v.number()),
  /** Author, verdict and text of each step shown, in their order. */
  steps: v.optional(v.array(v.string())),
  /** Why it could not be tried. */
  notStarted: v.optional(v.string()),
  notes: v.array(v.string()),
});
export type Row = v.InferOutput<typeof rowSchema>;

const folder = new URL("../../test-results/live/", import.meta.url);

/** Adds what is new of a server to its row. */
export function report(row: Partial<Row> & { readonly server: string }): void {
  mkdirSync(folder, { recursive: true });
  const before = rows().find(({ server }) => server === row.server);
  const file = new URL(`${row.server.replaceAll(/[^\w.-]+/g, "-")}.row.json`, folder);
  writeFileSync(file, JSON.stringify({ ...before, ...row, notes: [...(before?.notes ?? []), ...(row.notes ?? [])] }, undefined, 1));
}

/** What starts a server; the test runner's own report would not say why it did not. */
export async function reportedStart(servers: readonly string[], start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    for (const server of servers) report({ server, notStarted: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

export function rows(): readonly Row[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(".row.json")).toSorted().map((file) => v.parse(rowSchema, JSON.parse(readFileSync(new URL(file, folder), "utf8"))));
  } catch {
    return [];
  }
}

/** A Markdown table, and under it what does not fit a cell. */
export function table(found: readonly Row[], suites: ReadonlyMap<string, string>): string {
  const cell = (value: string | number | undefined) => value ?? "–";
  const lines = found.map((row) => `| ${row.server} | ${cell(row.version)} | ${cell(suites.get(row.server))} | ${cell(row.right)} | ${cell(row.accepted)} / ${cell(row.corrected)} | ${row.cachedShare === undefined ? "–" : row.cachedShare.toFixed(2)} |`);
  const notes = found.flatMap(({ server, notes: said }) => said.map((note) => `${server}: ${note}`));
  // The same weights, problems and seed give the same draft steps everywhere, and scores equal to four digits: equal counts are expected, and must be of equal steps.
  const solved = found.filter(({ steps }) => steps !== undefined);
  for (const { server, steps = [] } of solved.slice(1)) {
    const first = solved[0]?.steps ?? [];
    const differing = Array.from({ length: Math.max(first.length, steps.length) }, (_, index) => first[index] !== steps[index]).filter(Boolean).length;
    notes.push(`${server}: ${differing === 0 ? `the same ${steps.length} steps as` : `${differing} of ${steps.length} steps differ from those of`} ${solved[0]?.server ?? ""}, word for word and verdict for verdict`);
  }
  return ["| server | version | tests | problems right | steps accepted / corrected | cached share of score prompts |", "|---|---|---|---|---|---|", ...lines, "", ...notes].join("\n");
}
