import { describe, expect, it } from "vitest";
import type { ModelErrorKind } from "../../../src/models/model-error.ts";
import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { listModels } from "../../../src/models/endpoint/list-models.ts";
import { failure, generated, stepRequest } from "../../support/generated.ts";
import { recording, type RecordedServer, replaying } from "../../support/recorded-answers.ts";

const timing = { retryPauses: [] };
const { signal } = new AbortController();

function connect(server: RecordedServer, name: string, apiKey?: string) {
  const { fetch, sent } = replaying(server, name);
  const base = connectEndpoint({ baseUrl: "http://server.test:8000", model: "arithmetic-base", fetch, timing, ...(apiKey === undefined ? {} : { apiKey }) });
  return { base, sent, completions: () => sent.filter(({ path }) => path === "/v1/completions").map(({ body }) => body) };
}

const expectation = (probabilities: readonly number[] | undefined): number => (probabilities ?? []).reduce((sum, p, digit) => sum + p * digit, 0);

describe("scores as recorded", () => {
  it.each([
    ["vllm-0.32.0", "score-right-step"],
    ["vllm-0.32.0", "score-top20-only"],
    ["vllm-0.32.0", "speculative-score-right-step"],
    ["llama-server-b10434", "score-top20"],
    ["llama-server-b10434", "score-vllm-fields"],
    ["llama-server-b10434", "score-grammar"],
  ] as const)("%s %s: a right step gets the same high score from every shape of answer", async (server, name) => {
    const { base } = connect(server, name);
    const { judgements } = await base.score({ prompts: ["p"], signal });
    const [judgement] = judgements;
    expect(judgement?.rung).toBe("top-logprobs");
    expect(judgement?.digit).toBe(9);
    expect(judgement?.probabilities).toHaveLength(10);
    expect(judgement?.probabilities?.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    // exp(-0.0573) and exp(-2.897), nearly all of the mass.
    expect(expectation(judgement?.probabilities)).toBeCloseTo(8.55, 1);
  });

  it.each([
    ["vllm-0.32.0", "score-wrong-step"],
    ["llama-server-b10434", "score-wrong-step"],
  ] as const)("%s %s: a wrong step gets a low one", async (server, name) => {
    const { judgements } = await connect(server, name).base.score({ prompts: ["p"], signal });
    expect(judgements[0]?.digit).toBe(1);
    expect(expectation(judgements[0]?.probabilities)).toBeLessThan(2);
  });

  it.each([
    ["vllm-0.32.0", "score-list", 4],
    ["llama-server-b10434", "score-list", 3],
  ] as const)("%s %s: %i prompts are one request with a list, judged in order", async (server, name, count) => {
    const { base, completions } = connect(server, name);
    const prompts = Array.from({ length: count }, (_, place) => `prompt ${place}`);
    const { judgements, usage } = await base.score({ prompts, signal });
    expect(completions().map(({ prompt }) => prompt)).toEqual([prompts]);
    expect(judgements).toHaveLength(count);
    expect(usage.generatedTokens).toBe(count);
    expect(usage.promptTokens).toBeGreaterThan(count * 100);
  });

  it("finds the wrong step in a list", async () => {
    const { judgements } = await connect("vllm-0.32.0", "score-list-one-wrong").base.score({ prompts: ["a", "b", "c"], signal });
    const scores = judgements.map(({ probabilities }) => expectation(probabilities));
    expect(scores.filter((score) => score < 5)).toHaveLength(1);
  });

  it("reads the cached tokens", async () => {
    const { usage } = await connect("vllm-0.32.0", "score-cached").base.score({ prompts: ["p"], signal });
    expect(usage).toEqual({ promptTokens: 168, cachedTokens: 160, generatedTokens: 1 });
  });

  it("takes the written digit where there are no log-probabilities", async () => {
    const { judgements } = await connect("vllm-0.32.0", "score-logit-bias").base.score({ prompts: ["p"], signal });
    expect(judgements[0]?.digit).toBeTypeOf("number");
  });

  it("refuses an answer with fewer scores than prompts", async () => {
    const error = await failure(connect("vllm-0.32.0", "score-right-step").base.score({ prompts: ["a", "b"], signal }));
    expect(error.kind).toBe("bad-response");
  });
});

describe("the score request", () => {
  it("is exactly the one vLLM answers safely while it speculates", async () => {
    const { base, completions } = connect("vllm-0.32.0", "score-right-step");
    await base.score({ prompts: ["…Score: "], signal });
    const [sent] = completions();
    expect({ ...sent, prompt: expect.any(String) as unknown }).toEqual(recording("vllm-0.32.0", "score-right-step").request.body);
    expect(sent?.["prompt"]).toBe("…Score: ");
  });

  it("asks for the digits' ids once, however many scores run side by side", async () => {
    const { base, sent } = connect("vllm-0.32.0", "score-right-step");
    await Promise.all([1, 2, 3].map(() => base.score({ prompts: ["p"], signal })));
    await base.score({ prompts: ["p"], signal });
    expect(sent.filter(({ path }) => path === "/tokenize")).toHaveLength(1);
  });

  it("asks nothing for no prompts", async () => {
    const { base, sent } = connect("vllm-0.32.0", "score-right-step");
    expect((await base.score({ prompts: [], signal })).judgements).toEqual([]);
    expect(sent).toEqual([]);
  });
});

describe("generations as recorded", () => {
  it("vLLM: text parts, the stop text, and usage with its cached tokens", async () => {
    const { base, completions } = connect("vllm-0.32.0", "step-stream");
    const step = await generated(base.generate(stepRequest({ seed: 7 })));
    expect(step.text).toBe("Now, 105 + 37 = 142.");
    expect(step.end).toEqual({ kind: "end", ended: { kind: "stop", stop: "\n\n" }, usage: { promptTokens: 67, cachedTokens: 64, generatedTokens: 16 } });
    expect(completions()).toEqual([
      {
        model: "arithmetic-base",
        prompt: "Q: 1+1?\n",
        max_tokens: 64,
        temperature: 0,
        top_p: 1,
        stop: ["\n\n"],
        seed: 7,
        add_special_tokens: false,
        skip_special_tokens: true,
        stream: true,
        stream_options: { include_usage: true, continuous_usage_stats: true },
      },
    ]);
  });

  it("vLLM: the tokens of each part, where the server counts them", async () => {
    const step = await generated(connect("vllm-0.32.0", "step-stream-continuous-usage").base.generate(stepRequest()));
    expect(step.tokens).toBe(step.end.usage.generatedTokens);
    expect(step.end.usage.generatedTokens).toBe(15);
  });

  it("llama-server: tells the stop text from the end of text, and is asked in its own words", async () => {
    const { base, completions } = connect("llama-server-b10434", "step-stream-verbose");
    const step = await generated(base.generate(stepRequest()));
    expect(step.text).toBe("Now, 105 + 37 = 142.");
    expect(step.end).toEqual({ kind: "end", ended: { kind: "stop", stop: "\n\n" }, usage: { promptTokens: 67, cachedTokens: 66, generatedTokens: 16 } });
    expect(completions()[0]).toMatchObject({ verbose: true, response_fields: ["stop_type", "stopping_word"], top_k: 0, min_p: 0 });
  });

  it("a server that does not tell is taken to have stopped at the stop text", async () => {
    const step = await generated(connect("llama-server-b10434", "step-stream").base.generate(stepRequest()));
    expect(step.end.ended).toEqual({ kind: "stop", stop: "\n\n" });
  });
});

describe("refusals as recorded", () => {
  const cases: readonly (readonly [RecordedServer, string, ModelErrorKind])[] = [
    ["vllm-0.32.0", "auth-missing", "unauthorized"],
    ["vllm-0.32.0", "auth-wrong", "unauthorized"],
    ["vllm-0.32.0", "error-model", "unknown-model"],
    ["vllm-0.32.0", "error-path", "wrong-path"],
    ["vllm-0.32.0", "error-method", "wrong-path"],
    ["vllm-0.32.0", "error-too-long", "context-overflow"],
    ["vllm-0.32.0", "error-too-long-stream", "context-overflow"],
    ["vllm-0.32.0", "error-too-long-with-output", "context-overflow"],
    ["vllm-0.32.0", "error-list-one-too-long", "context-overflow"],
    ["vllm-0.32.0", "error-max-tokens-0", "bad-request"],
    ["vllm-0.32.0", "error-empty-prompt", "bad-request"],
    ["vllm-0.32.0", "error-allowed-unknown", "bad-request"],
    ["vllm-0.32.0", "error-stop-5", "bad-request"],
    ["vllm-0.32.0", "error-json", "bad-request"],
    ["vllm-0.32.0", "speculative-score-explicit-ids", "server-failed"],
    ["vllm-0.32.0", "speculative-score-logit-bias", "bad-request"],
    ["llama-server-b10434", "error-too-long", "context-overflow"],
    ["llama-server-b10434", "error-path", "wrong-path"],
    ["llama-server-b10434", "error-json", "server-failed"],
    ["llama-server-b10434", "error-no-prompt", "bad-request"],
  ];
  it.each(cases)("%s %s is %s, for scores and generations alike", async (server, name, kind) => {
    const scored = await failure(connect(server, name).base.score({ prompts: ["p"], signal }));
    const streamed = await failure(generated(connect(server, name).base.generate(stepRequest())));
    for (const error of [scored, streamed]) {
      expect(error.kind).toBe(kind);
      expect(error.status).toBe(recording(server, name).response.status);
      expect(error.message.length).toBeGreaterThan(20);
    }
  });

  it("names the field the endpoint complains about", async () => {
    expect((await failure(connect("vllm-0.32.0", "error-too-long").base.score({ prompts: ["p"], signal }))).param).toBe("input_tokens");
  });
});

describe("the list of models as recorded", () => {
  it.each([["vllm-0.32.0", "vllm"], ["llama-server-b10434", "llamacpp"]] as const)("%s: name, context and owner", async (server, ownedBy) => {
    const { fetch } = replaying(server, "models");
    expect(await listModels({ baseUrl: "http://server.test/v1", fetch, signal })).toEqual([{ id: "arithmetic-base", contextTokens: 512, ownedBy }]);
  });
});
