import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wallClock } from "../../../src/app/wall-clock.ts";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";
import { chatMl } from "../../../src/models/chat-format.ts";
import type { DraftModel } from "../../../src/models/draft-model.ts";
import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { emptyRun, type Run } from "../../../src/reasoning/run.ts";
import { headerOf, runToEnd } from "../../support/run-to-end.ts";
import { serveToxicLine, type Toxic, type ToxicRule } from "../../support/toxic-line.ts";

const problem = "Take the number 74. Add 31. Increase it by 37. What is the result?";
/** The second is wrong, so that it is scored low and the base model writes its own. */
const drafted = ["First, 74 + 31 = 105.", "Now, 105 + 37 = 141."] as const;

const draft: DraftModel = {
  info: { id: "scripted:draft", name: "scripted", format: chatMl, instruction: "", contextTokens: 512, engine: "scripted", computesOn: "cpu", device: "none" },
  // oxlint-disable-next-line typescript/require-await -- the interface is a stream, this one is there at once
  async *generate({ prompt }) {
    const place = (prompt.split("<think>\n")[1] ?? "").split("\n\n").length - 1;
    const text = drafted[place];
    if (text !== undefined) yield { kind: "text", text, tokens: 12 };
    yield { kind: "end", ended: { kind: "stop", stop: text === undefined ? "</think>" : "\n\n" }, usage: { promptTokens: 60, generatedTokens: 12 } };
  },
  close: () => Promise.resolve(),
};

const toxics: readonly (readonly [string, Toxic])[] = [
  ["latency", { kind: "latency", milliseconds: 120 }],
  ["jitter", { kind: "latency", milliseconds: 5, jitter: 200 }],
  ["bandwidth", { kind: "bandwidth", bytesPerSecond: 8_000 }],
  ["slow close", { kind: "slow-close", milliseconds: 400 }],
  ["time-out", { kind: "time-out" }],
  ["reset", { kind: "reset" }],
  ["sliced data", { kind: "sliced", bytes: 3 }],
  ["cut data", { kind: "cut" }],
];

const requests: readonly (readonly [string, ToxicRule["hits"]])[] = [
  ["score", ({ logprobs }) => logprobs !== undefined],
  ["correct", ({ stream, prompt }) => stream === true && !String(prompt).includes("</think>")],
  ["answer", ({ stream, prompt }) => stream === true && String(prompt).includes("</think>")],
];

/** Without the first word: "Now" and "Then" are equally likely to the model. */
const stepsOf = ({ steps }: Run) => steps.map(({ author, text, verdict }) => [author, text.replace(/^\w+, /, ""), verdict]);

describe("a run whose line to the base model suffers", { timeout: 60_000 }, () => {
  let server: ServedLocalBase;
  let straight: Run;
  beforeAll(async () => {
    server = await serveLocalBase({ modelPath: embeddedModelPath, modelName: "arithmetic-base" }, 0);
    straight = await solve(server.url);
    expect(stepsOf(straight)).toEqual([
      ["draft", "74 + 31 = 105.", "accepted"],
      ["base", "105 + 37 = 142.", "corrected"],
    ]);
    expect(straight.answer?.text).toContain("\\boxed{142}");
  }, 60_000);
  afterAll(() => server.close());

  const solve = async (baseUrl: string): Promise<Run> => {
    const base = connectEndpoint({
      baseUrl, model: "arithmetic-base", format: chatMl, instruction: "", contextTokens: 512,
      timing: { answerSeconds: 2, idleSeconds: 0.8, diagnosisSeconds: 1, retryPauses: [0.02, 0.05] },
    });
    const run = emptyRun(headerOf({ mode: "async", temperature: 0, answerBy: "base" }, problem));
    return (await runToEnd({ draft, base, clock: wallClock, run })).run;
  };

  const cells = toxics.flatMap(([name, toxic]) =>
    requests.flatMap(([request, hits]) => (["before headers", "mid-stream"] as const).map((from) => [name, request, from, { toxic, hits, from, times: 2 }] as const)),
  );
  it.each(cells)("%s, in a %s, %s: it ends, with every step once", async (_, __, ___, rule) => {
    const line = await serveToxicLine(server.url, rule);
    try {
      const run = await solve(line.url);
      expect(run.failure).toBeUndefined();
      expect(run.status).toBe("finished");
      expect(stepsOf(run)).toEqual(stepsOf(straight));
      expect(run.answer?.text).toContain("\\boxed{142}");
      expect(line.hits()).toBeGreaterThan(0);
    } finally {
      await line.close();
    }
    // Nothing of the run is left on the server.
    const running = async () => /num_requests_running\{[^}]*\} ([\d.]+)/.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1];
    await expect.poll(running, { timeout: 10_000 }).toMatch(/^0(\.0)?$/);
  });
});
