import { afterAll, afterEach, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { serveLocalBase } from "../../../src/local-base/serve.ts";
import { chatMl } from "../../../src/models/chat-format.ts";
import { testConnection } from "../../../src/models/endpoint/capabilities.ts";
import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { createEndpointMemory } from "../../../src/models/endpoint/endpoint-memory.ts";
import type { Capability } from "../../../src/models/endpoint/findings.ts";
import { failure } from "../../support/generated.ts";
import { pageFetch } from "../../support/page-fetch.ts";
import { llamaServer } from "../../support/profiles/llama-server.ts";
import { lmStudio } from "../../support/profiles/lm-studio.ts";
import { ollama } from "../../support/profiles/ollama.ts";
import { type Profile, type ServedProfile, serveProfile } from "../../support/profiles/profile-server.ts";
import { sglang } from "../../support/profiles/sglang.ts";
import { strictProxy } from "../../support/profiles/strict-proxy.ts";
import { vllm08 } from "../../support/profiles/vllm-0-8.ts";
import { type EndpointRules, type Received, type ScriptableEndpoint, type Scripted, serveScript } from "../../support/scriptable-endpoint.ts";

const { signal } = new AbortController();
const served: ServedProfile[] = [];
afterAll(async () => {
  await Promise.all(served.map((server) => server.close()));
});

type Expected = { readonly engine: string | undefined; readonly rung: string; readonly context: number | undefined; readonly lacks: readonly Capability[] };
const cases: readonly (readonly [Profile, Expected])[] = [
  [vllm08, { engine: "vLLM 0.8.5", rung: "top-logprobs", context: 512, lacks: ["speculation-metrics"] }],
  [sglang, { engine: "SGLang", rung: "top-logprobs", context: 512, lacks: ["digits", "turn-structure", "speculation-metrics"] }],
  [llamaServer, { engine: "llama-server b11434", rung: "top-logprobs", context: 512, lacks: ["speculation-metrics"] }],
  [ollama("0.13.5", true), { engine: "Ollama 0.13.5", rung: "top-logprobs", context: 512, lacks: ["digits", "several-scores-at-once", "cached-tokens", "turn-structure", "speculation-metrics"] }],
  [ollama("0.9.6", false), { engine: "Ollama 0.9.6", rung: "constrained-digit", context: 512, lacks: ["scores", "digits", "several-scores-at-once", "cached-tokens", "turn-structure", "speculation-metrics"] }],
  [lmStudio, { engine: "LM Studio", rung: "sampled-digit", context: undefined, lacks: ["context", "scores", "digits", "several-scores-at-once", "turn-structure", "speculation-metrics"] }],
  [strictProxy, { engine: undefined, rung: "top-logprobs", context: 512, lacks: ["engine", "digits", "several-scores-at-once", "turn-structure", "speculation-metrics"] }],
];

describe("a connection test", { timeout: 60_000 }, () => {
  it.each(cases.map(([profile, expected]) => [profile.name, profile, expected] as const))("of %s tells what works and what is used instead, and a run then asks nothing twice", async (_, profile, expected) => {
    const server = await serveProfile(profile);
    served.push(server);
    const memory = createEndpointMemory();
    const found = await testConnection({ baseUrl: server.url, memory, pageOrigin: server.url, signal });
    const { name, version } = found.engine ?? {};
    expect(name === undefined ? undefined : [name, ...(version === undefined ? [] : [version])].join(" ")).toBe(expected.engine);
    expect(found.model).toBe("arithmetic-base");
    expect(found.scoreRung).toBe(expected.rung);
    expect(found.contextTokens).toBe(expected.context);
    expect(found.format).toBe(chatMl);
    expect(found.findings.filter(({ works }) => !works).map(({ capability }) => capability)).toEqual(expected.lacks);
    for (const { text } of found.findings) expect(text).toMatch(/^[A-Z].{9,}[.)]$/);

    const before = server.received.length;
    const base = connectEndpoint({ baseUrl: server.url, model: found.model, memory });
    await base.score({ prompts: ["Score: "], signal });
    expect(server.received).toHaveLength(before + 1);
  });

  it("of the app's own base says that it is none of vLLM's, and what it was slowed to", async () => {
    const server = await serveLocalBase({ modelPath: embeddedModelPath, modelName: "arithmetic-base", shape: { rtt: 0.02 } }, 0);
    try {
      const { engine, findings, format } = await testConnection({ baseUrl: server.url, pageOrigin: server.url, signal });
      expect(engine).toEqual({ name: "the app's own base over node-llama-cpp", slowedTo: { rtt: 0.02 } });
      expect(findings.find(({ capability }) => capability === "engine")?.text).toBe("It is the app's own base over node-llama-cpp, slowed to rtt = 0.02 s.");
      expect(findings.filter(({ works }) => !works).map(({ capability }) => capability)).toEqual(["speculation-metrics"]);
      expect(format).toBe(chatMl);
    } finally {
      await server.close();
    }
  });

  it("sends no field that can end a server, and nothing that a speculating one refuses", () => {
    for (const { received } of served)
      for (const { body } of received) for (const field of ["logprob_token_ids", "prompt_logprobs", "echo", "logit_bias"]) expect(body).not.toHaveProperty(field);
  });
});

const scripted: ScriptableEndpoint[] = [];
afterEach(async () => {
  await Promise.all(scripted.splice(0).map((server) => server.close()));
});
async function serve(script: (request: Received) => Scripted, rules: EndpointRules = {}): Promise<ScriptableEndpoint> {
  const server = await serveScript(script, rules);
  scripted.push(server);
  return server;
}
const answer = (body: unknown, status = 200): Scripted => ({ kind: "answer", status, body });
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** A vLLM in a few lines. */
const sound = ({ path, body }: Received): Scripted => {
  switch (path) {
    case "/tokenize":
      return answer({ max_model_len: 512, tokens: [48, 49, 50, 51, 52, 53, 54, 55, 56, 57] });
    case "/v1/models":
      return answer({ data: [{ id: "m", owned_by: "vllm", max_model_len: 512 }, { id: "n", owned_by: "vllm" }] });
    case "/version":
      return answer({ version: "0.32.0" });
    case "/v1/completions": {
      const prompts = Array.isArray(body["prompt"]) ? body["prompt"] : [body["prompt"]];
      if (body["stream"] === true)
        return { kind: "stream", chunks: [event({ choices: [{ text: "9", finish_reason: "length" }] }), event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 1 } }), "data: [DONE]\n\n"], lastly: "end" };
      return answer({ choices: prompts.map((_, index) => ({ index, text: "9", logprobs: { top_logprobs: [{ "token_id:57": -0.1 }] } })), usage: { prompt_tokens: 9, completion_tokens: 1 } });
    }
    default:
      return answer({ detail: "Not Found" }, 404);
  }
};

describe("a connection test that cannot go on", () => {
  it("names the models there are where the one asked for is not", async () => {
    const server = await serve(sound);
    const error = await failure(testConnection({ baseUrl: server.url, model: "o", signal }));
    expect(error.kind).toBe("unknown-model");
    expect(error.message).toContain("“m”, “n”");
  });

  it("asks for a name where the endpoint lists none", async () => {
    const server = await serve((request) => (request.path === "/v1/models" ? answer({ detail: "Not Found" }, 404) : sound(request)));
    expect((await failure(testConnection({ baseUrl: server.url, signal }))).message).toContain("Enter the model's name");
    expect((await testConnection({ baseUrl: server.url, model: "m", signal })).model).toBe("m");
  });

  it("says that a server is still loading its model", async () => {
    const server = await serve(() => answer({ error: { code: 503, message: "Loading model", type: "unavailable_error" } }, 503));
    const error = await failure(testConnection({ baseUrl: server.url, timing: { retryPauses: [] }, signal }));
    expect(error.kind).toBe("overloaded");
    expect(error.message).toContain("still loading its model");
  });

  it("stopped in the middle says only that", async () => {
    const stop = new AbortController();
    const server = await serve((request) => {
      if (request.path === "/v1/completions") stop.abort();
      return sound(request);
    });
    expect((await failure(testConnection({ baseUrl: server.url, signal: stop.signal }))).kind).toBe("aborted");
  });
});

describe("a server whose sampling is broken", () => {
  const test = async (drawn: (seed: unknown) => string) => {
    const text = (content: string): Scripted => ({ kind: "stream", chunks: [event({ choices: [{ text: content, finish_reason: "length" }] }), "data: [DONE]\n\n"], lastly: "end" });
    const server = await serve((request) => {
      const { stream, temperature, seed } = request.body;
      return stream !== true ? sound(request) : temperature === 0 ? text("First") : text(drawn(seed));
    });
    const { findings } = await testConnection({ baseUrl: server.url, signal });
    return findings.find(({ capability }) => capability === "sampling");
  };

  it("is found out, with what to do", async () => {
    expect(await test(() => "only5")).toMatchObject({ works: false, text: expect.stringContaining("temperature to 0") as string });
  });

  it("is not suspected where two tokens are equally likely", async () => {
    expect(await test((seed) => (seed === 2 ? "First" : "Then"))).toMatchObject({ works: true });
  });
});

describe("the session header in a connection test from another origin", () => {
  const pageOrigin = "http://page.test";
  const test = async (rules: EndpointRules) => {
    const server = await serve(sound, { allowedOrigins: [pageOrigin], ...rules });
    const memory = createEndpointMemory();
    const access = { baseUrl: server.url, fetch: pageFetch(pageOrigin), pageOrigin, memory };
    const { findings } = await testConnection({ ...access, signal });
    const before = server.received.length;
    await connectEndpoint({ ...access, model: "m", session: "run-1" }).score({ prompts: ["p"], signal });
    return { finding: findings.find(({ capability }) => capability === "session-header"), sent: server.received.slice(before).map(({ headers }) => headers["x-session-id"]) };
  };

  it("passes, and goes with the run from then on", async () => {
    const { finding, sent } = await test({});
    expect(finding?.works).toBe(true);
    expect(sent).toEqual(["run-1"]);
  });

  it("is refused by the preflight, as vllm-router's does, and stays away without another try", async () => {
    const { finding, sent } = await test({ allowedHeaders: ["content-type", "authorization"] });
    expect(finding).toMatchObject({ works: false });
    expect(finding?.text).toContain("--upstream");
    expect(sent).toEqual([undefined]);
  });
});

const closed: typeof fetch = (_, init) => (init?.mode === "no-cors" ? Promise.resolve(new Response()) : Promise.reject(new TypeError("Failed to fetch")));
const away: typeof fetch = () => Promise.reject(new TypeError("Failed to fetch"));

describe("what a browser hides, told with the exact fix", () => {
  const pageOrigin = "https://page.test";
  const trouble = (baseUrl: string, fetch: typeof globalThis.fetch, state?: PermissionState) =>
    failure(testConnection({ baseUrl, fetch, pageOrigin, timing: { retryPauses: [] }, localNetworkPermission: () => Promise.resolve(state), signal }));

  it.each([
    ["https://gpu.example:8000", `--allowed-origins '["https://page.test"]'`],
    ["http://localhost:11434", "OLLAMA_ORIGINS=https://page.test"],
    ["http://127.0.0.1:1234/v1", "lms server start --cors"],
    ["https://gpu.example", "npm start -- --upstream https://gpu.example"],
  ])("closed to the page: %s", async (baseUrl, fix) => {
    const error = await trouble(baseUrl, closed);
    expect(error.kind).toBe("cross-origin");
    expect(error.message).toContain(fix);
  });

  it.each([
    ["http://localhost:8000", "denied", "site settings"],
    ["https://192.168.1.20:8000", "prompt", "“allow”"],
    ["https://box.local:8000", "denied", "site settings"],
  ] as const)("the browser's own guard of the local network: %s, %s", async (baseUrl, state, fix) => {
    const error = await trouble(baseUrl, away, state);
    expect(error.kind).toBe("cross-origin");
    expect(error.message).toContain(fix);
  });

  it.each([
    ["http://localhost:8000", "granted"],
    ["http://localhost:8000", undefined],
    ["https://gpu.example:8000", "denied"],
  ] as const)("nobody there: %s, %s", async (baseUrl, state) => {
    expect((await trouble(baseUrl, away, state)).kind).toBe("unreachable");
  });
});
