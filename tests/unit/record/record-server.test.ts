import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordServer } from "../../record/record-server.ts";
import { readMetricsNames, readRecording, type Recording, writeRecording } from "../../support/recording.ts";

const key = "secret-of-the-test";
let folder = "";
let requests = "";
let close: () => void = () => undefined;
let url = "";
const seen: { readonly path: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[] = [];

const request = (body: unknown, more: Partial<Recording["request"]> = {}): Recording => ({
  note: "", request: { method: "POST", path: "/v1/completions", headers: { Origin: "https://page.test", "Content-Type": "application/json" }, body, ...more }, response: { status: 200, headers: {}, body: {} },
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "recorded-"));
  requests = mkdtempSync(join(tmpdir(), "requests-"));
  seen.length = 0;
  const server = createServer((asked, response) => {
    let body = "";
    asked.setEncoding("utf8").on("data", (part: string) => { body += part; }).on("end", () => {
      seen.push({ path: asked.url ?? "", headers: asked.headers, body });
      const json = (value: unknown, status = 200): void => {
        response.writeHead(status, { "content-type": "application/json", server: "fake", "access-control-allow-origin": asked.headers.origin ?? "none" });
        response.end(JSON.stringify(value));
      };
      if (asked.url === "/v1/models") json({ data: [{ id: "large-model", root: "/home/someone/models/large-model" }] });
      else if (asked.url === "/metrics") response.end('# HELP x\nvllm:b_total{model="m"} 1\nvllm:a_bucket{le="1"} 2\nvllm:a_created 3\npython_gc 1\n');
      else if (body.includes('"stream":true')) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write('data: {"choices":[{"text":"a"}]}\n\n');
        setTimeout(() => response.end("data: [DONE]\n\n"), 5);
      } else json({ said: `${asked.headers.host} with ${asked.headers.authorization ?? "no key"} and sk-abcdefgh123456`, file: "/root/models/x/large-model.bin", docs: "https://host.example/docs" });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  close = () => server.close();
});
afterEach(() => {
  close();
  for (const each of [folder, requests]) rmSync(each, { recursive: true });
});

const record = (more: Partial<Parameters<typeof recordServer>[0]> = {}) => recordServer({ url, requests, folder, setting: "open", key, say: () => undefined, ...more });

describe("recording a server", () => {
  it("writes what it answered, without keys, hosts and paths of the machine", async () => {
    writeRecording(requests, "step", request({ model: "small", prompt: "p" }));
    writeRecording(requests, "step-again", request({ model: "small", prompt: "q" }));
    writeRecording(requests, "error-model", request({ model: "nobody", prompt: "p" }));
    expect(await record()).toBe(3);
    const { response, request: kept } = readRecording(folder, "step");
    expect(response.body).toEqual({ said: "<host> with Bearer <key> and <key>", file: "large-model.bin", docs: "https://<host>/docs" });
    expect(response.headers).toEqual({ "content-type": "application/json", "access-control-allow-origin": "https://page.test" });
    expect(kept).toEqual(request({ model: "large-model", prompt: "p" }).request);
    expect(readRecording(folder, "error-model").request.body).toEqual({ model: "nobody", prompt: "p" });
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), "utf8")).not.toMatch(/secret-of-the-test|127\.0\.0\.1|\/root\/|\/home\//);
    expect(readMetricsNames(folder)).toEqual(["vllm:b_total"]);
  });

  it("keeps a stream as it came", async () => {
    writeRecording(requests, "step-stream", request({ stream: true }));
    await record();
    expect(readRecording(folder, "step-stream").response.body).toBe('data: {"choices":[{"text":"a"}]}\n\ndata: [DONE]\n\n');
  });

  it("sends a key's own requests as they are, and the key only where they say so", async () => {
    writeRecording(requests, "auth-missing", request({}));
    writeRecording(requests, "auth-right", request({}, { headers: { Authorization: "Bearer <key>" } }));
    writeRecording(requests, "step", request({}));
    expect(await record({ setting: "key" })).toBe(2);
    expect(seen.filter(({ path }) => path === "/v1/completions").map(({ headers }) => headers.authorization)).toEqual([undefined, `Bearer ${key}`]);
    expect(readRecording(folder, "auth-right").request.headers).toEqual({ Authorization: "Bearer <key>" });
  });

  it("asks from another origin where that is the one allowed, and says page.test", async () => {
    writeRecording(requests, "step", request({}));
    await record({ origin: "http://localhost:5173" });
    expect(seen.find(({ path }) => path === "/v1/completions")?.headers.origin).toBe("http://localhost:5173");
    expect(readRecording(folder, "step").response.headers["access-control-allow-origin"]).toBe("https://page.test");
  });

  it("asks twice for what is to come from the cache, and last for what can end the server", async () => {
    writeRecording(requests, "a-dangerous", { ...request({ which: "dangerous" }), note: "it can end the engine" });
    writeRecording(requests, "score-cached", { ...request({ which: "cached" }), note: "prefix seen before" });
    writeRecording(requests, "step", request({ which: "step" }));
    await record();
    expect(seen.filter(({ path }) => path === "/v1/completions").map(({ body }) => JSON.parse(body) as unknown)).toEqual(["cached", "cached", "step", "dangerous"].map((which) => ({ which })));
  });

  it("says that nothing answers, and writes nothing", async () => {
    writeRecording(requests, "step", request({}));
    close();
    await expect(record({ url: "http://127.0.0.1:1", model: "m" })).rejects.toThrow("http://127.0.0.1:1 does not answer");
    expect(readdirSync(folder)).toEqual([]);
  });
});
