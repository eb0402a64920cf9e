import { createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http";
import * as v from "valibot";
import { stillRunning } from "./leashed.ts";
import { runningRequests, type Served, startVllm } from "./servers.ts";

/** A completion that reached a replica. */
export type Asked = {
  readonly prompts: readonly string[];
  readonly isScore: boolean;
  /** Absent where no whole answer was given. */
  status?: number;
  /** The server's own counts, of a score. */
  tokens?: { readonly prompt: number; readonly cached: number };
};

/** A vLLM that keeps a list of what it was asked; whoever asks uses `url`. */
export type Replica = {
  readonly url: string;
  readonly asked: Asked[];
  /** Requests it works at, by its own count; none where it was killed. */
  running(): Promise<number>;
  /** Nothing asked, nothing cached. */
  reset(): Promise<void>;
  /** SIGKILL; its port is closed until it is started again. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  /** @throws Error with its last lines where it has ended and nobody killed it */
  stillRunning(): void;
  stop(): Promise<void>;
};

const bodySchema = v.object({ prompt: v.union([v.pipe(v.string(), v.transform((prompt) => [prompt])), v.array(v.string())]), max_tokens: v.number() });
const usageSchema = v.object({ usage: v.object({ prompt_tokens: v.number(), prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.nullish(v.number(), 0) }), { cached_tokens: 0 }) }) });

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
};

export async function startReplica(allowedOrigins: readonly string[], apiKey: string): Promise<Replica> {
  // In development mode vLLM lets its prefix cache be emptied.
  const start = (port?: number): Promise<Served> => startVllm({ allowedOrigins, apiKey, developmentMode: true, ...(port === undefined ? {} : { port }) });
  let vllm = await start();
  let killed = false;
  const asked: Asked[] = [];

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const completion = incoming.url === "/v1/completions" ? v.safeParse(bodySchema, parsed(body)) : undefined;
    const entry: Asked | undefined = completion?.success === true ? { prompts: completion.output.prompt, isScore: completion.output.max_tokens === 1 } : undefined;
    if (entry !== undefined) asked.push(entry);
    const behind = send({ host: "127.0.0.1", port: vllm.port, path: incoming.url, method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => {
        parts.push(part);
        outgoing.write(part);
      });
      answer.once("error", () => outgoing.destroy());
      answer.once("end", () => {
        outgoing.end();
        if (entry === undefined) return;
        entry.status = answer.statusCode ?? 502;
        const usage = v.safeParse(usageSchema, parsed(Buffer.concat(parts)));
        if (usage.success) entry.tokens = { prompt: usage.output.usage.prompt_tokens, cached: usage.output.usage.prompt_tokens_details.cached_tokens };
      });
    });
    behind.once("error", () => outgoing.destroy());
    outgoing.once("close", () => behind.destroy());
    behind.end(body);
  }

  const tap = createServer((incoming, outgoing) => void pass(incoming, outgoing).catch(() => outgoing.destroy()));
  const listen = (port: number): Promise<void> => new Promise((resolve) => void tap.listen(port, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    tap.closeAllConnections();
    await new Promise((resolve) => void tap.close(resolve));
  };
  await listen(0);
  const address = tap.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async running() {
      if (killed) return 0;
      const text = await (await fetch(`${vllm.url}/metrics`)).text();
      return Number(runningRequests.exec(text)?.[1] ?? Number.NaN);
    },
    async reset() {
      const answer = await fetch(`${vllm.url}/reset_prefix_cache`, { method: "POST" });
      if (!answer.ok) throw new Error(`${vllm.process.name} did not empty its prefix cache (${answer.status})`);
      asked.length = 0;
    },
    async kill() {
      killed = true;
      const closed = close();
      await vllm.process.kill();
      await closed;
    },
    async startAgain() {
      vllm = await start(vllm.port);
      await listen(port);
      killed = false;
    },
    stillRunning() {
      if (!killed) stillRunning(vllm.process);
    },
    async stop() {
      await close();
      await vllm.process.stop();
    },
  };
}
