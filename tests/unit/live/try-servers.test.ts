import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type FileResults, noCounts, type ResultLine, resultsIn } from "../../live/counts.ts";
import { NotToBeHad } from "../../live/servers/packages.ts";
import { type Server, type Trying, tryServers } from "../../live/try-servers.ts";

const passing: FileResults = { counts: { ...noCounts, passed: 3 }, within: (title) => ({ ...noCounts, passed: title === "behind one" ? 1 : 2 }), cutOff: false };
const missing = (why: string) => (): Promise<never> => Promise.reject(new NotToBeHad(why));
const server = (file: string, more: Partial<Server> = {}): Server => ({ what: "", file, needs: () => Promise.resolve(), ...more });

function trying(more: Partial<Trying> = {}) {
  const ran: string[] = [];
  return {
    ran,
    trying: {
      runTests: (file: string, names: readonly string[]) => {
        ran.push(`${file}: ${names.join()}`);
        return Promise.resolve(passing);
      },
      notStarted: () => undefined, over: () => undefined, now: () => 0,
      ...more,
    } satisfies Trying,
  };
}

describe("the servers of a live run", () => {
  it("are tried in their order, those of one file together", async () => {
    const servers = { a: server("a"), one: server("shared", { title: "behind one" }), b: server("b"), two: server("shared", { title: "behind two" }) };
    const { ran, trying: with_ } = trying();
    const { counts, suites, lines } = await tryServers(servers, Object.keys(servers), with_);
    expect(ran).toEqual(["a: a", "shared: one,two", "b: b"]);
    expect(counts).toEqual({ passed: 9, failed: 0, skipped: 0 });
    expect([...suites]).toEqual([["a", "3 passed"], ["one", "1 passed"], ["two", "2 passed"], ["b", "3 passed"]]);
    expect(lines).toEqual([]);
  });

  it("that cannot be had are named in one line a reason, and the others are tried", async () => {
    const servers = { a: server("a", { needs: missing("there is no python3 here") }), b: server("b"), c: server("c", { needs: missing("there is no python3 here") }) };
    const { ran, trying: with_ } = trying();
    const { counts, lines } = await tryServers(servers, Object.keys(servers), with_);
    expect(ran).toEqual(["b: b"]);
    expect(counts.failed).toBe(0);
    expect(lines).toEqual(["a, c were not tried: there is no python3 here"]);
  });

  it("have those tests named that passed the second time only", async () => {
    const { lines } = await tryServers({ a: server("a") }, ["a"], { ...trying().trying, runTests: () => Promise.resolve({ ...passing, again: ["solves"] }) });
    expect(lines).toEqual(["passed the second time only: a › solves"]);
  });

  it("whose installation fails by a fault of ours end the run", async () => {
    const servers = { a: server("a", { needs: () => Promise.reject(new TypeError("ours")) }) };
    await expect(tryServers(servers, ["a"], trying().trying)).rejects.toThrow("ours");
  });

  it("that time does not reach are named, and what was cut off with how far it came; failures found until then are kept", async () => {
    let over = false;
    const servers = { a: server("a"), b: server("b"), c: server("c") };
    const { lines, counts, suites } = await tryServers(servers, Object.keys(servers), {
      ...trying().trying,
      runTests: () => {
        over = true;
        return Promise.resolve({ counts: { passed: 4, failed: 1, skipped: 0 }, within: () => noCounts, tests: 20, cutOff: true, why: "scores: not 9" });
      },
      over: () => (over ? "as the 10 minutes were up" : undefined),
    });
    expect(lines).toEqual(["a was cut off after 5 of 20 tests, as the 10 minutes were up", "a failed: scores: not 9", "b, c were not reached, as the 10 minutes were up"]);
    expect(counts).toEqual({ passed: 4, failed: 1, skipped: 0 });
    expect([...suites]).toEqual([["a", "4 passed, 1 failed"]]);
  });

  it("that do not start are named with what they said, rather than with the test that missed them", async () => {
    const failing: FileResults = { counts: { ...noCounts, failed: 1 }, within: () => noCounts, cutOff: false, why: "its tests did not begin" };
    const { lines } = await tryServers({ a: server("a") }, ["a"], { ...trying().trying, runTests: () => Promise.resolve(failing), notStarted: () => "vLLM ended while it started" });
    expect(lines).toEqual(["a failed: vLLM ended while it started"]);
  });
});

describe("what a test file of the live run has found", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  function madeFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "live-results-"));
    folders.push(folder);
    return folder;
  }
  function written(...lines: ResultLine[]): string {
    const file = join(madeFolder(), "results.jsonl");
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return file;
  }
  const collected: ResultLine = { kind: "collected", tests: 3 };
  const test = (state: "passed" | "failed" | "skipped", within: string, why?: string): ResultLine => ({ kind: "test", within: [within], title: `a ${state} one`, state, ...(why === undefined ? {} : { why }) });
  const end: ResultLine = { kind: "end" };

  it("is counted, in all and by block, and the first failure is told", () => {
    const results = resultsIn(written(collected, test("passed", "one"), test("failed", "two", "not 9"), test("skipped", "two"), end), false);
    expect(results).toMatchObject({ counts: { passed: 1, failed: 1, skipped: 1 }, tests: 3, cutOff: false, why: "a failed one: not 9" });
    expect(results.within("two")).toEqual({ passed: 0, failed: 1, skipped: 1 });
  });

  it("has failed where its server did not start, though no test of it has", () => {
    const results = resultsIn(written(collected, test("skipped", "one"), { kind: "failure", within: ["one"], why: "vLLM ended" }, end), false);
    expect(results).toMatchObject({ counts: { passed: 0, failed: 1, skipped: 1 }, why: "vLLM ended" });
  });

  it.each([["without its end", [collected, test("passed", "one")]], ["without a line", []]])("has failed where it is %s and nobody stopped it", (_, lines) => {
    expect(resultsIn(written(...lines), false)).toMatchObject({ counts: { failed: 1 }, cutOff: false, why: "broken off" });
  });

  it("has not failed where it was stopped, unless something had failed by then", () => {
    expect(resultsIn(written(collected, test("passed", "one")), true)).toMatchObject({ counts: { passed: 1, failed: 0 }, cutOff: true });
    expect(resultsIn(written(collected, test("failed", "one", "not 9")), true)).toMatchObject({ counts: { failed: 1 }, cutOff: true, why: "a failed one: not 9" });
  });

  it("is written down by the test runner as it comes", () => {
    const folder = madeFolder();
    writeFileSync(join(folder, "a.test.js"), `
      let tries = 0;
      describe("one", () => { it("passes", () => {}); it("comes round", () => expect(++tries).toBe(2)); it("fails", () => expect(1).toBe(2)); it("is skipped", ({ skip }) => skip()); afterAll(() => { throw new Error("not stopped"); }); });
      describe("three", () => { afterEach(() => { throw new Error("it has ended"); }); it("is asked", () => { throw new Error("no answer"); }); });
      describe("two", () => { beforeAll(() => { throw new Error("not started"); }); it("does not begin", () => {}); });`);
    const [root, results] = [fileURLToPath(new URL("../../..", import.meta.url)), join(folder, "results.jsonl")];
    spawnSync(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", folder, "--globals", "--retry", "1", "--reporter", join(root, "tests/live/result-lines.ts")], { env: { ...process.env, LIVE_RESULTS: results } });
    const found = resultsIn(results, false);
    expect(found).toMatchObject({ counts: { passed: 2, failed: 4, skipped: 2 }, tests: 6, cutOff: false, again: ["comes round"], why: expect.stringMatching(/^fails: expected 1 to be 2/) });
    expect(found.within("two")).toEqual({ passed: 0, failed: 1, skipped: 1 });
    // What is found after a test says why it failed.
    expect(readFileSync(results, "utf8")).toContain('"title":"is asked","state":"failed","why":"it has ended"');
  });
});
