import { appendFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";
import type { ResultLine } from "./counts.ts";

/** Writes each result of a test file down as it comes, so that one that is cut off keeps what it had found. Into the file named by LIVE_RESULTS. */
export default class ResultLines implements Reporter {
  onTestModuleCollected({ children }: TestModule): void {
    add({ kind: "collected", tests: [...children.allTests()].length });
  }

  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    add({ kind: "test", within: blocksOf(test), title: test.name, state: state === "pending" ? "skipped" : state, ...(test.diagnostic()?.flaky === true ? { again: true } : {}), ...(errors === undefined ? {} : { why: inWords(errors) }) });
  }

  /** Of what starts and stops the servers: no test has failed by it. */
  onTestSuiteResult(block: TestSuite): void {
    const errors = block.errors();
    if (errors.length > 0) add({ kind: "failure", within: [...blocksOf(block), block.name], why: inWords(errors) });
  }

  onTestModuleEnd(file: TestModule): void {
    const errors = file.errors();
    if (errors.length > 0) add({ kind: "failure", within: [], why: inWords(errors) });
    add({ kind: "end" });
  }
}

function add(line: ResultLine): void {
  appendFileSync(process.env["LIVE_RESULTS"] ?? "test-results/live/results.jsonl", `${JSON.stringify(line)}\n`);
}

/** The last: what is found out after a test, that its server has ended, says why the test failed. */
const inWords = (errors: readonly { readonly message: string }[]): string => stripVTControlCharacters(errors.at(-1)?.message ?? "").trim();

function blocksOf({ parent }: TestCase | TestSuite): string[] {
  return parent.type === "suite" ? [...blocksOf(parent), parent.name] : [];
}
