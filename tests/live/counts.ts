import { existsSync, readFileSync } from "node:fs";
import * as v from "valibot";

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };
export const sumOf = (one: Counts, other: Counts): Counts => ({ passed: one.passed + other.passed, failed: one.failed + other.failed, skipped: one.skipped + other.skipped });
export const inWords = ({ passed, failed, skipped }: Counts): string => `${passed} passed${failed > 0 ? `, ${failed} failed` : ""}${skipped > 0 ? `, ${skipped} skipped` : ""}`;

/** What a test file has found so far, a line each; see `result-lines.ts`. */
const lineSchema = v.variant("kind", [
  v.object({ kind: v.literal("collected"), tests: v.number() }),
  v.object({ kind: v.literal("test"), within: v.array(v.string()), title: v.string(), state: v.picklist(["passed", "failed", "skipped"]), again: v.optional(v.boolean()), why: v.optional(v.string()) }),
  v.object({ kind: v.literal("failure"), within: v.array(v.string()), why: v.string() }),
  v.object({ kind: v.literal("end") }),
]);
export type ResultLine = v.InferOutput<typeof lineSchema>;

export type FileResults = {
  readonly counts: Counts;
  /** By the title of a block of tests: what is counted in it alone. */
  readonly within: (title: string) => Counts;
  /** Tests the file has, where it came so far as to tell. */
  readonly tests?: number;
  /** It came to no end, because it was stopped. */
  readonly cutOff: boolean;
  /** Titles of those that passed the second time only. */
  readonly again?: readonly string[];
  /** Why the first thing failed. */
  readonly why?: string;
};

/** Reads the lines. A file that came to no end has failed, unless it was `stopped`. */
export function resultsIn(file: string, stopped: boolean): FileResults {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter((line) => line !== "").map(parsed) : [];
  const found = lines.filter((line) => line.kind === "test" || line.kind === "failure");
  const endless = !lines.some(({ kind }) => kind === "end");
  const brokenOff = endless && !stopped;
  const count = (chosen: typeof found): Counts => ({
    passed: chosen.filter((line) => line.kind === "test" && line.state === "passed").length,
    failed: chosen.filter(hasFailed).length,
    skipped: chosen.filter((line) => line.kind === "test" && line.state === "skipped").length,
  });
  const first = found.find(hasFailed);
  const why = first === undefined ? (brokenOff ? "broken off" : undefined) : `${first.kind === "test" ? `${first.title}: ` : ""}${first.why ?? ""}`;
  const tests = lines.find((line) => line.kind === "collected")?.tests;
  return {
    counts: sumOf(count(found), { ...noCounts, failed: brokenOff ? 1 : 0 }),
    within: (title) => count(found.filter(({ within }) => within.includes(title))),
    cutOff: endless && stopped,
    again: found.flatMap((line) => (line.kind === "test" && line.again === true ? [line.title] : [])),
    ...(tests === undefined ? {} : { tests }),
    ...(why === undefined ? {} : { why }),
  };
}

const hasFailed = (line: ResultLine): boolean => line.kind === "failure" || (line.kind === "test" && line.state === "failed");

const parsed = (line: string): ResultLine => v.parse(lineSchema, JSON.parse(line));
