import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as v from "valibot";

export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The client's port: one a connection. */
  readonly port: number | undefined;
  /** The fields of its JSON, none where it has no body. */
  readonly body: Readonly<Record<string, unknown>>;
};

/** What to do with one request. */
export type Scripted =
  | { readonly kind: "answer"; readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** Chunks of a stream with a pause before each, and what happens after the last. */
  | {
      readonly kind: "stream";
      readonly chunks: readonly (string | Uint8Array)[];
      readonly pauseMilliseconds?: number;
      readonly lastly: "end" | "cut" | "stall";
      readonly contentType?: string;
    }
  /** The connection is reset before an answer. */
  | { readonly kind: "reset" }
  /** Nothing is ever said. */
  | { readonly kind: "stall" };

export type ScriptableEndpoint = {
  readonly url: string;
  readonly received: Received[];
  /** Requests neither answered nor closed. */
  readonly open: () => number;
  close(): Promise<void>;
};

export type EndpointRules = {
  /** Origins that may read, as vLLM has them; none where absent. */
  readonly allowedOrigins?: readonly string[];
  /** Request headers the preflight allows; all where absent. */
  readonly allowedHeaders?: readonly string[];
  /** Guards /v1 as vLLM does: a 401 without CORS headers. */
  readonly apiKey?: string;
};

/** A real HTTP server that does what a script says, for faults a sound server does not show. */
export async function serveScript(script: (request: Received, count: number) => Scripted, rules: EndpointRules = {}): Promise<ScriptableEndpoint> {
  const received: Received[] = [];
  let open = 0;

  const cors = (request: IncomingMessage): Record<string, string> => {
    const { origin } = request.headers;
    return origin !== undefined && rules.allowedOrigins?.includes(origin) === true ? { "access-control-allow-origin": origin } : {};
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = cors(request);
    if (request.method === "OPTIONS") {
      const allowed = Object.keys(headers).length > 0;
      response.writeHead(allowed ? 200 : 400, {
        ...headers,
        "access-control-allow-headers": (rules.allowedHeaders ?? [String(request.headers["access-control-request-headers"])]).join(","),
      });
      response.end();
      return;
    }
    const path = request.url ?? "";
    const seen: Received = { method: request.method ?? "", path, headers: request.headers, port: request.socket.remotePort, body: await bodyOf(request) };
    if (rules.apiKey !== undefined && path.startsWith("/v1") && request.headers.authorization !== `Bearer ${rules.apiKey}`) {
      response.writeHead(401, { "content-type": "application/json" });
      response.end('{"error":"Unauthorized"}');
      return;
    }
    received.push(seen);
    const scripted = script(seen, received.filter((other) => other.path === path).length);
    switch (scripted.kind) {
      case "reset":
        request.socket.resetAndDestroy();
        return;
      case "stall":
        return;
      case "answer": {
        const text = typeof scripted.body === "string" ? scripted.body : JSON.stringify(scripted.body ?? {});
        response.writeHead(scripted.status ?? 200, { "content-type": "application/json", ...headers, ...scripted.headers });
        response.end(text);
        return;
      }
      case "stream":
        response.writeHead(200, { "content-type": scripted.contentType ?? "text/event-stream; charset=utf-8", ...headers });
        response.flushHeaders();
        for (const chunk of scripted.chunks) {
          await new Promise((resolve) => void setTimeout(resolve, scripted.pauseMilliseconds ?? 0));
          if (response.destroyed) return;
          response.write(chunk);
        }
        if (scripted.lastly === "end") response.end();
        else if (scripted.lastly === "cut") setTimeout(() => request.socket.resetAndDestroy(), 20);
    }
  }

  const server = createServer((request, response) => {
    open += 1;
    response.once("close", () => {
      open -= 1;
    });
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    received,
    open: () => open,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) text += String(part);
  return text === "" ? {} : v.parse(v.record(v.string(), v.unknown()), JSON.parse(text));
}
