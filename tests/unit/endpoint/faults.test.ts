import { afterEach, describe, expect, it } from "vitest";
import type { ModelErrorKind } from "../../../src/models/model-error.ts";
import { connectEndpoint, type EndpointOptions } from "../../../src/models/endpoint/connect-endpoint.ts";
import { failure, generated, stepRequest } from "../../support/generated.ts";
import { addressOf } from "../../support/page-fetch.ts";
import { type EndpointRules, type Received, type ScriptableEndpoint, type Scripted, serveScript } from "../../support/scriptable-endpoint.ts";

const digitIds = [48, 49, 50, 51, 52, 53, 54, 55, 56, 57];
const tokenized: Scripted = { kind: "answer", body: { count: 10, max_model_len: 512, tokens: digitIds } };
const scored: Scripted = {
  kind: "answer",
  body: { choices: [{ index: 0, text: "9", logprobs: { top_logprobs: [{ "token_id:57": -0.1, "token_id:49": -2.4 }] } }], usage: { prompt_tokens: 5, completion_tokens: 1 } },
};
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const textChunk = (text: string): string => event({ choices: [{ index: 0, text, finish_reason: null, stop_reason: null }] });
const lastChunks = event({ choices: [{ index: 0, text: "", finish_reason: "stop", stop_reason: "\n\n" }] }) + event({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } }) + "data: [DONE]\n\n";
const streamed: Scripted = { kind: "stream", chunks: [textChunk("a"), lastChunks], lastly: "end" };

const servers: ScriptableEndpoint[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A server whose completions follow the script (`count` is 1 for the first), and a client of it that pauses for no time. */
async function connect(script: (count: number, request: Received) => Scripted, options: Partial<EndpointOptions> = {}, rules: EndpointRules = {}) {
  const server = await serveScript((request, count) => (request.path === "/tokenize" ? tokenized : script(count, request)), rules);
  servers.push(server);
  const { timing, ...rest } = options;
  const base = connectEndpoint({ baseUrl: server.url, model: "m", timing: { retryPauses: [0, 0], ...timing }, ...rest });
  return { base, server, asked: () => server.received.filter(({ path }) => path === "/v1/completions") };
}

const { signal } = new AbortController();
const score = { prompts: ["p"], signal };
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => void setTimeout(resolve, 5));
};
const refusal = (status: number, headers: Readonly<Record<string, string>> = {}): Scripted => ({ kind: "answer", status, headers, body: { error: { message: "no", code: status } } });

describe("what may pass is tried again", () => {
  it.each([
    ["429", refusal(429)],
    ["503", refusal(503)],
    ["500", refusal(500)],
    ["a router's plain 500", { kind: "answer", status: 500, headers: { "content-type": "text/plain" }, body: "error sending request for url" }],
    ["a reset", { kind: "reset" }],
    ["a proxy's web page", { kind: "answer", status: 502, body: "<html>Bad gateway</html>", headers: { "content-type": "text/html" } }],
  ] as const)("%s, for a score and for a stream that has given nothing", async (_, fault) => {
    const scores = await connect((count) => (count === 1 ? fault : scored));
    expect((await scores.base.score(score)).judgements[0]?.digit).toBe(9);
    expect(scores.asked()).toHaveLength(2);

    const streams = await connect((count) => (count < 3 ? fault : streamed));
    expect((await generated(streams.base.generate(stepRequest()))).text).toBe("a");
    expect(streams.asked()).toHaveLength(3);
  });

  it("but a stream that has given text is not: the text would come twice", async () => {
    for (const lastly of ["cut", "end"] as const) {
      const { base, asked } = await connect(() => ({ kind: "stream", chunks: [textChunk("a")], lastly }));
      const texts: string[] = [];
      const error = await failure(
        (async () => {
          for await (const part of base.generate(stepRequest())) if (part.kind === "text") texts.push(part.text);
        })(),
      );
      expect(texts).toEqual(["a"]);
      expect(error.kind).toBe(lastly === "cut" ? "unreachable" : "server-failed");
      expect(error.retryable).toBe(true);
      expect(asked()).toHaveLength(1);
    }
  });

  it("as often as there are pauses, then the error is given", async () => {
    const { base, asked } = await connect(() => refusal(503));
    expect((await failure(base.score(score))).kind).toBe("overloaded");
    expect(asked()).toHaveLength(3);
  });

  it("after what Retry-After asks for, unless that is long", async () => {
    const waits: number[] = [];
    const timing = {
      retryPauses: [0.25],
      wait: (seconds: number, stop?: AbortSignal) => {
        if (seconds > 10) return new Promise<void>((_, reject) => stop?.addEventListener("abort", () => reject(new Error("stopped"))));
        waits.push(seconds);
        return Promise.resolve();
      },
    };
    const short = await connect((count) => (count === 1 ? refusal(429, { "retry-after": "2" }) : scored), { timing });
    await short.base.score(score);
    expect(waits).toEqual([2]);

    const long = await connect(() => refusal(429, { "retry-after": "60" }), { timing });
    const error = await failure(long.base.score(score));
    expect(error.retryAfterSeconds).toBe(60);
    expect(error.message).toContain("60 s");
    expect(long.asked()).toHaveLength(1);
  });

  const lasting: readonly (readonly [string, Scripted, ModelErrorKind])[] = [
    ["a bad request", refusal(400), "bad-request"],
    ["a wrong key", refusal(401), "unauthorized"],
    ["an unknown path", refusal(404), "wrong-path"],
    ["a dead engine", { kind: "answer", status: 500, body: { error: { message: "EngineCore encountered an issue. See stack trace (above) for the root cause.", code: 500 } } }, "engine-dead"],
    ["a web page", { kind: "answer", body: "<!DOCTYPE html><h1>Router</h1>", headers: { "content-type": "text/html" } }, "wrong-path"],
    ["another protocol", { kind: "answer", body: { hello: "world" } }, "bad-response"],
  ];
  it.each(lasting)("what will not pass is not tried again: %s", async (_, fault, kind) => {
    const { base, asked } = await connect(() => fault);
    expect((await failure(base.score(score))).kind).toBe(kind);
    expect((await failure(generated(base.generate(stepRequest())))).kind).toBe(kind);
    expect(asked()).toHaveLength(2);
  });
});

describe("silence", () => {
  it("before an answer ends as timed-out, and closes the request", async () => {
    const { base, server, asked } = await connect(() => ({ kind: "stall" }), { timing: { answerSeconds: 0.3 } });
    expect((await failure(base.score(score))).kind).toBe("timed-out");
    expect(asked()).toHaveLength(1);
    await until(() => server.open() === 0);
  });

  it("inside a stream ends as timed-out after the text so far, and closes the request", async () => {
    const { base, server } = await connect(() => ({ kind: "stream", chunks: [textChunk("a")], lastly: "stall" }), { timing: { idleSeconds: 0.3 } });
    const texts: string[] = [];
    const error = await failure(
      (async () => {
        for await (const part of base.generate(stepRequest())) if (part.kind === "text") texts.push(part.text);
      })(),
    );
    expect(error.kind).toBe("timed-out");
    expect(texts).toEqual(["a"]);
    await until(() => server.open() === 0);
  });

  it("is not taken for one where a stream is slow but steady", async () => {
    const { base } = await connect(() => ({ kind: "stream", chunks: [...Array.from({ length: 8 }, () => textChunk("a")), lastChunks], pauseMilliseconds: 100, lastly: "end" }), {
      timing: { idleSeconds: 0.7 },
    });
    expect((await generated(base.generate(stepRequest()))).text).toBe("aaaaaaaa");
  });
});

describe("a stop", () => {
  it.each(["score", "generate", "probe"] as const)("ends a %s that waits for its answer, on the server too", async (what) => {
    const { base, server } = await connect(() => ({ kind: "stall" }));
    const stop = new AbortController();
    const work =
      what === "score" ? base.score({ prompts: ["p"], signal: stop.signal })
      : what === "probe" ? base.probe(stop.signal)
      : generated(base.generate(stepRequest({ signal: stop.signal })));
    const failed = failure(work);
    await until(() => server.received.some(({ path }) => path === "/v1/completions"));
    stop.abort();
    expect((await failed).kind).toBe("aborted");
    await until(() => server.open() === 0);
  });

  it("ends a stream in the middle, even where its reader no longer asks for parts", async () => {
    const { base, server } = await connect(() => ({ kind: "stream", chunks: [textChunk("a")], lastly: "stall" }));
    const stop = new AbortController();
    const parts = base.generate(stepRequest({ signal: stop.signal }))[Symbol.asyncIterator]();
    await parts.next();
    stop.abort();
    await until(() => server.open() === 0);
    expect((await failure(parts.next())).kind).toBe("aborted");
  });

  it("ends the pause before a retry", async () => {
    const { base, asked } = await connect(() => refusal(503), { timing: { retryPauses: [1000] } });
    const stop = new AbortController();
    const failed = failure(base.score({ prompts: ["p"], signal: stop.signal }));
    await until(() => asked().length === 1);
    stop.abort();
    expect((await failed).kind).toBe("aborted");
  });

  it("before the request sends nothing", async () => {
    const { base, server } = await connect(() => scored);
    const stopped = AbortSignal.abort();
    expect((await failure(base.score({ prompts: ["p"], signal: stopped }))).kind).toBe("aborted");
    expect((await failure(generated(base.generate(stepRequest({ signal: stopped }))))).kind).toBe("aborted");
    expect(server.received).toEqual([]);
  });

  it("of one of two that wait for the digits' ids leaves the other alone", async () => {
    const release = new EventTarget();
    const held = new Promise((resolve) => release.addEventListener("now", resolve));
    const { base } = await connect(() => scored, {
      fetch: async (input, init) => {
        if (addressOf(input).pathname === "/tokenize") await held;
        return fetch(input, init);
      },
    });
    const stop = new AbortController();
    const first = failure(base.score({ prompts: ["p"], signal: stop.signal }));
    const second = base.score(score);
    stop.abort();
    expect((await first).kind).toBe("aborted");
    release.dispatchEvent(new Event("now"));
    expect((await second).judgements[0]?.digit).toBe(9);
  });
});

describe("a reader that leaves early", () => {
  it("ends the request on the server", async () => {
    const { base, server } = await connect(() => ({ kind: "stream", chunks: [textChunk("a"), textChunk("b")], lastly: "stall" }));
    for await (const part of base.generate(stepRequest())) if (part.kind === "text") break;
    await until(() => server.open() === 0);
  });
});

const withoutTokenize = (scores: (body: Record<string, unknown>) => Scripted) => (request: Received): Scripted =>
  request.path === "/v1/completions" ? scores(request.body) : { kind: "answer", status: 404, body: { detail: "Not Found" } };
const byText = (text: string, top: Record<string, number> | null): Scripted => ({ kind: "answer", body: { choices: [{ text, logprobs: top === null ? null : { top_logprobs: [top] } }] } });

const completionsOf = ({ received }: ScriptableEndpoint) => received.filter(({ path }) => path === "/v1/completions");

async function connectTo(scores: (body: Record<string, unknown>) => Scripted) {
  const server = await serveScript(withoutTokenize(scores));
  servers.push(server);
  return { base: connectEndpoint({ baseUrl: server.url, model: "m", timing: { retryPauses: [] } }), server };
}

describe("a server without /tokenize", () => {
  it("is scored by the tokens' text, and asked for ids once", async () => {
    const { base, server } = await connectTo(() => byText("9", { "9": Math.log(0.6), "1": Math.log(0.2), " ": Math.log(0.1), "19": -1, "2": -9999 }));
    const [judgement] = (await base.score(score)).judgements;
    await base.score(score);
    expect(judgement?.probabilities?.[9]).toBeCloseTo(0.75, 9);
    expect(judgement?.probabilities?.[1]).toBeCloseTo(0.25, 9);
    expect(judgement?.probabilities?.[2]).toBe(0);
    const bodies = server.received.filter(({ path }) => path === "/v1/completions").map(({ body }) => body);
    expect(bodies[0]).not.toHaveProperty("allowed_token_ids");
    expect(bodies[0]).not.toHaveProperty("return_tokens_as_token_ids");
    expect(server.received.filter(({ path }) => path === "/tokenize")).toHaveLength(1);
  });

  it.each([
    ["9", 9],
    [" 7\n", 7],
    ["good", undefined],
    ["10", undefined],
  ])("that gives no log-probabilities is scored by the digit it wrote: %j", async (text, digit) => {
    const { base, server } = await connectTo(({ prompt }) => byText(prompt === "p" ? text : " Paris", null));
    const [judgement] = (await base.score(score)).judgements;
    expect(judgement).toEqual({ rung: "sampled-digit", ...(digit === undefined ? {} : { digit }) });
    // From then on a score is one request.
    const before = server.received.length;
    await base.score(score);
    expect(server.received).toHaveLength(before + 1);
  });

  it("whose digits are no tokens of their own is scored by a short sample, after a few tries by that alone", async () => {
    const { base, server } = await connectTo(({ max_tokens }) => (max_tokens === 1 ? byText("<0x", { "<0x": -0.1, "▁": -3 }) : byText(" 7 of", null)));
    const digits: unknown[] = [];
    const requests: number[] = [];
    for (let count = 0; count < 5; count++) {
      const before = completionsOf(server).length;
      digits.push((await base.score(score)).judgements[0]);
      requests.push(completionsOf(server).length - before);
    }
    expect(digits).toEqual(Array.from({ length: 5 }, () => ({ rung: "sampled-digit", digit: 7 })));
    expect(requests).toEqual([2, 2, 2, 1, 1]);
  });

  it("that once thought of no digit is asked for probabilities again", async () => {
    const { base } = await connectTo(({ prompt }) => byText("9", prompt === "p" ? { The: -0.1 } : { "9": -0.1 }));
    expect((await base.score(score)).judgements[0]?.rung).toBe("sampled-digit");
    expect((await base.score({ prompts: ["q"], signal })).judgements[0]?.rung).toBe("top-logprobs");
    expect((await base.score(score)).judgements[0]).toEqual({ rung: "sampled-digit", digit: 9 });
  });

  it("that takes no lists is asked one prompt a request", async () => {
    const { base, server } = await connectTo(({ prompt }) => (Array.isArray(prompt) ? refusal(400) : byText(String(prompt), null)));
    const digits = async () => (await base.score({ prompts: ["3", "4", "5"], signal })).judgements.map(({ digit }) => digit);
    expect(await digits()).toEqual([3, 4, 5]);
    expect(await digits()).toEqual([3, 4, 5]);
    expect(server.received.filter(({ body }) => Array.isArray(body["prompt"]))).toHaveLength(1);
  });
});

describe("a tokenizer that joins digits", () => {
  it("is asked for them apart", async () => {
    const server = await serveScript(({ path, body }) => {
      if (path !== "/tokenize") return scored;
      const joined = body["prompt"] === "0123456789";
      return { kind: "answer", body: { max_model_len: 512, tokens: joined ? [11531, 12901, 17458, 24] : digitIds.flatMap((id, place) => (place === 0 ? [id] : [220, id])) } };
    });
    servers.push(server);
    await connectEndpoint({ baseUrl: server.url, model: "m" }).score(score);
    expect(server.received.at(-1)?.body).toMatchObject({ allowed_token_ids: digitIds });
  });
});

describe("the key", () => {
  it("goes with every request, and is in no message, even where the server repeats it", async () => {
    const apiKey = "sk-very-secret";
    const right = await connect(() => scored, { apiKey: ` ${apiKey}\n` }, { apiKey });
    expect((await right.base.score(score)).judgements[0]?.digit).toBe(9);
    expect(JSON.stringify(right.base.info)).not.toContain(apiKey);

    const repeats = await connect(() => ({ kind: "answer", status: 400, body: { error: { message: `Incorrect API key provided: ${apiKey}` } } }), { apiKey });
    const error = await failure(repeats.base.score(score));
    expect(error.message).toContain("Incorrect API key");
    expect(`${error.message} ${String(error.cause)} ${error.stack}`).not.toContain(apiKey);
  });

  it("that cannot stand in a header is refused without being repeated", () => {
    expect(() => connectEndpoint({ baseUrl: "http://server.test", model: "m", apiKey: "sk-a\nsecret" })).toThrow(/characters that no key can have/);
    expect(() => connectEndpoint({ baseUrl: "http://server.test", model: "m", apiKey: "sk-a\nsecret" })).not.toThrow(/secret/);
  });
});

describe("a probe", () => {
  it("asks for one token, and measures the link with a request that computes nothing, on the given clock", async () => {
    let now = 0;
    const { base, asked } = await connect((_, received) => {
      now += received.path.endsWith("/models") ? 0.125 : 0.5;
      return scored;
    }, { timing: { now: () => now } });
    expect(await base.probe(signal)).toEqual({ roundTripSeconds: 0.125 });
    expect(asked()[0]?.body).toMatchObject({ max_tokens: 1 });
  });

  it("takes the one token's time where nothing cheaper answers", async () => {
    let now = 0;
    const { base } = await connect((_, received) => {
      if (received.path.endsWith("/models")) return refusal(404);
      now += 0.5;
      return scored;
    }, { timing: { now: () => now } });
    expect(await base.probe(signal)).toEqual({ roundTripSeconds: 0.5 });
  });

  it("does not retry: who probes has its own pauses", async () => {
    const { base, asked } = await connect(() => refusal(503));
    expect((await failure(base.probe(signal))).kind).toBe("overloaded");
    expect(asked()).toHaveLength(1);
  });
});
