import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wallClock } from "../../../src/app/wall-clock.ts";
import { serveLocalBase, type ServedLocalBase } from "../../../src/local-base/serve.ts";
import { chatMl } from "../../../src/models/chat-format.ts";
import type { DraftModel } from "../../../src/models/draft-model.ts";
import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { assumedPace } from "../../../src/reasoning/pacing.ts";
import { reason } from "../../../src/reasoning/reason.ts";
import { emptyRun, type Run } from "../../../src/reasoning/run.ts";
import { type Faults, serveBehindFaults } from "../../support/faulty-proxy.ts";
import { headerOf, runToEnd } from "../../support/run-to-end.ts";

type Problem = { readonly id: string; readonly problem: string; readonly answer: string };
const problems = readFileSync("public/problems/arithmetic.jsonl", "utf8").trim().split("\n").slice(0, 6).map((line) => JSON.parse(line) as Problem);
const quick = { answerSeconds: 2, idleSeconds: 0.4, diagnosisSeconds: 0.5, retryPauses: [0.02, 0.05] };
const connect = (baseUrl: string, model: string, timing = {}) =>
  connectEndpoint({ baseUrl, model, format: chatMl, instruction: "", contextTokens: 512, timing, pageOrigin: "http://page.test" });

const lines: readonly [name: string, faults: Faults][] = [
  ["slow, its answers overtaking each other", { slowest: 0.15 }],
  ["failing one request in five", { refused: 0.2 }],
  ["closing one connection in five", { reset: 0.2 }],
  ["cutting one answer in five", { cut: 0.2 }],
  ["going silent in the middle of one answer in five", { stalled: 0.2 }],
  ["all of it", { slowest: 0.05, refused: 0.07, reset: 0.07, cut: 0.07, stalled: 0.07 }],
];

describe("the embedded pair over a line that is", () => {
  let base: ServedLocalBase;
  let drafts: ServedLocalBase;
  let draft: DraftModel;
  beforeAll(async () => {
    base = await serveLocalBase({ modelPath: "public/models/arithmetic-base.gguf" }, 0);
    drafts = await serveLocalBase({ modelPath: "public/models/arithmetic-draft.gguf" }, 0);
    // The draft model's real words, without a browser: its endpoint, called directly.
    const drafting = connect(drafts.url, "arithmetic-draft");
    draft = {
      info: { ...drafting.info, contextTokens: 512, engine: "scripted", computesOn: "cpu", device: "llama.cpp" },
      generate: (request) => drafting.generate(request),
      close: () => Promise.resolve(),
    };
  });
  afterAll(async () => {
    await base.close();
    await drafts.close();
  });

  const solve = async (url: string, { problem }: Problem, mode: "async" | "auto"): Promise<Run> => {
    const run = emptyRun(headerOf({ mode, temperature: 0 }, problem));
    return (await runToEnd({ draft, base: connect(url, "arithmetic-base", url === base.url ? {} : quick), clock: wallClock, run })).run;
  };

  test.each(lines)("%s: every run ends right, with every step judged", async (_, faults) => {
    const line = await serveBehindFaults(base.url, faults);
    try {
      for (const problem of problems) {
        const straight = await solve(base.url, problem, "async");
        const run = await solve(line.url, problem, "async");
        expect(run.failure).toBeUndefined();
        expect(run.status).toBe("finished");
        expect(run.steps.map(({ verdict }) => verdict)).not.toContain("pending");
        // Where the line was given up for a while, steps say so; all others are what a good line gives.
        if (run.steps.every(({ verdict }) => verdict !== "unverified")) {
          expect(run.steps.map(({ text }) => text)).toEqual(straight.steps.map(({ text }) => text));
        }
        const auto = await solve(line.url, problem, "auto");
        expect(auto.failure).toBeUndefined();
        expect(auto.status).toBe("finished");
      }
      if (faults.slowest === undefined) expect(line.seen.faults).toBeGreaterThan(0);
    } finally {
      await line.close();
    }
  });

  test("stopping reaches the server within 250 ms", async () => {
    const slow = await serveLocalBase({ modelPath: "public/models/arithmetic-base.gguf", shape: { tpot: 0.2 } }, 0);
    const stop = new AbortController();
    const running = async () => /num_requests_running\{[^}]*\} ([\d.]+)/.exec(await (await fetch(`${slow.url}/metrics`)).text())?.[1];
    const run = emptyRun(headerOf({ mode: "base" }, problems[0]?.problem));
    let ended = "";
    const reading = (async () => {
      for await (const event of reason({ run, draft, base: connect(slow.url, "arithmetic-base"), clock: wallClock, signal: stop.signal, pace: assumedPace })) ended = event.kind;
    })();
    await expect.poll(running, { timeout: 20_000 }).toMatch(/^1(\.0)?$/);
    stop.abort();
    await expect.poll(running, { timeout: 250, interval: 20 }).toMatch(/^0(\.0)?$/);
    await reading;
    expect(ended).toBe("stopped");
    await slow.close();
  });
});
