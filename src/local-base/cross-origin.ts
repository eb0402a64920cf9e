import type { IncomingMessage, ServerResponse } from "node:http";

/** As Starlette's CORS middleware in vLLM: closed to every page that is not named. */
export type CrossOrigin = {
  /** Headers for the answer to this request. */
  readonly headers: (request: IncomingMessage) => Readonly<Record<string, string>>;
  readonly answerPreflight: (request: IncomingMessage, response: ServerResponse) => void;
};

export const isPreflight = (request: IncomingMessage): boolean =>
  request.method === "OPTIONS" && request.headers.origin !== undefined && request.headers["access-control-request-method"] !== undefined;

/** @param allowedOrigins origins as a browser sends them; "*" lets every page in. */
export function crossOrigin(allowedOrigins: readonly string[]): CrossOrigin {
  const everyone = allowedOrigins.includes("*");
  const allowed = (origin: string): string | undefined => (everyone ? "*" : allowedOrigins.includes(origin) ? origin : undefined);
  const headers = (request: IncomingMessage): Record<string, string> => {
    const { origin } = request.headers;
    if (origin === undefined) return {};
    const answer = allowed(origin);
    return answer === undefined ? { vary: "Origin" } : { "access-control-allow-origin": answer, vary: "Origin" };
  };
  return {
    headers,
    answerPreflight(request, response) {
      const answer = allowed(request.headers.origin ?? "");
      const refusals = [
        ...(answer === undefined ? ["origin"] : []),
        ...(request.headers["access-control-request-private-network"] === "true" ? ["private-network"] : []),
      ];
      const asked = request.headers["access-control-request-headers"];
      response.writeHead(refusals.length === 0 ? 200 : 400, {
        vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
        "access-control-allow-methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY",
        "access-control-max-age": "600",
        ...(answer === undefined ? {} : { "access-control-allow-origin": answer }),
        ...(asked === undefined ? {} : { "access-control-allow-headers": asked }),
        "content-type": "text/plain; charset=utf-8",
      });
      response.end(refusals.length === 0 ? "OK" : `Disallowed CORS ${refusals.join(", ")}`);
    },
  };
}
