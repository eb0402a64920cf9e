import { LocalBaseError } from "./local-base-error.ts";

/** A refusal as vLLM 0.32 words it: its status, and the body a client parses. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly type: string;
  readonly param: string | null;

  constructor(status: number, type: string, message: string, param: string | null) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
  }

  get body(): { error: { message: string; type: string; param: string | null; code: number } } {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.status } };
  }
}

/** A value vLLM's engine refuses (not its schema). */
export const badRequest = (message: string, param: string | null = null, value?: unknown): ApiError =>
  new ApiError(
    400,
    "BadRequestError",
    param === null ? message : `${message} (parameter=${param}${value === undefined ? "" : `, value=${JSON.stringify(value)}`})`,
    param,
  );

export type ValidationIssue = { readonly type: string; readonly loc: string; readonly msg: string };

/** A body that is not of the schema, in the shape of vLLM's validation errors. */
export function invalidBody(issues: readonly ValidationIssue[]): ApiError {
  const lines = issues.map((issue) => `  {'type': '${issue.type}', 'loc': '${issue.loc}', 'msg': '${issue.msg}'}`);
  const count = `${issues.length} validation error${issues.length === 1 ? "" : "s"}:`;
  return new ApiError(400, "Bad Request", [count, ...lines].join("\n"), issues[0]?.loc ?? null);
}

export const unsupportedMediaType = (): ApiError =>
  new ApiError(400, "Bad Request", "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed", null);

export const unknownModel = (asked: string, served: string): ApiError =>
  new ApiError(404, "NotFoundError", `The model \`${asked}\` does not exist. Valid aliases: ${served}.`, "model");

/** Anything thrown while answering. What is wrong with the server's own files is told to who started it, not to its clients. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof LocalBaseError) return new ApiError(503, "ServiceUnavailable", "The model could not be loaded; the server's own output says why.", null);
  return new ApiError(500, "InternalServerError", thrown instanceof Error ? thrown.message : String(thrown), null);
}
