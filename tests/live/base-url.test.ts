import { beforeAll, describe, expect, it } from "vitest";
import type { BaseModel } from "../../src/models/base-model.ts";
import { type Capabilities, testConnection } from "../../src/models/endpoint/capabilities.ts";
import { connectEndpoint } from "../../src/models/endpoint/connect-endpoint.ts";
import { createEndpointMemory } from "../../src/models/endpoint/endpoint-memory.ts";
import { scorePrompt, stepPrompt } from "../../src/reasoning/prompts.ts";
import { describeBaseModel } from "../support/base-model-suite.ts";
import { failure, generated } from "../support/generated.ts";

/**
 * Any real server, as `run.ts` names it. Prints what it can do. A server of the embedded base model
 * (named "arithmetic-base") is held to the whole acceptance suite; any other to what holds for every model.
 */
const { LIVE_URL: baseUrl, LIVE_MODEL: model, LIVE_KEY: apiKey } = process.env;
const embedded = "arithmetic-base";
const memory = createEndpointMemory();
const going = (): AbortSignal => new AbortController().signal;

describe.skipIf(baseUrl === undefined)(`a real server: ${baseUrl ?? "none"}`, () => {
  let found: Capabilities;
  let base: BaseModel;
  const access = { baseUrl: baseUrl ?? "", memory, ...(apiKey === undefined ? {} : { apiKey }) };
  beforeAll(async () => {
    found = await testConnection({ ...access, signal: going(), ...(model === undefined ? {} : { model }) });
    const { engine, contextTokens, format, findings } = found;
    base = connectEndpoint({ ...access, model: found.model, format, ...(contextTokens === undefined ? {} : { contextTokens }) });
    const server = engine === undefined ? "an unnamed server" : [engine.name, ...(engine.version === undefined ? [] : [engine.version])].join(" ");
    process.stdout.write(`\n${found.model} on ${server}, ${Math.round(1000 * found.roundTripSeconds)} ms away\n${findings.map(({ works, text }) => `  ${works ? "✓" : "–"} ${text}`).join("\n")}\n`);
  });

  const style = () => ({ format: found.format, instruction: "" });
  const problem = "What is 17 + 25?";

  it("scores steps between 0 and 9, alone and together", async () => {
    const prompts = ["First, 17 + 25 = 42.", "First, 17 + 25 = 52."].map((step) => scorePrompt(style(), problem, step));
    const { judgements } = await base.score({ prompts, signal: going() });
    expect(judgements).toHaveLength(2);
    for (const { probabilities, digit, rung } of judgements) {
      expect(rung).toBe(found.scoreRung);
      expect(digit).toBeTypeOf("number");
      if (probabilities !== undefined) expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 9);
    }
  });

  it("writes a step, and stops at its cap", async () => {
    const request = { prompt: stepPrompt(style(), problem, ""), stop: ["\n\n"], temperature: 0, topP: 1 };
    const step = await generated(base.generate({ ...request, maxTokens: 200, signal: going() }));
    expect(step.text).not.toContain("\n\n");
    expect(step.text.trim()).not.toBe("");
    const cut = await generated(base.generate({ ...request, maxTokens: 3, signal: going() }));
    expect(cut.end.ended).toEqual({ kind: "length" });
  });

  it("stops in the middle", async () => {
    const stop = new AbortController();
    const error = await failure(
      (async () => {
        for await (const part of base.generate({ prompt: stepPrompt(style(), problem, ""), maxTokens: 400, stop: [], temperature: 1, topP: 1, signal: stop.signal })) if (part.kind === "text") stop.abort();
      })(),
    );
    expect(error.kind).toBe("aborted");
  });

  it("is asked nothing but the score, once the connection was tested", async () => {
    const asked: string[] = [];
    const counting: typeof fetch = (input, init) => {
      asked.push(input instanceof Request ? input.url : String(input));
      return fetch(input, init);
    };
    const run = connectEndpoint({ ...access, model: found.model, format: found.format, fetch: counting });
    await run.score({ prompts: [scorePrompt(style(), problem, "First, 17 + 25 = 42.")], signal: going() });
    expect(asked).toHaveLength(1);
  });
});

if (baseUrl !== undefined && (model ?? embedded) === embedded) {
  describeBaseModel(`the embedded one at ${baseUrl}`, () =>
    Promise.resolve({
      base: connectEndpoint({ baseUrl, model: embedded, memory, contextTokens: 512, ...(apiKey === undefined ? {} : { apiKey }) }),
      close: () => Promise.resolve(),
    }),
  );
}
