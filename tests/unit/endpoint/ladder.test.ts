import { afterEach, describe, expect, it } from "vitest";
import { connectEndpoint, type EndpointOptions } from "../../../src/models/endpoint/connect-endpoint.ts";
import { createEndpointMemory } from "../../../src/models/endpoint/endpoint-memory.ts";
import { failure, generated, stepRequest } from "../../support/generated.ts";
import { type Received, type ScriptableEndpoint, type Scripted, serveScript } from "../../support/scriptable-endpoint.ts";

const { signal } = new AbortController();
const servers: ScriptableEndpoint[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Body = Received["body"];
const answer = (body: unknown, status = 200): Scripted => ({ kind: "answer", status, body });
const refuse = (message: string): Scripted => answer({ error: { message, code: 400 } }, 400);
const scored = (top: Readonly<Record<string, number>> = { "9": -0.1 }): Scripted => answer({ choices: [{ index: 0, text: "9", logprobs: { top_logprobs: [top] } }], usage: { prompt_tokens: 5, completion_tokens: 1 } });
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const streamed: Scripted = { kind: "stream", chunks: [event({ choices: [{ text: "a", finish_reason: "stop" }] }), "data: [DONE]\n\n"], lastly: "end" };

async function connect(completion: (body: Body) => Scripted, { tokenize = answer({ detail: "Not Found" }, 404), ...options }: Partial<EndpointOptions> & { readonly tokenize?: Scripted } = {}) {
  const server = await serveScript(({ path, body }) => (path === "/tokenize" ? tokenize : path === "/v1/completions" ? completion(body) : answer({ detail: "Not Found" }, 404)));
  servers.push(server);
  const bodies = () => server.received.filter(({ path }) => path === "/v1/completions").map(({ body }) => body);
  return { base: connectEndpoint({ baseUrl: server.url, model: "m", timing: { retryPauses: [] }, ...options }), bodies, url: server.url };
}
const asVllm = { tokenize: answer({ max_model_len: 512, tokens: [48, 49, 50, 51, 52, 53, 54, 55, 56, 57] }) };
const score = (prompt = "p") => ({ prompts: [prompt], signal });

describe("a refused score", () => {
  it("is asked for in plainer and plainer words, and from then on at once in those that held", async () => {
    const { base, bodies } = await connect((body) =>
      "add_special_tokens" in body ? refuse("Unrecognized key 'add_special_tokens'") : Number(body["logprobs"]) > 5 ? refuse("logprobs: at most 5") : scored(),
    );
    expect((await base.score(score())).judgements[0]?.rung).toBe("top-logprobs");
    expect(bodies()).toHaveLength(3);
    await base.score(score());
    expect(bodies()).toHaveLength(4);
    expect(bodies()[3]).toEqual({ model: "m", prompt: "p", max_tokens: 1, temperature: 0, top_p: 1, logprobs: 5 });
  });

  it("of all words tells the first refusal, which is of what was really wanted", async () => {
    let count = 0;
    const { base } = await connect(() => refuse(`refusal ${(count += 1)}`));
    expect((await failure(base.score(score()))).message).toContain("refusal 1");
    expect(count).toBeGreaterThan(1);
  });

  it("is refused for its own sake where such a score was answered before", async () => {
    const { base, bodies } = await connect(({ prompt }) => (prompt === "p" ? scored() : refuse("not this prompt")));
    await base.score(score());
    expect((await failure(base.score(score("q")))).kind).toBe("bad-request");
    expect(bodies()).toHaveLength(2);
  });

  it("of vLLM, which ignores what it does not know, is not repeated", async () => {
    const { base, bodies } = await connect(() => refuse("The prompt is empty"), asVllm);
    await failure(base.score(score("")));
    await failure(generated(base.generate(stepRequest())));
    expect(bodies()).toHaveLength(2);
  });

  it("of a vLLM that allows fewer log-probabilities is asked for five", async () => {
    const { base, bodies } = await connect(
      ({ logprobs }) => (Number(logprobs) > 5 ? refuse("Requested sample logprobs of 20, which is greater than max allowed: 5") : scored({ "token_id:57": -0.1 })),
      asVllm,
    );
    expect((await base.score(score())).judgements[0]?.digit).toBe(9);
    await base.score(score());
    expect(bodies().map(({ logprobs }) => logprobs)).toEqual([20, 5, 5]);
  });

  it.each([
    [402, "no credit left"],
    [413, "client_max_body_size"],
  ])("for a reason of its own is told with what to do, and not repeated: %i", async (status, advice) => {
    const { base, bodies } = await connect(() => answer({ error: { message: "no", code: status } }, status));
    for (const work of [base.score(score()), generated(base.generate(stepRequest()))]) {
      const error = await failure(work);
      expect(error.kind).toBe("bad-request");
      expect(error.message).toContain(advice);
    }
    expect(bodies()).toHaveLength(2);
  });

  it("is not taken for one where the server is only busy", async () => {
    const { base, bodies } = await connect(() => answer({ error: { message: "busy" } }, 429));
    expect((await failure(base.score(score()))).kind).toBe("overloaded");
    expect(bodies()).toHaveLength(1);
  });
});

describe("a refused stream", () => {
  it("is asked for without what is refused, and the scores after it too", async () => {
    const { base, bodies } = await connect((body) =>
      "skip_special_tokens" in body || "add_special_tokens" in body || "stream_options" in body ? refuse("Unrecognized key") : body["stream"] === true ? streamed : scored(),
    );
    expect((await generated(base.generate(stepRequest()))).text).toBe("a");
    await base.score(score());
    expect(bodies().map((body) => Object.keys(body).filter((name) => name.includes("special") || name === "stream_options"))).toEqual([
      ["add_special_tokens", "skip_special_tokens", "stream_options"],
      ["stream_options"],
      [],
      [],
    ]);
  });
});

describe("what is known of an endpoint", () => {
  it("serves another connection to it, and none to another model or address", async () => {
    const memory = createEndpointMemory();
    const { base, bodies, url } = await connect((body) => ("add_special_tokens" in body ? refuse("Unrecognized key") : scored()), { memory });
    await base.score(score());
    expect(bodies()).toHaveLength(2);
    await connectEndpoint({ baseUrl: `${url}/v1`, model: "m", memory, timing: { retryPauses: [] } }).score(score());
    expect(bodies()).toHaveLength(3);
    await connectEndpoint({ baseUrl: url, model: "n", memory, timing: { retryPauses: [] } }).score(score());
    expect(bodies()).toHaveLength(5);
  });
});

describe("the priority", () => {
  it("goes with scores alone, and only where fields beyond OpenAI's are taken", async () => {
    const vllm = await connect(({ stream }) => (stream === true ? streamed : scored({ "token_id:57": -0.1 })), { ...asVllm, scorePriority: -1 });
    await vllm.base.score(score());
    await generated(vllm.base.generate(stepRequest()));
    await vllm.base.probe(signal);
    expect(vllm.bodies().map(({ priority }) => priority)).toEqual([-1, undefined, undefined]);

    const strict = await connect((body) => ("priority" in body ? refuse("Unrecognized key 'priority'") : scored()), { scorePriority: -1 });
    expect((await strict.base.score(score())).judgements[0]?.digit).toBe(9);
  });

  it("is left out, and nothing else, where a server refuses it; it is asked once", async () => {
    const refusal = "Got priority -1 but Priority scheduling is not enabled.";
    const { base, bodies } = await connect((body) => ("priority" in body ? refuse(refusal) : scored({ "token_id:57": -0.1 })), { ...asVllm, scorePriority: -1 });
    await base.score(score());
    await base.score(score());
    expect(bodies().map(({ priority }) => priority)).toEqual([-1, undefined, undefined]);
    expect(bodies().at(-1)).toMatchObject({ add_special_tokens: false, logprobs: 20 });
  });
});

describe("tokens that are the same digit", () => {
  it("count together", async () => {
    const { base } = await connect(() => scored({ "9": Math.log(0.3), " 9": Math.log(0.3), "1": Math.log(0.2), "91": Math.log(0.1), "▁1": Math.log(0.1) }));
    const [judgement] = (await base.score(score())).judgements;
    expect(judgement?.probabilities?.[9]).toBeCloseTo(0.6 / 0.9, 9);
    expect(judgement?.probabilities?.[1]).toBeCloseTo(0.3 / 0.9, 9);
  });
});

describe("Ollama", () => {
  it("is asked in its own words, with a context long enough and no sampling of its own", async () => {
    const server = await serveScript(({ path, body }) => {
      if (path === "/api/version") return answer({ version: "0.13.5" });
      if (path !== "/api/generate") return { kind: "answer", status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found" };
      if (body["stream"] === true) return { kind: "stream", chunks: ['{"response":"a","done":false}\n{"response":"","done":true,"done_reason":"length","prompt_eval_count":5,"eval_count":1}\n'], lastly: "end", contentType: "application/x-ndjson" };
      return answer({ response: "9", done: true, done_reason: "length", prompt_eval_count: 5, eval_count: 1, logprobs: [{ token: "9", logprob: -0.1, top_logprobs: [{ token: "9", logprob: -0.1 }] }] });
    });
    servers.push(server);
    const base = connectEndpoint({ baseUrl: server.url, model: "m", contextTokens: 4096 });
    await base.score(score());
    const step = await generated(base.generate(stepRequest({ seed: 3, temperature: 0.6, topP: 0.95 })));
    expect(step.end).toEqual({ kind: "end", ended: { kind: "length" }, usage: { promptTokens: 5, generatedTokens: 1 } });
    const all = { num_ctx: 4096, top_k: 0, min_p: 0 };
    expect(server.received.filter(({ path }) => path === "/api/generate").map(({ body }) => body)).toEqual([
      { model: "m", prompt: "p", raw: true, truncate: false, stream: false, logprobs: true, top_logprobs: 20, options: { ...all, temperature: 0, top_p: 1, num_predict: 1 } },
      { model: "m", prompt: "Q: 1+1?\n", raw: true, truncate: false, stream: true, options: { ...all, temperature: 0.6, top_p: 0.95, num_predict: 64, stop: ["\n\n"], seed: 3 } },
    ]);
  });
});
