import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createParser } from "eventsource-parser";
import * as v from "valibot";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** One request to a server that is played by a profile, over the embedded base model. */
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The fields of its JSON, none where it has no body. */
  readonly body: Fields;
  json(status: number, body: unknown): void;
  text(status: number, contentType: string, body: string): void;
  /** The embedded base model's answer on this path. */
  base(path: string, body?: Fields): Promise<{ readonly status: number; readonly value: Fields }>;
  /** Answers with the embedded base model's completion of these fields, put into the server's own shape. */
  complete(asked: Fields, shape: CompletionShape): Promise<void>;
};

export type CompletionShape = {
  /** A whole answer, or one chunk of a stream; undefined leaves the chunk out. */
  readonly answer: (completion: Fields) => unknown;
  readonly error: (status: number, error: Fields) => { readonly status: number; readonly body: unknown };
  readonly contentType?: string;
  readonly event?: (data: string) => string;
  /** What ends a stream; "data: [DONE]" by default. */
  readonly lastly?: string;
};

/** How one kind of server speaks: which routes it has, which fields it knows, what its answers look like. */
export type Profile = { readonly name: string; readonly answer: (call: Call) => Promise<void> | void };

export type ServedProfile = {
  readonly url: string;
  /** Requests the model works at. */
  readonly running: () => Promise<number>;
  readonly received: { readonly path: string; readonly body: Fields; readonly headers: IncomingMessage["headers"] }[];
  close(): Promise<void>;
};

const fields = v.record(v.string(), v.unknown());

export async function serveProfile(profile: Profile): Promise<ServedProfile> {
  const local = await serveLocalBase({ modelPath: embeddedModelPath, modelName: "arithmetic-base" }, 0);
  const received: ServedProfile["received"] = [];

  const server = createServer((request, response) => {
    callOf(request, response, local)
      .then((call) => {
        received.push({ path: call.path, body: call.body, headers: call.headers });
        return profile.answer(call);
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    received,
    running: async () => {
      const metrics = await (await fetch(`${local.url}/metrics`)).text();
      return [...metrics.matchAll(/^vllm:num_requests_(?:running|waiting)\{[^}]*\} (\S+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
      await local.close();
    },
  };
}

async function callOf(request: IncomingMessage, response: ServerResponse, local: ServedLocalBase): Promise<Call> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const body = await bodyOf(request);
  const text = (status: number, contentType: string, content: string): void => {
    response.writeHead(status, { "content-type": contentType });
    response.end(content);
  };
  const send = async (path: string, asked?: Fields): Promise<Response> =>
    fetch(local.url + path, {
      signal: gone.signal,
      ...(asked === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked) }),
    });

  return {
    method: request.method ?? "",
    path: (request.url ?? "").replace(/\?.*$/s, ""),
    headers: request.headers,
    body,
    json: (status, value) => text(status, "application/json", JSON.stringify(value)),
    text,
    async base(path, asked) {
      const answer = await send(path, asked);
      return { status: answer.status, value: v.parse(fields, await answer.json()) };
    },
    async complete(asked, shape) {
      try {
        const answer = await send("/v1/completions", asked);
        if (!answer.ok || asked["stream"] !== true) {
          const value = v.parse(fields, await answer.json());
          const { status, body: shaped } = answer.ok ? { status: 200, body: shape.answer(value) } : shape.error(answer.status, v.parse(fields, value["error"]));
          text(status, "application/json", JSON.stringify(shaped));
          return;
        }
        response.writeHead(200, { "content-type": shape.contentType ?? "text/event-stream" });
        const event = shape.event ?? ((data: string) => `data: ${data}\n\n`);
        const parser = createParser({
          onEvent({ data }) {
            const shaped = data === "[DONE]" ? undefined : shape.answer(v.parse(fields, JSON.parse(data)));
            if (shaped !== undefined) response.write(event(JSON.stringify(shaped)));
          },
        });
        const decoder = new TextDecoder();
        for await (const bytes of answer.body ?? []) parser.feed(decoder.decode(bytes, { stream: true }));
        response.end(shape.lastly ?? "data: [DONE]\n\n");
      } catch (error) {
        if (!gone.signal.aborted) throw error;
      }
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Fields> {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) text += String(part);
  return text === "" ? {} : v.parse(fields, JSON.parse(text));
}
