import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { createLocalBase } from "../../../src/local-base/local-base.ts";
import { localBaseOptions, modelFlags, portNumber, readArguments } from "../../../src/local-base/options.ts";
import { serveLocalBase } from "../../../src/local-base/serve.ts";
import { send } from "../../support/http-client.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const script = ["--import", "tsx", join(root, "src/local-base/base.ts")];

describe("a model file that is none", { timeout: 60_000 }, () => {
  let folder = "";
  let whole: Buffer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "local-base-"));
    whole = await readFile(embeddedModelPath);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ["an empty file", () => Buffer.alloc(0), /is cut short/],
    ["a saved web page", () => Buffer.from("<!doctype html><title>Not found</title>"), /is not a GGUF model file/],
    ["a file of an older format", () => Buffer.concat([Buffer.from("GGUF\u0001\u0000\u0000\u0000"), Buffer.alloc(16)]), /version 1/],
    ["the first 100 bytes", () => whole.subarray(0, 100), /cut short/],
    ["half the file", () => whole.subarray(0, whole.length / 2), /cut short/],
    ["all but the last byte", () => whole.subarray(0, whole.length - 1), /cut short/],
    ["a good header before noise", () => Buffer.concat([whole.subarray(0, 24), Buffer.alloc(4000, 0xa5)]), /damaged/],
  ])("is refused in a sentence: %s", async (name, content, sentence) => {
    const modelPath = join(folder, `${name.replaceAll(" ", "-")}.gguf`);
    await writeFile(modelPath, content());
    const base = createLocalBase({ modelPath });
    await expect(base.info()).rejects.toThrow(sentence);
    await expect(base.info()).rejects.toMatchObject({ name: "LocalBaseError" });
    await base.close();
  });

  it("is refused when it is missing or a folder", async () => {
    await expect(createLocalBase({ modelPath: join(folder, "nope.gguf") }).info()).rejects.toThrow("There is no such file");
    await expect(createLocalBase({ modelPath: folder }).info()).rejects.toThrow("is not a file");
  });

  it("answers requests with 503, and keeps the file's place to itself", async () => {
    const server = await serveLocalBase({ modelPath: join(folder, "nope.gguf") }, 0);
    const answer = await send(`${server.url}/v1/models`);
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain(folder);
    await server.close();
  });
});

describe("the command line", { timeout: 60_000 }, () => {
  it("reads its options", () => {
    const flags = readArguments(["--allowed-origins", '["https://page.test/"]', "--shape", "rtt=0.1", "--api-key", "k", "--context", "256", "--sequences", "2"], modelFlags);
    expect(localBaseOptions(flags, "m.gguf")).toEqual({
      modelPath: "m.gguf",
      allowedOrigins: ["https://page.test"],
      shape: { rtt: 0.1 },
      apiKey: "k",
      maxContextTokens: 256,
      sequences: 2,
    });
  });

  it("names an option it does not know, and those it does", () => {
    expect(() => readArguments(["--prot", "1"], modelFlags)).toThrow(/Unknown option '--prot'\. Known are: .*--port/);
    expect(() => readArguments(["--port"], modelFlags)).toThrow("--port");
    expect(() => portNumber("99999")).toThrow("--port 99999 is not a whole number from 0 to 65535.");
    expect(() => localBaseOptions({ "allowed-origins": "https://page.test" }, "m.gguf")).toThrow("--allowed-origins wants a JSON list");
  });

  it("says that a port is in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(serveLocalBase({ modelPath: embeddedModelPath }, port)).rejects.toThrow(`Port ${port} is in use. Choose another with --port.`);
    other.close();
  });

  it("ends with one sentence and no stack when it cannot start", async () => {
    const ended = await new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile(process.execPath, [...script, "--model", "nowhere.gguf", "--port", "0"], { cwd: root }, (error, _, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stderr }),
      );
    });
    expect(ended).toEqual({ code: 1, stderr: "nowhere.gguf: There is no such file. Give the path of a GGUF model file.\n" });
  });

  it("prints its address, nothing else, and answers there until it is stopped", async () => {
    const child = spawn(process.execPath, [...script, "--model", embeddedModelPath, "--port", "0"], { cwd: root });
    let [stdout, stderr] = ["", ""];
    child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
    await new Promise<void>((resolve) =>
      child.stdout.on("data", (part: Buffer) => {
        stdout += part.toString();
        if (stdout.includes("Ctrl+C")) resolve();
      }),
    );
    const url = /http:\S+(?=\/v1)/.exec(stdout)?.[0] ?? "";
    expect((await send(`${url}/health`)).status).toBe(200);
    const ended = new Promise<number | null>((resolve) => void child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(stdout).toBe(`arithmetic-base (512 tokens of context) at ${url}/v1\nStop with Ctrl+C.\n`);
    expect(stderr).toBe("");
  });
});
