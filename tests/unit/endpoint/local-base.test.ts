import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";
import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { listModels } from "../../../src/models/endpoint/list-models.ts";
import { describeBaseModel } from "../../support/base-model-suite.ts";
import { failure } from "../../support/generated.ts";
import { pageFetch } from "../../support/page-fetch.ts";

describeBaseModel("an endpoint, here the local base over HTTP", async () => {
  const server = await serveLocalBase({ modelPath: embeddedModelPath, modelName: "arithmetic-base" }, 0);
  return {
    base: connectEndpoint({ baseUrl: `${server.url}/v1`, model: "arithmetic-base" }),
    running: async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return [...metrics.matchAll(/^vllm:num_requests_(?:running|waiting)\{[^}]*\} (\S+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    close: () => server.close(),
  };
});

describe("the local base as a page on another origin meets it", { timeout: 60_000 }, () => {
  const pageOrigin = "http://page.test";
  const { signal } = new AbortController();
  let closed: ServedLocalBase;
  let open: ServedLocalBase;
  beforeAll(async () => {
    closed = await serveLocalBase({ modelPath: embeddedModelPath, modelName: "arithmetic-base" }, 0);
    open = await serveLocalBase({ modelPath: embeddedModelPath, modelName: "arithmetic-base", allowedOrigins: [pageOrigin], apiKey: "sesame" }, 0);
  });
  afterAll(async () => {
    await Promise.all([closed.close(), open.close()]);
  });
  const connect = (baseUrl: string, model: string, apiKey?: string) =>
    connectEndpoint({ baseUrl, model, pageOrigin, fetch: pageFetch(pageOrigin), timing: { retryPauses: [] }, ...(apiKey === undefined ? {} : { apiKey }) });

  it("closed to the page", async () => {
    const error = await failure(connect(closed.url, "arithmetic-base").probe(signal));
    expect(error.kind).toBe("cross-origin");
    expect(error.message).toContain(`--allowed-origins '["http://page.test"]'`);
  });

  it("with a key that is missing or wrong", async () => {
    expect((await failure(connect(open.url, "arithmetic-base").probe(signal))).kind).toBe("unauthorized");
    expect((await failure(connect(open.url, "arithmetic-base", "wrong").probe(signal))).kind).toBe("unauthorized");
    expect((await connect(open.url, "arithmetic-base", "sesame").probe(signal)).roundTripSeconds).toBeGreaterThan(0);
  });

  it("with a model it does not serve, and one it lists", async () => {
    expect((await failure(connect(open.url, "nope", "sesame").probe(signal))).kind).toBe("unknown-model");
    expect(await listModels({ baseUrl: open.url, apiKey: "sesame", fetch: pageFetch(pageOrigin), pageOrigin, signal })).toEqual([{ id: "arithmetic-base", contextTokens: 512, ownedBy: "vllm" }]);
  });

  it("at a wrong path", async () => {
    expect((await failure(connectEndpoint({ baseUrl: `${closed.url}/elsewhere`, model: "arithmetic-base" }).probe(signal))).kind).toBe("wrong-path");
  });
});
