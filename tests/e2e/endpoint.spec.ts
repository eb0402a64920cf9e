import { fileURLToPath } from "node:url";
import { expect, test, type Page } from "playwright/test";
import { createServer, type ViteDevServer } from "vite";
import { embeddedModelPath } from "../../src/local-base/embedded-model.ts";
import { type ServedLocalBase, serveLocalBase } from "../../src/local-base/serve.ts";
import { chatMl } from "../../src/models/chat-format.ts";
import { serveScript } from "../support/scriptable-endpoint.ts";

const prompt = `${chatMl.userStart}Take the number 74. Add 31. What is the result?${chatMl.userEnd}${chatMl.assistantStart}${chatMl.thinkingStart}`;
const scorePrompt = `${prompt}First, 74 + 31 = 105.${chatMl.assistantEnd}${chatMl.userStart}Rate the last reasoning step above from 0 to 9. Judge only whether it is correct and follows from the problem and the steps before it; ignore style. Answer with a single digit.${chatMl.userEnd}${chatMl.assistantStart}${chatMl.emptyThinking}Score: `;
const model = "arithmetic-base";

let pages: ViteDevServer;
let page: Page;
let origin = "";
const bases: ServedLocalBase[] = [];

const serve = async (options: { readonly allowedOrigins?: readonly string[]; readonly apiKey?: string }): Promise<string> => {
  const base = await serveLocalBase({ modelPath: embeddedModelPath, modelName: model, ...options }, 0);
  bases.push(base);
  return base.url;
};

test.beforeAll(async ({ browser }) => {
  pages = await createServer({
    configFile: false,
    root: fileURLToPath(new URL("../..", import.meta.url)),
    logLevel: "error",
    cacheDir: "node_modules/.vite-endpoint-page",
    optimizeDeps: { noDiscovery: true, include: ["valibot", "eventsource-parser"] },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  await pages.listen();
  const address = pages.httpServer?.address();
  if (typeof address !== "object" || address === null) throw new Error("the page's server listens on no port");
  origin = `http://127.0.0.1:${address.port}`;
  page = await browser.newPage();
  await page.goto(`${origin}/tests/support/endpoint-page/index.html`);
  await page.waitForFunction(() => "endpointPage" in window);
});

test.afterAll(async () => {
  await page.close();
  await pages.close();
  await Promise.all(bases.map((base) => base.close()));
});

const digit = (options: { readonly baseUrl: string; readonly apiKey?: string; readonly session?: string; readonly sessionHeader?: string }) =>
  page.evaluate(([settings, text]) => window.endpointPage.digit(settings, text), [{ model, ...options }, scorePrompt] as const);

test("a page scores a step and streams one from another origin that allows it", async () => {
  const baseUrl = await serve({ allowedOrigins: [origin], apiKey: "sesame" });
  const options = { baseUrl, model, apiKey: "sesame" };
  expect(await digit(options)).toEqual({ kind: "answered", value: 9 });
  expect(await page.evaluate(([settings, text]) => window.endpointPage.step(settings, text), [options, prompt] as const)).toEqual({ kind: "answered", value: "First, 74 + 31 = 105." });
  expect(await page.evaluate((settings) => window.endpointPage.models(settings), options)).toEqual({ kind: "answered", value: [{ id: model, contextTokens: 512, ownedBy: "vllm" }] });
});

test("a wrong or missing key is named, although the browser hides the refusal from the page", async () => {
  const baseUrl = await serve({ allowedOrigins: [origin], apiKey: "sesame" });
  expect(await digit({ baseUrl, apiKey: "wrong" })).toMatchObject({ kind: "failed", error: "unauthorized" });
  expect(await digit({ baseUrl })).toMatchObject({ kind: "failed", error: "unauthorized" });
});

test("a closed door is told with the option that opens it, and no server is told apart from that", async () => {
  const baseUrl = await serve({});
  const closed = await digit({ baseUrl });
  expect(closed).toMatchObject({ kind: "failed", error: "cross-origin", message: expect.stringContaining(`--allowed-origins '["${origin}"]'`) });
  const gone = await serve({});
  await bases.pop()?.close();
  expect(await digit({ baseUrl: gone })).toMatchObject({ kind: "failed", error: "unreachable" });
});

test("a session header that the server's preflight refuses is left out", async () => {
  const rules = { allowedOrigins: [origin], allowedHeaders: ["content-type", "authorization"] };
  const server = await serveScript(() => ({ kind: "answer", body: { choices: [{ text: "7" }] } }), rules);
  expect(await digit({ baseUrl: server.url, session: "run-1", sessionHeader: "X-Session-ID" })).toEqual({ kind: "answered", value: 7 });
  expect(server.received.at(-1)?.headers["x-session-id"]).toBeUndefined();
  await server.close();
});

test("a stop in the page frees the server", async () => {
  const baseUrl = await serve({ allowedOrigins: [origin] });
  expect(await page.evaluate(([settings, text]) => window.endpointPage.stopped(settings, text), [{ baseUrl, model }, prompt] as const)).toMatchObject({ kind: "failed", error: "aborted" });
  const running = async () => Number(/^vllm:num_requests_running\{[^}]*\} (\S+)$/m.exec(await (await fetch(`${baseUrl}/metrics`)).text())?.[1]);
  await expect.poll(running, { intervals: [10] }).toBe(0);
});

test("a finished stream leaves its connection for the next request", async () => {
  const connections = new Set<number | undefined>();
  const server = await serveScript(({ path, port }) => {
    connections.add(port);
    if (path === "/tokenize") return { kind: "answer", status: 404 };
    return { kind: "stream", chunks: ['data: {"choices":[{"text":"a","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n', "\n"], pauseMilliseconds: 50, lastly: "end" };
  }, { allowedOrigins: [origin] });
  const options = { baseUrl: server.url, model };
  for (let request = 0; request < 5; request++)
    expect(await page.evaluate(([settings, text]) => window.endpointPage.step(settings, text), [options, prompt] as const)).toEqual({ kind: "answered", value: "a" });
  expect(connections.size).toBeLessThan(3);
  await server.close();
});
