import { existsSync, readFileSync } from "node:fs";
import * as v from "valibot";

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };
export const sumOf = (one: Counts, other: Counts): Counts => ({ passed: one.passed + other.passed, failed: one.failed + other.failed, skipped: one.skipped + other.skipped });
export const inWords = ({ passed, failed, skipped }: Counts): string => `${passed} passed${failed > 0 ? `, ${failed} failed` : ""}${skipped > 0 ? `, ${skipped} skipped` : ""}`;

const reportSchema = v.object({
  testResults: v.array(v.object({
    status: v.string(), message: v.optional(v.string(), ""),
    assertionResults: v.array(v.object({ status: v.string(), ancestorTitles: v.array(v.string()), title: v.string(), failureMessages: v.nullish(v.array(v.string()), []) })),
  })),
});

export type FileResults = {
  readonly counts: Counts;
  /** By the title of a block of tests: what is counted in it alone. */
  readonly within: (title: string) => Counts;
  /** Why the first thing failed, in a line. */
  readonly why?: string;
};

/** What the test runner's report of one file says; a report that is not there is a run that was broken off. */
export function resultsIn(report: string): FileResults {
  if (!existsSync(report)) return { counts: { ...noCounts, failed: 1 }, within: () => noCounts, why: "broken off" };
  const { testResults } = v.parse(reportSchema, JSON.parse(readFileSync(report, "utf8")));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  // A file whose server did not start has failed, though no test of it has.
  const failedWhole = testResults.filter(({ status, assertionResults }) => status === "failed" && !assertionResults.some((each) => each.status === "failed"));
  const count = (chosen: typeof tests): Counts => ({
    passed: chosen.filter(({ status }) => status === "passed").length,
    failed: chosen.filter(({ status }) => status === "failed").length,
    skipped: chosen.filter(({ status }) => status !== "passed" && status !== "failed").length,
  });
  const failure = tests.find(({ status }) => status === "failed");
  const said = failure === undefined ? failedWhole[0]?.message.replace(/^$/, "its tests did not begin") : `${failure.title}: ${failure.failureMessages?.[0] ?? ""}`;
  return {
    counts: sumOf(count(tests), { ...noCounts, failed: failedWhole.length }),
    within: (title) => count(tests.filter(({ ancestorTitles }) => ancestorTitles.includes(title))),
    ...(said === undefined ? {} : { why: said.replace(/^\w*Error: /, "").split("\n    at ")[0]?.trim() ?? "" }),
  };
}
