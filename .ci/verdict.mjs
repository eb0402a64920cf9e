import { existsSync, readFileSync } from "node:fs";

// usage: node .ci/verdict.mjs STATUS LIVE: exit statuses of the tests and of the live run. Each runner leaves its own report in test-results; one that left none ran no test.
const [status = 1, liveStatus = 0] = process.argv.slice(2).map(Number);
const read = (/** @type {string} */ name) => (existsSync(`test-results/${name}.json`) ? JSON.parse(readFileSync(`test-results/${name}.json`, "utf8")) : undefined);
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
const [unit, e2e, live] = [read("unit"), read("e2e"), read("live")];

let passed = 0;
let failed = 0;
let skipped = 0;
if (unit !== undefined) {
  passed += unit.numPassedTests;
  failed += unit.numFailedTests + unit.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  skipped += unit.numPendingTests + unit.numTodoTests;
}
if (e2e !== undefined) {
  passed += e2e.stats.expected + e2e.stats.flaky;
  failed += e2e.stats.unexpected + e2e.errors.length;
  skipped += e2e.stats.skipped;
}
if (status !== 0 && failed === 0) failed = 1;

const flaky = (suites) => suites.flatMap((suite) => [...flaky(suite.suites ?? []), ...(suite.specs ?? []).filter(({ tests }) => tests.some((test) => test.status === "flaky")).map(({ file, title }) => `${file} › ${title}`)]);
for (const name of flaky(e2e?.suites ?? [])) say(`passed the second time only: ${name}`);
for (const [name, report] of [["unit", unit], ["browser", e2e]]) if (report === undefined) say(`${name} tests did not run`);

if (live !== undefined) {
  passed += live.passed;
  failed += live.failed;
  skipped += live.skipped;
  for (const line of live.notTried) say(`real servers: ${line}`);
} else if ([124, 130, 137].includes(liveStatus)) {
  say("real servers: the run was cut off before it had found anything");
} else if (liveStatus !== 0) {
  failed += 1;
  say(`real servers: the run ended with status ${liveStatus} and left no report`);
}
say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 || unit === undefined || e2e === undefined ? 1 : 0;
