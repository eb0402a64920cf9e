import { afterEach, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import type { LocalBaseOptions } from "../../../src/local-base/local-base.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";
import { complete, problemPrompt, scoreFields, scoreSuffix } from "./completion-client.ts";
import { send } from "../../support/http-client.ts";

const servers: ServedLocalBase[] = [];
async function serve(options: Partial<LocalBaseOptions>): Promise<string> {
  const server = await serveLocalBase({ modelPath: embeddedModelPath, ...options }, 0);
  servers.push(server);
  await server.base.info();
  return server.url;
}

async function metric(url: string, name: string): Promise<number> {
  const { text } = await send(`${url}/metrics`);
  return Number(new RegExp(`^vllm:${name}\\{[^}]*\\} (\\S+)$`, "m").exec(text)?.[1]);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => void setTimeout(resolve, 5));
}

/** Starts a request, lets the caller wait for its moment, closes the connection, and gives the milliseconds until nothing runs. */
async function cancelled(url: string, body: object, moment: (texts: () => number) => Promise<void>): Promise<number> {
  const leaving = new AbortController();
  let texts = 0;
  const request = send(`${url}/v1/completions`, { body, signal: leaving.signal, onText: () => (texts += 1) });
  await moment(() => texts);
  leaving.abort();
  const left = performance.now();
  await expect(request).rejects.toThrow();
  await until(async () => (await metric(url, "num_requests_running")) + (await metric(url, "num_requests_waiting")) === 0);
  return performance.now() - left;
}

const long = { prompt: problemPrompt, temperature: 0, max_tokens: 450, ignore_eos: true };

/** The contract's 250 ms; a busy machine gets another try. */
describe("a connection that closes", { timeout: 60_000, retry: 3 }, () => {
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it("ends a stream that is being generated, and frees its sequence, within 250 ms", async () => {
    const url = await serve({ sequences: 1 });
    const milliseconds = await cancelled(url, { ...long, stream: true }, (texts) => until(() => Promise.resolve(texts() > 2)));
    expect(milliseconds).toBeLessThan(250);
    expect(await metric(url, "generation_tokens_total")).toBeLessThan(450);
    expect((await complete(url, { prompt: problemPrompt, max_tokens: 1 })).choices[0]?.text).toBe("First");
  });

  it("ends a request that has not answered yet within 250 ms", async () => {
    const url = await serve({ sequences: 1 });
    const milliseconds = await cancelled(url, long, () => until(async () => (await metric(url, "generation_tokens_total")) > 20));
    expect(milliseconds).toBeLessThan(250);
    expect(await metric(url, "generation_tokens_total")).toBeLessThan(450);
  });

  it("ends a stream that a slow shape holds back within 250 ms", async () => {
    const url = await serve({ shape: { tpot: 30 } });
    const running = () => until(async () => (await metric(url, "num_requests_running")) === 1);
    expect(await cancelled(url, { ...long, stream: true }, running)).toBeLessThan(250);
  });

  it("ends a score that waits for its first token within 250 ms", async () => {
    const url = await serve({ shape: { ttft: 60 } });
    const running = () => until(async () => (await metric(url, "num_requests_running")) === 1);
    expect(await cancelled(url, { prompt: problemPrompt + scoreSuffix, ...scoreFields }, running)).toBeLessThan(250);
  });

  it("leaves a sound cache behind", async () => {
    const url = await serve({ sequences: 1 });
    const step = { prompt: problemPrompt, max_tokens: 40, stop: ["\n\n"] };
    const before = await complete(url, step);
    await cancelled(url, { ...long, stream: true }, (texts) => until(() => Promise.resolve(texts() > 2)));
    expect((await complete(url, step)).choices[0]?.text).toBe(before.choices[0]?.text);
  });
});

describe("more requests than sequences", { timeout: 60_000 }, () => {
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it("all get their answer, and those who wait are counted as waiting", async () => {
    const url = await serve({ sequences: 1 });
    const answered = new AbortController();
    let mostWaiting = 0;
    const watch = (async () => {
      while (!answered.signal.aborted) mostWaiting = Math.max(mostWaiting, await metric(url, "num_requests_waiting"));
    })();
    const answers = await Promise.all(Array.from({ length: 4 }, () => complete(url, { ...long, max_tokens: 200 })));
    answered.abort();
    await watch;
    expect(answers.map(({ usage }) => usage?.completion_tokens)).toEqual([200, 200, 200, 200]);
    expect(mostWaiting).toBeGreaterThan(0);
    expect(await metric(url, "num_requests_waiting")).toBe(0);
  });

  it("loses who leaves the line, and nobody else", async () => {
    const url = await serve({ sequences: 1 });
    const first = complete(url, long);
    const leaving = new AbortController();
    const second = send(`${url}/v1/completions`, { body: long, signal: leaving.signal });
    const third = complete(url, { prompt: problemPrompt, max_tokens: 1 });
    await until(async () => (await metric(url, "num_requests_running")) > 0);
    leaving.abort();
    await expect(second).rejects.toThrow();
    expect((await first).usage?.completion_tokens).toBe(450);
    expect((await third).choices[0]?.text).toBe("First");
  });
});
