import { afterEach, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";
import { parseShape, type Shape } from "../../../src/local-base/shape.ts";
import { complete, problemPrompt, scoreFields, scoreSuffix } from "./completion-client.ts";
import { send } from "../../support/http-client.ts";

const servers: ServedLocalBase[] = [];
async function serve(shape: Shape): Promise<string> {
  const server = await serveLocalBase({ modelPath: embeddedModelPath, shape }, 0);
  servers.push(server);
  await server.base.info();
  return server.url;
}
async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
/** A timer may fire a little before its time. */
const early = 0.005;
const step = { prompt: problemPrompt, max_tokens: 8, ignore_eos: true };

/** Lower bounds only: a busy machine may be slower, never faster. */
describe("an endpoint shaped like a link and a GPU", { timeout: 60_000 }, () => {
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it("takes a round trip for every request, refusals and preflights too", async () => {
    const url = await serve({ rtt: 0.2 });
    expect(await secondsOf(() => send(`${url}/v1/models`))).toBeGreaterThanOrEqual(0.2 - early);
    expect(await secondsOf(() => send(`${url}/v1/completions`, { body: { prompt: "" } }))).toBeGreaterThanOrEqual(0.2 - early);
    const preflight = { method: "OPTIONS", headers: { origin: "https://page.test", "access-control-request-method": "POST" } };
    expect(await secondsOf(() => send(`${url}/v1/completions`, preflight))).toBeGreaterThanOrEqual(0.2 - early);
  });

  it("says so in its version", async () => {
    const url = await serve({ rtt: 0.01, tpot: 0.02 });
    expect(JSON.parse((await send(`${url}/version`)).text)).toMatchObject({ version: "0.32.0", local_base: { shape: { rtt: 0.01, tpot: 0.02 } } });
  });

  it("writes the first token after ttft and the others tpot apart", async () => {
    const url = await serve({ rtt: 0.1, ttft: 0.3, tpot: 0.05 });
    expect(await secondsOf(() => complete(url, step))).toBeGreaterThanOrEqual(0.1 + 0.3 + 7 * 0.05 - early);

    const started = performance.now();
    const times: number[] = [];
    await send(`${url}/v1/completions`, { body: { ...step, temperature: 0, stream: true }, onText: () => times.push((performance.now() - started) / 1000) });
    expect(times[0]).toBeGreaterThanOrEqual(0.1 + 0.3 - early);
    expect(times.at(-1)).toBeGreaterThanOrEqual(0.1 + 0.3 + 7 * 0.05 - early);
    expect(times.length).toBeGreaterThan(1);
  });

  it("takes `score` for a request of one token, the whole list of them once", async () => {
    const url = await serve({ ttft: 5, score: 0.3 });
    const score = { prompt: [problemPrompt + scoreSuffix, `${problemPrompt}First, 74 + 31 = 105.${scoreSuffix}`, problemPrompt], ...scoreFields };
    const seconds = await secondsOf(() => complete(url, score));
    expect(seconds).toBeGreaterThanOrEqual(0.3 - early);
    expect(seconds).toBeLessThan(5);
  });

  it("serves requests side by side: four take no longer than one after the other would", async () => {
    const url = await serve({ ttft: 2 });
    const seconds = await secondsOf(() => Promise.all(Array.from({ length: 4 }, () => complete(url, { ...step, max_tokens: 2 }))));
    expect(seconds).toBeGreaterThanOrEqual(2 - early);
    expect(seconds).toBeLessThan(4 * 2);
  });

  it("delays what it streams without throttling it", async () => {
    const url = await serve({ rtt: 2 });
    const seconds = await secondsOf(() => send(`${url}/v1/completions`, { body: { ...step, temperature: 0, stream: true } }));
    expect(seconds).toBeGreaterThanOrEqual(2 - early);
    // Eight chunks that each waited for the one before to arrive would take eight seconds on the way back alone.
    expect(seconds).toBeLessThan(8);
  });

  it("does not slow another mount of the same model", async () => {
    await serve({ ttft: 20 });
    const url = await serve({});
    expect(await secondsOf(() => complete(url, step))).toBeLessThan(20);
  });
});

describe("--shape", () => {
  it("reads seconds", () => {
    expect(parseShape("rtt=0.1, tpot=0.045,ttft=1")).toEqual({ rtt: 0.1, tpot: 0.045, ttft: 1 });
  });
  it.each(["rtt", "rtt=", "rtt=fast", "rtt=-1", "speed=3", "rtt=1;tpot=2", "rtt=Infinity"])("refuses %s in a sentence", (text) => {
    expect(() => parseShape(text)).toThrow(`--shape ${text} cannot be read`);
  });
});
