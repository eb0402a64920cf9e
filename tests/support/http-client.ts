import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

export type Sending = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly onText?: (text: string) => void;
};

/** One HTTP request with every header under the test's control (fetch keeps some for itself). */
export function send(url: string, sending: Sending = {}): Promise<Answer> {
  const { body, signal } = sending;
  const payload = body === undefined || body === null ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method: sending.method ?? (payload === undefined ? "GET" : "POST"),
        headers: {
          ...(payload === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(payload)) }),
          ...Object.fromEntries(Object.entries(sending.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
        },
        ...(signal === undefined ? {} : { signal }),
        agent: false,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
          sending.onText?.(part);
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(payload);
  });
}
