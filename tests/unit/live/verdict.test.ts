import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const command = fileURLToPath(new URL("../../../.ci/verdict.mjs", import.meta.url));
const unit = { numPassedTests: 10, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] };
const e2e = { stats: { expected: 5, flaky: 0, unexpected: 0, skipped: 0 }, errors: [], suites: [] };

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Its exit status and its lines, of the reports and exit statuses that the runners left. */
function verdict({ reports = { unit, e2e }, status = 0, live = 0 }: { readonly reports?: Readonly<Record<string, unknown>>; readonly status?: number; readonly live?: number }) {
  const folder = mkdtempSync(join(tmpdir(), "verdict-"));
  folders.push(folder);
  mkdirSync(join(folder, "test-results"));
  for (const [name, report] of Object.entries(reports)) writeFileSync(join(folder, "test-results", `${name}.json`), JSON.stringify(report));
  const { status: exit, stdout } = spawnSync(process.execPath, [command, String(status), String(live)], { cwd: folder, encoding: "utf8" });
  return { exit, lines: stdout.trim().split("\n") };
}

describe("the verdict over all runners", () => {
  it("adds the live run's counts, and repeats its lines", () => {
    const live = { passed: 20, failed: 0, skipped: 2, notTried: ["vllm was not tried: there is no python3 here"] };
    expect(verdict({ reports: { unit, e2e, live } })).toEqual({ exit: 0, lines: ["real servers: vllm was not tried: there is no python3 here", "35 passed, 0 failed, 3 skipped"] });
  });

  it("is good without the live run, where that was left out or could have nothing installed", () => {
    expect(verdict({})).toEqual({ exit: 0, lines: ["15 passed, 0 failed, 1 skipped"] });
    expect(verdict({ reports: { unit, e2e, live: { passed: 0, failed: 0, skipped: 0, notTried: ["all were not tried: no network"] } }, live: 1 }).exit).toBe(0);
  });

  it("is bad where a real server failed", () => {
    expect(verdict({ reports: { unit, e2e, live: { passed: 20, failed: 1, skipped: 0, notTried: ["router failed: it ended"] } }, live: 1 })).toEqual({ exit: 1, lines: ["real servers: router failed: it ended", "35 passed, 1 failed, 1 skipped"] });
  });

  it("counts a live run that died as a failure, and one that was cut off as none", () => {
    expect(verdict({ live: 1 })).toEqual({ exit: 1, lines: ["real servers: the run ended with status 1 and left no report", "15 passed, 1 failed, 1 skipped"] });
    for (const live of [124, 130, 137]) expect(verdict({ live })).toEqual({ exit: 0, lines: ["real servers: the run was cut off before it had found anything", "15 passed, 0 failed, 1 skipped"] });
  });

  it("is bad where tests failed, ended badly, or did not run", () => {
    expect(verdict({ reports: { unit: { ...unit, numFailedTests: 2 }, e2e }, status: 1 }).lines).toEqual(["15 passed, 2 failed, 1 skipped"]);
    expect(verdict({ status: 2 })).toEqual({ exit: 1, lines: ["15 passed, 1 failed, 1 skipped"] });
    expect(verdict({ reports: { unit }, status: 1 })).toEqual({ exit: 1, lines: ["browser tests did not run", "10 passed, 1 failed, 1 skipped"] });
  });

  it("names a browser test that passed the second time only", () => {
    const suites = [{ suites: [{ specs: [{ file: "run.spec.ts", title: "stops", tests: [{ status: "flaky" }] }] }] }];
    expect(verdict({ reports: { unit, e2e: { ...e2e, suites } } }).lines[0]).toBe("passed the second time only: run.spec.ts › stops");
  });
});
