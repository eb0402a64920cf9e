import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { createLocalBase } from "../../../src/local-base/local-base.ts";
import { localBaseMiddleware } from "../../../src/local-base/vite-plugin.ts";
import { complete, problemPrompt } from "./completion-client.ts";
import { send } from "../../support/http-client.ts";

describe("the local base mounted into the page's server", { timeout: 60_000 }, () => {
  const base = createLocalBase({ modelPath: embeddedModelPath, modelName: "arithmetic-base" });
  const middleware = localBaseMiddleware(base);
  let server: Server;
  let url = "";
  beforeAll(async () => {
    server = createServer((request, response) => middleware(request, response, () => response.end(`page ${request.url}`)));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    url = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await base.close();
  });

  it.each(["", "/base"])("answers at %j", async (prefix) => {
    expect((await complete(url + prefix, { prompt: problemPrompt, max_tokens: 1 })).choices[0]?.text).toBe("First");
    for (const path of ["/v1/models", "/version", "/health", "/metrics"]) expect((await send(url + prefix + path)).status).toBe(200);
    expect((await send(`${url}${prefix}/tokenize`, { body: { prompt: "7" } })).status).toBe(200);
    expect(JSON.parse((await send(`${url}${prefix}/v1/nope`)).text)).toEqual({ detail: "Not Found" });
  });

  it("leaves every other path to the page, isolated so that wasm gets threads", async () => {
    for (const path of ["/", "/runs/3", "/baseline", "/versions", "/v1x", "/__proto__", "/constructor"]) {
      const answer = await send(url + path);
      expect(answer.text).toBe(`page ${path}`);
      expect(answer.headers["cross-origin-opener-policy"]).toBe("same-origin");
      expect(answer.headers["cross-origin-embedder-policy"]).toBe("credentialless");
      expect(answer.headers["content-security-policy"]).toContain("script-src 'self' 'wasm-unsafe-eval';");
    }
  });

  it("answers as data: no script and no document with rights, though on the page's origin", async () => {
    for (const path of ["/v1/models", "/base/v1/models", "/base/nope"]) {
      const { headers } = await send(url + path);
      expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*sandbox$/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  it("gives nothing of the page away under /base", async () => {
    const answer = await send(`${url}/base/index.html`);
    expect([answer.status, answer.text]).toEqual([404, '{"detail":"Not Found"}']);
  });
});
