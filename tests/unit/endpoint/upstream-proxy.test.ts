import { createServer, request as requestHttp } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { LocalBaseError } from "../../../src/local-base/local-base-error.ts";
import { upstreamProxy, type UpstreamProxyOptions } from "../../../src/local-base/upstream-proxy.ts";
import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { failure, generated, stepRequest } from "../../support/generated.ts";
import { type EndpointRules, type Received, type ScriptableEndpoint, type Scripted, serveScript } from "../../support/scriptable-endpoint.ts";

const { signal } = new AbortController();
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const textChunk = (text: string): string => event({ choices: [{ index: 0, text, finish_reason: null, stop_reason: null }] });
const lastChunks = `${event({ choices: [{ index: 0, text: "", finish_reason: "stop", stop_reason: "\n\n" }] })}data: [DONE]\n\n`;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const tokenized: Scripted = { kind: "answer", body: { max_model_len: 512, tokens: [48, 49, 50, 51, 52, 53, 54, 55, 56, 57] } };

/** An endpoint, and an app's server before it. */
async function serve(completion: (request: Received) => Scripted, { rules = {}, ...options }: Partial<UpstreamProxyOptions> & { readonly rules?: EndpointRules } = {}) {
  const endpoint = await serveScript((request) => (request.path === "/tokenize" ? tokenized : completion(request)), rules);
  const app = await mount({ upstream: endpoint.url, ...options });
  closers.push(() => endpoint.close());
  return { endpoint, app, base: connectEndpoint({ baseUrl: `${app}/base`, model: "m", timing: { retryPauses: [] } }) };
}

async function mount(options: UpstreamProxyOptions): Promise<string> {
  const handler = upstreamProxy(options);
  const server = createServer((request, response) => handler(request, response, () => response.writeHead(404).end("the page")));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => void server.close(resolve));
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => void setTimeout(resolve, 5));
};
const completions = ({ received }: ScriptableEndpoint) => received.filter(({ path }) => path === "/v1/completions");

/** The status of a request with headers that fetch would not send. */
function statusOf(address: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    requestHttp(address, { headers }, (response) => resolve(response.resume().statusCode)).once("error", reject).end();
  });
}

describe("an endpoint behind the app's own server", () => {
  const scored: Scripted = { kind: "answer", body: { choices: [{ index: 0, text: "9", logprobs: { top_logprobs: [{ "token_id:57": -0.1 }] } }] } };

  it.each(["text/html", "text/javascript; charset=utf-8", "image/svg+xml", "application/jsonp", "text/plainly"])("is data on the page's origin, whatever it calls itself: %s", async (type) => {
    const { app } = await serve(() => ({ kind: "answer", headers: { "content-type": type, "content-security-policy": "sandbox allow-scripts" }, body: "<script>1</script>" }));
    const answer = await fetch(`${app}/base/v1/models`);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'.*sandbox$/);
  });

  it("is asked with the key that the server keeps, which the page never has", async () => {
    const { base, endpoint } = await serve(() => scored, { apiKey: "sesame", rules: { apiKey: "sesame" } });
    expect((await base.score({ prompts: ["p"], signal })).judgements[0]?.digit).toBe(9);
    expect(completions(endpoint)[0]?.headers.authorization).toBe("Bearer sesame");
  });

  it("hears of the request itself only: the run's session, not the page's cookies and address", async () => {
    const { app, endpoint } = await serve(() => scored);
    await fetch(`${app}/base/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-session-id": "run-1", cookie: "a=b", referer: `${app}/runs`, origin: app },
      body: '{"model":"m","prompt":"√2"}',
    });
    const [seen] = completions(endpoint);
    expect(seen?.body).toEqual({ model: "m", prompt: "√2" });
    expect(seen?.headers).toMatchObject({ "x-session-id": "run-1", host: new URL(endpoint.url).host });
    for (const name of ["cookie", "referer", "origin"]) expect(seen?.headers).not.toHaveProperty(name);
  });

  it("gives its stream as it comes", async () => {
    const { base } = await serve(() => ({ kind: "stream", chunks: [textChunk("a"), textChunk("b")], lastly: "stall" }));
    const stop = new AbortController();
    const parts = base.generate(stepRequest({ signal: stop.signal }))[Symbol.asyncIterator]();
    expect((await parts.next()).value).toMatchObject({ kind: "text", text: "a" });
    expect((await parts.next()).value).toMatchObject({ kind: "text", text: "b" });
    stop.abort();
    expect((await failure(parts.next())).kind).toBe("aborted");
  });

  it.each(["before its answer", "inside its stream"])("is free again when the page goes away %s", async (when) => {
    const early = when === "before its answer";
    const { base, endpoint } = await serve(() => (early ? { kind: "stall" } : { kind: "stream", chunks: [textChunk("a")], lastly: "stall" }));
    const stop = new AbortController();
    const failed = failure(
      (async () => {
        for await (const part of base.generate(stepRequest({ signal: stop.signal }))) if (part.kind === "text") stop.abort();
      })(),
    );
    await until(() => completions(endpoint).length === 1);
    if (early) stop.abort();
    expect((await failed).kind).toBe("aborted");
    await until(() => endpoint.open() === 0);
  });

  it("that breaks off is not made to look whole", async () => {
    const { base } = await serve(() => ({ kind: "stream", chunks: [textChunk("a")], lastly: "cut" }));
    expect((await failure(generated(base.generate(stepRequest())))).retryable).toBe(true);
  });

  it("says its own errors", async () => {
    const { base } = await serve(() => ({ kind: "answer", status: 503, headers: { "retry-after": "7" }, body: { error: { message: "Loading model", code: 503 } } }));
    const error = await failure(generated(base.generate(stepRequest())));
    expect(error.kind).toBe("overloaded");
    expect(error.retryAfterSeconds).toBe(7);
  });

  it("that is away is a sentence, not a silence", async () => {
    const app = await mount({ upstream: "http://127.0.0.1:9" });
    const response = await fetch(`${app}/base/v1/models`);
    expect(response.status).toBe(502);
    expect(await response.text()).toContain("does not answer");
  });

  it("streams to its end through a path of its own, however the address is written", async () => {
    const { endpoint } = await serve(({ path }) => (path === "/team/v1/completions" ? { kind: "stream", chunks: [textChunk("a"), lastChunks], lastly: "end" } : { kind: "answer", status: 404 }));
    for (const written of [`${endpoint.url}/team`, `${endpoint.url}/team/v1/`]) {
      const app = await mount({ upstream: written, prefix: "/elsewhere" });
      const base = connectEndpoint({ baseUrl: `${app}/elsewhere`, model: "m", timing: { retryPauses: [] } });
      expect((await generated(base.generate(stepRequest()))).text).toBe("a");
    }
  });
});

describe("what the app's server does not pass on", () => {
  const answer: Scripted = { kind: "answer", body: { choices: [] } };

  it.each([
    ["another page's", { origin: "https://elsewhere.test" }],
    ["another site's", { "sec-fetch-site": "cross-site" }],
    ["another port's", { "sec-fetch-site": "same-site" }],
  ])("are %s requests", async (_, headers) => {
    const { app, endpoint } = await serve(() => answer, { apiKey: "sesame" });
    expect(await statusOf(`${app}/base/v1/models`, headers)).toBe(403);
    expect(endpoint.received).toEqual([]);
  });

  it("are routes a base model needs not", async () => {
    const { app, endpoint } = await serve(() => answer, { apiKey: "sesame" });
    for (const path of ["/v1/load_lora_adapter", "/v1/models/../../admin", "/shutdown", "/v1/completions/../files", "//elsewhere.test/v1/models"])
      expect(await statusOf(`${app}/base${path}`, {})).toBe(404);
    expect(endpoint.received).toEqual([]);
  });

  it("is what is not under its prefix", async () => {
    const { app } = await serve(() => answer);
    expect(await (await fetch(`${app}/baseball`)).text()).toBe("the page");
  });

  it.each(["", "gpu.example", "ftp://gpu.example", "https://me:sesame@gpu.example"])("is asked of no address: %j", (upstream) => {
    expect(() => upstreamProxy({ upstream })).toThrow(LocalBaseError);
    expect(() => upstreamProxy({ upstream })).not.toThrow(/sesame/);
  });
});
