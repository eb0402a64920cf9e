import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** What toxiproxy can do to a line, on the bytes of answers. */
export type Toxic =
  | { readonly kind: "latency"; readonly milliseconds: number; readonly jitter?: number }
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  | { readonly kind: "slow-close"; readonly milliseconds: number }
  /** Nothing more comes, and the connection stays. */
  | { readonly kind: "time-out" }
  | { readonly kind: "reset" }
  /** Pieces of a few bytes. */
  | { readonly kind: "sliced"; readonly bytes: number }
  /** The connection ends in the middle, without a word. */
  | { readonly kind: "cut" };

export type ToxicLine = {
  readonly url: string;
  /** Answers that were spoilt. */
  readonly hits: () => number;
  close(): Promise<void>;
};

export type ToxicRule = {
  readonly toxic: Toxic;
  /** Which requests are hit, by their JSON. */
  readonly hits: (body: Readonly<Record<string, unknown>>) => boolean;
  /** Whether the answer's first byte is spoilt already, or what comes after the first piece of its body. */
  readonly from: "before headers" | "mid-stream";
  /** Answers that are spoilt before the line is good again. */
  readonly times: number;
};

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** A line to a server, one request a connection, that spoils some of its answers. Closing a connection closes the one behind it. */
export async function serveToxicLine(target: string, rule: ToxicRule): Promise<ToxicLine> {
  let hits = 0;
  const server = createServer((request) => {
    pass(request).catch(() => request.socket.destroy());
  });

  async function pass(request: IncomingMessage): Promise<void> {
    const { socket } = request;
    const gone = new AbortController();
    socket.once("close", () => gone.abort());
    const body = await bodyOf(request);
    const spoilt = request.method === "POST" && request.url === "/v1/completions" && hits < rule.times && rule.hits(JSON.parse(body) as Readonly<Record<string, unknown>>);
    if (spoilt) hits += 1;
    const answer = await fetch(target + (request.url ?? ""), {
      method: request.method ?? "GET",
      signal: gone.signal,
      ...(body === "" ? {} : { body, headers: { "content-type": "application/json" } }),
    });
    const line = spoilt ? spoil(socket, rule) : { write: async (bytes: Buffer) => void socket.write(bytes), end: async () => void socket.end() };
    const contentType = answer.headers.get("content-type") ?? "text/plain";
    await line.write(Buffer.from(`HTTP/1.1 ${answer.status} ${answer.statusText}\r\ncontent-type: ${contentType}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n`), true);
    for await (const bytes of answer.body ?? []) {
      // Two pieces, so that every answer has a middle.
      for (const piece of [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)])
        if (piece.length > 0) await line.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]), false);
    }
    await line.write(Buffer.from("0\r\n\r\n"), false);
    await line.end();
  }

  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    hits: () => hits,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function spoil(socket: Socket, { toxic, from }: ToxicRule): { write(bytes: Buffer, head: boolean): Promise<void>; end(): Promise<void> } {
  let bodyPieces = 0;
  const dead = new Promise<never>(() => undefined);

  async function spoiltWrite(bytes: Buffer): Promise<void> {
    switch (toxic.kind) {
      case "latency":
        await pause(toxic.milliseconds + Math.random() * (toxic.jitter ?? 0));
        socket.write(bytes);
        return;
      case "bandwidth":
        for (let at = 0; at < bytes.length; at += 64) {
          await pause((64_000 / toxic.bytesPerSecond));
          socket.write(bytes.subarray(at, at + 64));
        }
        return;
      case "sliced":
        for (let at = 0; at < bytes.length; at += toxic.bytes) {
          socket.write(bytes.subarray(at, at + toxic.bytes));
          await new Promise((resolve) => void setImmediate(resolve));
        }
        return;
      case "time-out":
        return dead;
      case "reset":
        socket.resetAndDestroy();
        return dead;
      case "cut":
        socket.write(bytes.subarray(0, bytes.length >> 1));
        socket.end();
        return dead;
      case "slow-close":
        socket.write(bytes);
    }
  }

  return {
    async write(bytes, head) {
      if (!head) bodyPieces += 1;
      if (from === "before headers" || bodyPieces > 1) await spoiltWrite(bytes);
      else socket.write(bytes);
    },
    async end() {
      if (toxic.kind === "slow-close") await pause(toxic.milliseconds);
      socket.end();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) text += String(part);
  return text;
}
