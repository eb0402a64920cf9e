import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { largeFile } from "./harness/large-file.ts";

const draft = readFileSync(fileURLToPath(new URL("../../public/models/arithmetic-draft.gguf", import.meta.url)));

/** A folder as WebLLM's models are published in, whose weights are six shards of bytes that mean nothing. */
const shards = [0, 1, 2, 3, 4, 5].map((index) => Buffer.alloc(100_000, `shard ${index}`));
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const md5 = (bytes: Buffer): string => createHash("md5").update(bytes).digest("hex");
const mlcFiles: Readonly<Record<string, Buffer>> = {
  "mlc-chat-config.json": json({
    context_window_size: 600, sliding_window_size: -1, prefill_chunk_size: 64, vocab_size: 512, quantization: "q0f32",
    tokenizer_files: ["tokenizer.json"], conv_template: { name: "chatml", seps: ["\n"], roles: { user: "user", assistant: "assistant" } },
  }),
  "tokenizer.json": json({ version: "1.0" }),
  "tensor-cache.json": json({ records: shards.map((shard, index) => ({ dataPath: `params_shard_${index}.bin`, nbytes: shard.length, md5sum: md5(shard), records: [] })) }),
  ...Object.fromEntries(shards.map((shard, index) => [`params_shard_${index}.bin`, shard])),
  "library.wasm": Buffer.from("\0asm\u0001\0\0\0"),
};

type Files = Readonly<Record<string, () => Buffer>>;
const ggufFiles: Files = {
  "draft.gguf": () => draft,
  "large.gguf": () => largeFile(1),
  "cut-short.gguf": () => draft.subarray(0, 200_000),
};

/**
 * Serves models to pages of other origins: `/gguf/NAME?rate=BYTES` with ranges and at so many bytes a second, and a WebLLM
 * model under `/mlc/FAULT/resolve/main/`, where FAULT is `good`, `other-shard`, `cut-shard`, `missing-shard`, or `slow`.
 * @param more GGUF files beside its own
 */
export async function startModelServer(more: Files = {}) {
  const files = { ...ggufFiles, ...more };
  const requests: { readonly path: string; readonly range: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "range");
    response.setHeader("access-control-expose-headers", "content-range, content-length, etag");
    if (request.method === "OPTIONS") return response.end();
    requests.push({ path: url.pathname, range: request.headers.range });
    const gguf = /^\/gguf\/([^/]+)$/.exec(url.pathname)?.[1];
    if (gguf !== undefined) return send(files[gguf]?.(), request, response, Number(url.searchParams.get("rate") ?? Infinity));
    const [, fault, file] = /^\/mlc\/([^/]+)\/resolve\/main\/([^/]+)$/.exec(url.pathname) ?? [];
    return send(file === undefined ? undefined : faulty(fault, file), request, response, fault === "slow" && file?.endsWith(".bin") === true ? 40_000 : Infinity);
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the model server listens on no port");
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    requests, origin,
    gguf: (name: string) => `${origin}/gguf/${name}`,
    mlc: (fault: string) => ({ mlcUrl: `${origin}/mlc/${fault}`, mlcLib: `${origin}/mlc/${fault}/resolve/main/library.wasm` }),
    mlcBytes: shards.reduce((sum, { length }) => sum + length, 0),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

function faulty(fault: string | undefined, file: string): Buffer | undefined {
  const bytes = mlcFiles[file];
  if (file !== "params_shard_1.bin" || bytes === undefined) return bytes;
  if (fault === "missing-shard") return undefined;
  if (fault === "cut-shard") return bytes.subarray(0, 1000);
  return fault === "other-shard" ? Buffer.alloc(bytes.length, "another") : bytes;
}

function send(file: Buffer | undefined, request: IncomingMessage, response: ServerResponse, bytesPerSecond: number): void {
  if (file === undefined) {
    response.statusCode = 404;
    response.end();
    return;
  }
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
  const body = file.subarray(Number(from ?? 0));
  response.statusCode = from === undefined ? 200 : 206;
  response.setHeader("etag", `"${file.length}"`);
  response.setHeader("content-length", body.length);
  if (from !== undefined) response.setHeader("content-range", `bytes ${from}-${file.length - 1}/${file.length}`);
  if (bytesPerSecond === Infinity) {
    response.end(body);
    return;
  }
  let at = 0;
  const timer = setInterval(() => {
    const piece = body.subarray(at, at + bytesPerSecond / 20);
    at += piece.length;
    response.write(piece);
    if (at < body.length) return;
    clearInterval(timer);
    response.end();
  }, 50);
  response.on("close", () => clearInterval(timer));
}
