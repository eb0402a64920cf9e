import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, badRequest, invalidBody, unsupportedMediaType } from "./api-error.ts";
import { returnLink, type Shape, sleep } from "./shape.ts";

/** One request being answered, over the link the shape describes. */
export type Reply = {
  /** When the request reached the server (half a round trip after it reached this process), in `performance.now()` milliseconds. */
  readonly arrivedAt: number;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  header(name: string): string | undefined;
  /** @throws ApiError where the body is no JSON. */
  readJson(): Promise<unknown>;
  json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): Promise<void>;
  text(status: number, contentType: string | undefined, body: string): Promise<void>;
  /** Writes the response itself, when the link has carried it. */
  raw(write: () => void): Promise<void>;
  eventStream(): { data(value: unknown): void; done(): Promise<void> };
};

const mostBodyBytes = 8_000_000;

/** Waits for the request to cross the link. @param crossOriginHeaders added to every answer. */
export async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  shape: Shape,
  crossOriginHeaders: Readonly<Record<string, string>>,
): Promise<Reply> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const { signal } = gone;
  const deliver = returnLink(shape, signal);
  // The body is read while the request is under way, so that its upload does not add to the round trip.
  const body = readBody(request);
  body.catch(() => undefined);
  await sleep(((shape.rtt ?? 0) * 1000) / 2, signal);

  return {
    arrivedAt: performance.now(),
    signal,
    header: (name) => {
      const value = request.headers[name];
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    readJson: async () => {
      const text = await body;
      if (!/^application\/([\w.-]+\+)?json\b/i.test(request.headers["content-type"] ?? "")) throw unsupportedMediaType();
      return parseJson(text);
    },
    json: (status, value, headers) =>
      deliver(() => {
        response.writeHead(status, { "content-type": "application/json", ...headers, ...crossOriginHeaders });
        response.end(JSON.stringify(value));
      }),
    text: (status, contentType, value) =>
      deliver(() => {
        response.writeHead(status, { ...(contentType === undefined ? {} : { "content-type": contentType }), ...crossOriginHeaders });
        response.end(value);
      }),
    raw: deliver,
    eventStream: () => {
      void deliver(() => {
        response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", ...crossOriginHeaders });
        response.flushHeaders();
      });
      return {
        data: (value) => void deliver(() => response.write(`data: ${JSON.stringify(value)}\n\n`)),
        done: () => deliver(() => response.end("data: [DONE]\n\n")),
      };
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too much is still read to its end: a client that is cut off while sending never sees the answer.
    if (bytes <= mostBodyBytes) chunks.push(chunk);
  }
  if (bytes > mostBodyBytes) throw new ApiError(413, "RequestEntityTooLarge", `The request is larger than ${mostBodyBytes} bytes.`, null);
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (thrown) {
    const place = /position (\d+)/.exec(thrown instanceof Error ? thrown.message : "")?.[1] ?? text.length;
    throw invalidBody([{ type: "json_invalid", loc: `body.${place}`, msg: "JSON decode error" }]);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw badRequest("The body must be a JSON object.", "body");
  return value;
}
