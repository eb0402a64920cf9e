import { afterEach, describe, expect, it } from "vitest";
import { connectEndpoint, type EndpointOptions } from "../../../src/models/endpoint/connect-endpoint.ts";
import { listModels } from "../../../src/models/endpoint/list-models.ts";
import { failure } from "../../support/generated.ts";
import { addressOf, pageFetch } from "../../support/page-fetch.ts";
import { type EndpointRules, type Received, type ScriptableEndpoint, type Scripted, serveScript } from "../../support/scriptable-endpoint.ts";

const pageOrigin = "http://page.test";
const { signal } = new AbortController();
const score = { prompts: ["p"], signal };

const servers: ScriptableEndpoint[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const sound = ({ path }: Received): Scripted =>
  path === "/tokenize" ? { kind: "answer", body: { max_model_len: 512, tokens: [48, 49, 50, 51, 52, 53, 54, 55, 56, 57] } }
  : path === "/v1/models" ? { kind: "answer", body: { data: [{ id: "m" }] } }
  : path === "/health" ? { kind: "answer", body: "" }
  : { kind: "answer", body: { choices: [{ text: "9", logprobs: { top_logprobs: [{ "token_id:57": -0.1 }] } }] } };

async function connect(rules: EndpointRules, options: Partial<EndpointOptions> = {}, script: (request: Received) => Scripted = sound) {
  const server = await serveScript(script, rules);
  servers.push(server);
  const base = connectEndpoint({ baseUrl: server.url, model: "m", fetch: pageFetch(pageOrigin), pageOrigin, timing: { retryPauses: [] }, ...options });
  return { base, server };
}
const allowed: EndpointRules = { allowedOrigins: [pageOrigin] };

const blocked: typeof fetch = () => Promise.reject(new TypeError("Failed to fetch"));
const sessions = (server: ScriptableEndpoint, name = "x-session-id") => server.received.filter(({ path }) => path === "/v1/completions").map(({ headers }) => headers[name]);

describe("a page on another origin", () => {
  it("that the server allows is served", async () => {
    const { base } = await connect(allowed);
    expect((await base.score(score)).judgements[0]?.digit).toBe(9);
  });

  it("that the server does not allow is told the exact option to start vLLM with", async () => {
    for (const rules of [{}, { apiKey: "sesame" }]) {
      const { base, server } = await connect(rules, { apiKey: "sesame" });
      for (const ask of [() => base.score(score), () => base.probe(signal)]) {
        const error = await failure(ask());
        expect(error.kind).toBe("cross-origin");
        expect(error.message).toContain(`--allowed-origins '["http://page.test"]'`);
        expect(error.message).toContain(server.url);
        expect(error.retryable).toBe(false);
      }
    }
  });

  it.each([undefined, "wrong"])("with no or a wrong key hears so, although vLLM's 401 cannot be read: %s", async (apiKey) => {
    const { base, server } = await connect({ ...allowed, apiKey: "sesame" }, apiKey === undefined ? {} : { apiKey });
    const error = await failure(base.score(score));
    expect(error.kind).toBe("unauthorized");
    const listing = listModels({ baseUrl: server.url, fetch: pageFetch(pageOrigin), pageOrigin, signal, ...(apiKey === undefined ? {} : { apiKey }) });
    expect((await failure(listing)).kind).toBe("unauthorized");
  });

  it("hears that nobody is there", async () => {
    const { base, server } = await connect(allowed);
    await server.close();
    servers.splice(0);
    const error = await failure(base.score(score));
    expect(error.kind).toBe("unreachable");
    expect(error.retryable).toBe(true);
  });

  it("hears of a dead engine, although vLLM's 500 cannot be read", async () => {
    const { base } = await connect(allowed, {}, (request) =>
      request.path === "/health" ? { kind: "answer", status: 503, body: "" } : request.path === "/v1/completions" ? { kind: "reset" } : sound(request),
    );
    expect((await failure(base.score(score))).kind).toBe("engine-dead");
  });

  it("hears that a request failed where all else is well", async () => {
    const { base } = await connect(allowed, {}, (request) => (request.path === "/v1/completions" ? { kind: "reset" } : sound(request)));
    const error = await failure(base.score(score));
    expect(error.kind).toBe("server-failed");
    expect(error.retryable).toBe(true);
  });

  it("on https hears that it may not ask plain http", async () => {
    const base = connectEndpoint({ baseUrl: "http://gpu.example:8000", model: "m", fetch: blocked, pageOrigin: "https://page.test", timing: { retryPauses: [] } });
    const error = await failure(base.score(score));
    expect(error.kind).toBe("cross-origin");
    expect(error.message).toContain("plain http");
  });

  it("is scored by the tokens' text where only /v1 may be read, as behind vllm-router", async () => {
    const { base } = await connect(allowed, { fetch: (input, init) => (addressOf(input).pathname === "/tokenize" ? Promise.reject(new TypeError("Failed to fetch")) : pageFetch(pageOrigin)(input, init)) }, (request) =>
      request.path === "/v1/completions" ? { kind: "answer", body: { choices: [{ text: "9", logprobs: { top_logprobs: [{ "9": -0.1 }] } }] } } : sound(request),
    );
    expect((await base.score(score)).judgements[0]?.rung).toBe("top-logprobs");
  });

  it("stopped while it finds out why, hears only of the stop", async () => {
    const stop = new AbortController();
    const base = connectEndpoint({
      baseUrl: "http://gpu.example:8000",
      model: "m",
      pageOrigin,
      timing: { retryPauses: [] },
      fetch: (_, init) => {
        if (init?.method === "POST") return Promise.reject(new TypeError("Failed to fetch"));
        stop.abort();
        return new Promise(() => undefined);
      },
    });
    expect((await failure(base.score({ prompts: ["p"], signal: stop.signal }))).kind).toBe("aborted");
  });
});

describe("the session header", () => {
  it("goes to the page's own origin", async () => {
    const server = await serveScript(sound);
    servers.push(server);
    await connectEndpoint({ baseUrl: server.url, model: "m", session: "run-1", pageOrigin: server.url }).score(score);
    expect(sessions(server)).toEqual(["run-1"]);
  });

  it("does not go to another origin unasked: its preflight may refuse it", async () => {
    const { base, server } = await connect(allowed, { session: "run-1" });
    await base.score(score);
    expect(sessions(server)).toEqual([undefined]);
  });

  it("goes under the name it is given", async () => {
    const { base, server } = await connect(allowed, { session: "run-1", sessionHeader: "X-User-Id" });
    await base.score(score);
    expect(sessions(server, "x-user-id")).toEqual(["run-1"]);
  });

  it("is left out from then on where the server's preflight refuses it", async () => {
    let tries = 0;
    const counting: typeof fetch = (input, init) => {
      if (new Headers(init?.headers).has("x-session-id")) tries += 1;
      return pageFetch(pageOrigin)(input, init);
    };
    const options = { session: "run-1", sessionHeader: "X-Session-ID", fetch: counting };
    const { base, server } = await connect({ ...allowed, allowedHeaders: ["content-type", "authorization"] }, options);
    await base.score(score);
    await base.score(score);
    expect(tries).toBe(1);
    expect(sessions(server)).toEqual([undefined, undefined]);
  });
});
