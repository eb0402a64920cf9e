import { describe, expect, test } from "vitest";
import type { BaseModel } from "../../../src/models/base-model.ts";
import { chatMl } from "../../../src/models/chat-format.ts";
import type { DraftModel } from "../../../src/models/draft-model.ts";
import type { Ended, GenerationPart } from "../../../src/models/generation.ts";
import { ModelError, type ModelErrorKind } from "../../../src/models/model-error.ts";
import type { Policy } from "../../../src/reasoning/policy.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { runToEnd } from "../../support/run-to-end.ts";
import { scriptedPair } from "../../support/scripted-pair.ts";

type Line = readonly [text: string, ended: Ended];
const blank: Ended = { kind: "stop", stop: "\n\n" };
const thinkingEnd: Ended = { kind: "stop", stop: "</think>" };
const length: Ended = { kind: "length" };

/** A draft model that says these lines, one a call, and a base model that says its own and scores with these digits. */
function sayings(draftLines: readonly Line[], digits: readonly (number | undefined)[], baseLines: readonly Line[] = [], fault?: ModelErrorKind, logProb = -0.5) {
  const prompts: string[] = [];
  const take = <Item>(list: readonly Item[]) => {
    let next = 0;
    return () => list[Math.min(next++, list.length - 1)];
  };
  const sayer = (line: () => Line | undefined) =>
    async function* ({ prompt }: { prompt: string }): AsyncGenerator<GenerationPart> {
      await Promise.resolve();
      prompts.push(prompt);
      const [text, ended] = prompt.includes("</think>") ? ["the answer", { kind: "end-of-text" } as const] : (line() ?? ["", thinkingEnd]);
      if (text !== "") yield { kind: "text", text, tokens: 4, signals: [{ logProb, entropy: 0.2 }] };
      yield { kind: "end", ended, usage: { promptTokens: prompt.length, cachedTokens: prompt.length - 1, generatedTokens: 5 } };
    };
  const digit = take(digits);
  const info = { id: "x", name: "x", format: chatMl, instruction: "" };
  const draft: DraftModel = {
    info: { ...info, contextTokens: 1e6, engine: "scripted", computesOn: "cpu", device: "none" },
    generate: sayer(take(draftLines)), close: () => Promise.resolve(),
  };
  const base: BaseModel = {
    info,
    generate: sayer(take(baseLines)),
    score({ prompts: scored }) {
      if (fault !== undefined) return Promise.reject(new ModelError(fault, "no"));
      return Promise.resolve({
        judgements: scored.map(() => {
          const value = digit();
          return value === undefined ? { rung: "sampled-digit" as const } : { digit: value, rung: "sampled-digit" as const };
        }),
        usage: { promptTokens: 1, generatedTokens: 1 },
      });
    },
    probe: () => Promise.reject(new ModelError(fault ?? "unreachable", "no")),
  };
  const clock = createVirtualClock();
  return { prompts, solve: (settings: Partial<Policy> = {}) => clock.run(runToEnd({ draft, base, clock, settings: { mode: "sync", ...settings } })) };
}

describe("reason()", () => {
  test("accepts at the threshold, has the rest written by the base model, and keeps the rejected draft beside its correction", async () => {
    const { solve } = sayings([["one", blank], ["two", blank], ["three", thinkingEnd]], [7, 6, 9], [["TWO", blank]]);
    const { run } = await solve();
    expect(run.steps.map(({ author, verdict, text }) => [author, verdict, text])).toEqual([
      ["draft", "accepted", "one"], ["base", "corrected", "TWO"], ["draft", "accepted", "three"],
    ]);
    expect(run.steps[1]?.rejected).toMatchObject({ text: "two", score: 6, why: "score" });
    expect(run.answer).toMatchObject({ by: "draft", text: "the answer" });
    expect(run.thinkingEnded).toBe("model");
  });

  test("takes no digit for a rejection", async () => {
    const { run } = await sayings([["one", blank], ["two", thinkingEnd]], [undefined, 9], [["ONE", blank]]).solve();
    expect(run.steps.map(({ text }) => text)).toEqual(["ONE", "two"]);
  });

  test("goes on past a mere mention of boxed, and ends at the end of text too", async () => {
    const { run } = await sayings([["so \\boxed{3} is wrong", blank], ["it is 4", { kind: "end-of-text" }]], [9]).solve();
    expect(run.steps).toHaveLength(2);
  });

  test("goes on in the middle of a step that its cap cut", async () => {
    const { solve, prompts } = sayings([["one and", length], [" a half", blank], ["", thinkingEnd]], [9]);
    const { run } = await solve();
    expect(run.steps.map(({ end }) => end)).toEqual(["cut", "blank-line"]);
    expect(prompts.at(-1)).toContain("one and a half\n\n</think>");
  });

  test("lets the base model write the first steps, and the answer, where the policy says so", async () => {
    const { run } = await sayings([["three", thinkingEnd]], [9], [["ONE", blank], ["TWO", blank]]).solve({ firstStepsByBase: 2, answerBy: "base" });
    expect(run.steps.map(({ author, text }) => [author, text])).toEqual([["base", "ONE"], ["base", "TWO"], ["draft", "three"]]);
    expect(run.answer?.by).toBe("base");
  });

  test("has a step that repeats the one before it written by the base model, unasked, and ends where that repeats it too", async () => {
    const { run, events } = await sayings([["same", blank]], [9], [["same", blank]]).solve();
    expect(run.thinkingEnded).toBe("repetition");
    expect(events.find(({ kind }) => kind === "rejected")).toMatchObject({ why: "repetition" });
    expect(run.totals.scoredSteps).toBe(1);
  });

  test("ends at its token budget and still answers", async () => {
    let count = 0;
    const lines = Array.from({ length: 50 }, (): Line => [`step ${count++}`, blank]);
    const { run } = await sayings(lines, [9]).solve({ tokenBudget: 20 });
    expect(run.thinkingEnded).toBe("budget");
    expect(run.steps).toHaveLength(4);
    expect(run.answer).toBeDefined();
  });

  test("a draft model that writes nothing but blank lines ends the thinking", async () => {
    const { run } = await sayings([["", blank]], [9]).solve();
    expect(run.steps).toEqual([]);
    expect(run.status).toBe("finished");
  });

  test("under cloud cost, steps the draft model is sure of go unverified once such steps have proved right, one in four at most, and visibly", async () => {
    let count = 0;
    const lines = Array.from({ length: 120 }, (): Line => [`step ${count++}`, blank]);
    const settings = { mode: "auto", objective: "cloud", tokenBudget: 400 } as const;
    const { run } = await sayings(lines, [9], [], undefined, -0.01).solve(settings);
    const skipped = run.steps.filter(({ unverifiedBecause }) => unverifiedBecause === "sure");
    expect(skipped.length).toBeGreaterThan(0);
    expect(skipped.length).toBeLessThanOrEqual(run.steps.length / 4);
    expect(run.steps.slice(0, 10).every(({ verdict }) => verdict === "accepted")).toBe(true);
    for (const objective of ["latency", "balanced"] as const) {
      count = 0;
      const careful = await sayings(lines, [9], [], undefined, -0.01).solve({ ...settings, objective });
      expect(careful.run.steps.every(({ verdict }) => verdict === "accepted")).toBe(true);
    }
  });

  test("draft alone leaves every step visibly unverified and asks the base model nothing", async () => {
    const { run } = await sayings([["one", blank], ["two", thinkingEnd]], [0]).solve({ mode: "draft" });
    expect(run.steps.map(({ verdict, unverifiedBecause }) => [verdict, unverifiedBecause])).toEqual([["unverified", "alone"], ["unverified", "alone"]]);
    expect(run.totals.scoreRequests).toBe(0);
  });

  test("verified later is finished with unverified steps, and verified when it is taken up again", async () => {
    const clock = createVirtualClock();
    const settings = { clock, luck: 1, script: 2, steps: 5, rejected: 0.5 };
    const pair = scriptedPair(settings);
    const first = await clock.run(runToEnd({ draft: pair.draft, base: pair.base, clock, settings: { verify: "later" } }));
    expect(first.run.steps.every(({ verdict }) => verdict === "unverified")).toBe(true);
    const policy: Policy = { ...first.run.header.policy, mode: "async", verify: "now" };
    const second = await clock.run(runToEnd({ draft: pair.draft, base: pair.base, clock, run: first.run, policy }));
    expect(second.run.steps.map(({ author, text }) => ({ author, text }))).toEqual(pair.expected());
    expect(second.run.header.policy.verify).toBe("now");
    expect(second.run.answer).toBeDefined();
  });

  test.each(["unauthorized", "unknown-model", "bad-request", "cross-origin"] as const)("stops with the reason where no retry helps (%s), and keeps what was written", async (kind) => {
    const { run } = await sayings([["one", blank]], [9], [], kind).solve();
    expect(run).toMatchObject({ status: "failed", failure: { kind } });
    expect(run.steps.length).toBeGreaterThan(0);
  });

  test.each([
    ["device-lost", 1, "finished"], ["engine-failed", 1, "finished"],
    ["device-lost", 2, "failed"], ["engine-failed", 2, "failed"], ["out-of-memory", 1, "failed"],
  ] as const)("a draft model that fails (%s, %i times) in its second step goes on from the last finished one, once: the run is %s", async (kind, times, status) => {
    const clock = createVirtualClock();
    const pair = scriptedPair({ clock, luck: 1, script: 2, steps: 5, rejected: 0.3 });
    let calls = 0;
    let failures = 0;
    const draft: DraftModel = {
      ...pair.draft,
      async *generate(request) {
        calls += 1;
        for await (const part of pair.draft.generate(request)) {
          if (calls > 1 && failures < times) {
            failures += 1;
            throw new ModelError(kind, "gone");
          }
          yield part;
        }
      },
    };
    const { run } = await clock.run(runToEnd({ draft, base: pair.base, clock, settings: { mode: "sync" } }));
    expect(run.status).toBe(status);
    expect(run.steps.length).toBeGreaterThan(0);
    if (status === "finished") expect(run.steps.map(({ author, text }) => ({ author, text }))).toEqual(pair.expected());
    else expect(run.failure?.kind).toBe(kind);
  });

  test.each(["unreachable", "server-failed", "timed-out", "engine-dead"] as const)("goes on unverified where the base model is away (%s)", async (kind) => {
    const { run, events } = await sayings([["one", blank], ["two", blank], ["three", thinkingEnd]], [9], [], kind).solve();
    expect(run.status).toBe("finished");
    expect(run.steps.map(({ verdict }) => verdict)).toEqual(["unverified", "unverified", "unverified"]);
    expect(events.some((event) => event.kind === "base-lost" && event.failure.kind === kind)).toBe(true);
  });

  test("base alone streams thinking and answer in one request", async () => {
    const clock = createVirtualClock();
    const pair = scriptedPair({ clock, luck: 3, script: 4, steps: 3, rejected: 0 });
    const base: BaseModel = {
      ...pair.base,
      async *generate() {
        yield { kind: "text", text: "One.\n\nTwo.\n", tokens: 4 };
        yield { kind: "text", text: "\n</think>\n\nIt is \\boxed{4}.", tokens: 8 };
        yield { kind: "end", ended: { kind: "end-of-text" }, usage: { promptTokens: 9, generatedTokens: 12 } };
      },
    };
    const { run } = await clock.run(runToEnd({ draft: pair.draft, base, clock, settings: { mode: "base" } }));
    expect(run.steps.map(({ text, author }) => [text, author])).toEqual([["One.", "base"], ["Two.", "base"]]);
    expect(run.answer?.text).toBe("It is \\boxed{4}.");
    expect(run.totals.baseTokens).toBe(12);
  });
});
