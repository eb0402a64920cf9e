import { createServer, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { seededRandom } from "../../src/models/seeded-random.ts";

export type Faults = {
  /** Shares of requests: answered 503, cut before an answer, cut in the middle of one, gone silent in the middle. */
  readonly refused?: number;
  readonly reset?: number;
  readonly cut?: number;
  readonly stalled?: number;
  /** Longest delay before an answer, in seconds; answers overtake each other. */
  readonly slowest?: number;
  readonly seed?: number;
};

/** A bad line in front of a server: what passes, passes unchanged. Closing a connection closes the one behind it. */
export async function serveBehindFaults(target: string, faults: Faults) {
  const random = seededRandom(faults.seed ?? 1);
  const happens = (share: number | undefined) => random() < (share ?? 0);
  const seen = { requests: 0, faults: 0 };

  function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    seen.requests += 1;
    const [refused, reset, cut, stalled] = [faults.refused, faults.reset, faults.cut, faults.stalled].map(happens);
    if (refused === true || reset === true || cut === true || stalled === true) seen.faults += 1;
    if (reset === true) {
      incoming.socket.destroy();
      return;
    }
    if (refused === true) {
      outgoing.writeHead(503, { "content-type": "application/json" }).end('{"error":{"message":"busy","type":"ServiceUnavailable","param":null,"code":503}}');
      return;
    }
    const behind = send(`${target}${incoming.url ?? ""}`, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("data", (chunk: Buffer) => {
        if (cut === true || stalled === true) {
          outgoing.write(chunk.subarray(0, Math.ceil(chunk.length / 2)));
          answer.destroy();
          if (cut === true) setTimeout(() => outgoing.destroy(), 5);
          return;
        }
        outgoing.write(chunk);
      });
      answer.on("end", () => outgoing.end());
    });
    behind.on("error", () => outgoing.destroy());
    outgoing.on("close", () => behind.destroy());
    incoming.pipe(behind);
  }

  const server = createServer((incoming, outgoing) => void setTimeout(() => pass(incoming, outgoing), 1000 * random() * (faults.slowest ?? 0)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
