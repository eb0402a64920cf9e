import * as v from "valibot";
import { ModelError, type ModelErrorDetails, type ModelErrorKind } from "../model-error.ts";
import { errorSchema } from "./schemas.ts";

/** What an endpoint said of a failure. */
export type Refusal = {
  readonly status: number;
  /** The body, whatever it was. */
  readonly body: string;
  readonly retryAfter?: string | null;
  /** Servers repeat a wrong key in their messages; it is taken out of them. */
  readonly apiKey?: string | undefined;
};

type Said = { readonly message: string; readonly type?: string; readonly param?: string };

/** The ModelError for an answer with an error status, or for an error object inside a stream that began well. */
export function endpointError({ status, body, retryAfter, apiKey }: Refusal): ModelError {
  const said = without(apiKey, saidIn(body));
  const kind = kindOf(status, said);
  const seconds = secondsOf(retryAfter);
  const details: ModelErrorDetails = {
    status,
    ...(said?.param === undefined ? {} : { param: said.param }),
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
  return new ModelError(kind, sentence(kind, status, said, seconds), details);
}

/** An error object in an answer that began well, whole or in a stream; undefined where it holds none. */
export function errorInAnswer(value: unknown, apiKey?: string): ModelError | undefined {
  if (!v.is(v.union([v.object({ error: v.union([v.string(), v.looseObject({})]) }), v.object({ object: v.literal("error") })]), value)) return undefined;
  const nested = v.safeParse(v.object({ error: v.object({ code: v.number() }) }), value);
  const flat = v.safeParse(v.object({ code: v.number() }), value);
  return endpointError({ status: nested.success ? nested.output.error.code : flat.success ? flat.output.code : 500, body: JSON.stringify(value), apiKey });
}

/** The ModelError for an answer that is not what was asked for. */
export function notTheProtocol(body: string, status: number): ModelError {
  if (looksLikeHtml(body))
    return new ModelError("wrong-path", "A web page answered instead of a model endpoint. Check the address and its path.", { status });
  return new ModelError("bad-response", "The endpoint's answer is not that of an OpenAI-compatible completion. Check that the address is that of such a server.", { status });
}

const looksLikeHtml = (body: string): boolean => /^\s*<(!doctype|html|head|body)/i.test(body);

/** Taken out of the texts rather than out of the body, where JSON may have escaped it. */
function without(apiKey: string | undefined, said: Said | undefined): Said | undefined {
  if (said === undefined || apiKey === undefined || apiKey === "") return said;
  const clean = (text: string): string => text.replaceAll(apiKey, "…").replaceAll(JSON.stringify(apiKey).slice(1, -1), "…");
  return {
    message: clean(said.message),
    ...(said.type === undefined ? {} : { type: clean(said.type) }),
    ...(said.param === undefined ? {} : { param: clean(said.param) }),
  };
}

function saidIn(body: string): Said | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body) as unknown;
  } catch {
    return looksLikeHtml(body) || body.trim() === "" ? undefined : { message: body.trim() };
  }
  const parsed = v.safeParse(errorSchema, value);
  if (!parsed.success) return undefined;
  const said = parsed.output;
  if ("detail" in said) return { message: typeof said.detail === "string" ? said.detail : JSON.stringify(said.detail) };
  const error = "error" in said ? said.error : said;
  if (typeof error === "string") return { message: error };
  return {
    message: error.message ?? "",
    ...(typeof error.type === "string" ? { type: error.type } : {}),
    ...(typeof error.param === "string" ? { param: error.param } : {}),
  };
}

function kindOf(status: number, said: Said | undefined): ModelErrorKind {
  const message = said?.message ?? "";
  if (/EngineDead|EngineCore encountered|engine is dead|background loop (is not running|has errored)/i.test(`${said?.type ?? ""} ${message}`)) return "engine-dead";
  if (status === 401 || status === 403 || status === 407) return "unauthorized";
  if (said?.param === "model" || (status === 404 && /\bmodel\b/i.test(message))) return "unknown-model";
  if (status === 404 || status === 405 || status === 410 || /^unexpected endpoint or method/i.test(message)) return "wrong-path";
  if (status === 408 || status === 504) return "timed-out";
  if (status === 429 || status === 503) return "overloaded";
  if (status >= 500) return "server-failed";
  if (
    said?.type === "exceed_context_size_error" ||
    said?.param === "input_tokens" ||
    /maximum context length|max_model_len|context (size|window|length)|exceeds the (context|model)/i.test(message)
  )
    return "context-overflow";
  if (status >= 400) return "bad-request";
  return "bad-response";
}

function sentence(kind: ModelErrorKind, status: number, said: Said | undefined, retryAfterSeconds: number | undefined): string {
  const quoted = said === undefined || said.message === "" ? "" : ` It said: “${shortened(said.message)}”`;
  switch (kind) {
    case "unauthorized":
      return `The endpoint refuses the key, or wants one. Enter the key it was started with (vLLM: --api-key).`;
    case "unknown-model":
      return `The endpoint does not serve this model. Choose one from its list.${quoted}`;
    case "wrong-path":
      return `There is a server, but no completions at this address (${status}). Check the address and its path.${quoted}`;
    case "context-overflow":
      return `Prompt and answer do not fit the base model's context. Shorten the problem, or serve the model with a longer context (vLLM: --max-model-len).${quoted}`;
    case "overloaded":
      if (/\bload(ing)?\b/i.test(said?.message ?? "")) return `The server is still loading its model (${status}). Wait until it has, then try again.${quoted}`;
      return `The endpoint is busy (${status}). Try again${retryAfterSeconds === undefined ? " in a moment" : ` in ${Math.ceil(retryAfterSeconds)} s`}.${quoted}`;
    case "engine-dead":
      return `The server answers, but its engine has stopped. Restart the server.${quoted}`;
    case "timed-out":
      return `The endpoint did not answer in time (${status}). Try again.${quoted}`;
    case "server-failed":
      return `The endpoint failed at this request (${status}). Try again; if it stays so, look into the server's log.${quoted}`;
    case "bad-request":
      if (status === 402) return `The account behind this key has no credit left (402). Top it up with its provider, or use another endpoint.${quoted}`;
      if (status === 413) return `The request is too large for a server on the way (413). Raise its limit (nginx: client_max_body_size), or shorten the problem.${quoted}`;
      return `The endpoint refuses the request (${status}).${quoted}`;
    default:
      return `The endpoint answered in an unexpected way (${status}).${quoted}`;
  }
}

const shortened = (message: string): string => (message.length > 300 ? `${message.slice(0, 300)}…` : message).replace(/\s+/g, " ");

/** Retry-After: seconds, or a date. */
function secondsOf(retryAfter: string | null | undefined): number | undefined {
  if (retryAfter === null || retryAfter === undefined || retryAfter.trim() === "") return undefined;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
