import { send } from "../support/http-client.ts";
import type { Recording } from "../support/recording.ts";
import { anonymous, type Secrets } from "./anonymous.ts";

const mattering = /^(access-control-.*|allow|content-type|retry-after|vary|www-authenticate|x-accel-buffering)$/;

export type Asking = {
  readonly url: string;
  readonly request: Recording["request"];
  readonly key?: string;
  /** The key is sent with requests that name none, too, and not recorded with them. */
  readonly keyed?: boolean;
  /** The page's origin in place of https://page.test, where the server allows another one. */
  readonly origin?: string;
  /** Asked for in place of the model `from`. */
  readonly model?: { readonly from: string; readonly to: string };
  readonly secrets: Secrets;
  readonly signal?: AbortSignal;
};

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

function withModel(body: unknown, model: Asking["model"]): unknown {
  if (model === undefined || !isObject(body) || body["model"] !== model.from) return body;
  return { ...body, model: model.to };
}

/** Sends a recording's request to a server. @throws where nothing answers */
export async function ask({ url, request, key, keyed = false, origin, model, secrets, signal }: Asking): Promise<Pick<Recording, "request" | "response">> {
  const { method, path, headers } = request;
  const body = withModel(request.body, model);
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace("<key>", key ?? "<key>").replace("https://page.test", origin ?? "https://page.test")]));
  const bearer: Readonly<Record<string, string>> = keyed && key !== undefined && sent["Authorization"] === undefined && method !== "OPTIONS" ? { Authorization: `Bearer ${key}` } : {};
  const answer = await send(`${url}${path}`, { method, headers: { ...sent, ...bearer }, body, ...(signal === undefined ? {} : { signal }) });
  const kept = Object.entries(answer.headers).flatMap(([name, value]) => (mattering.test(name) && typeof value === "string" ? [[name, value] as const] : []));
  return {
    request: { ...request, body },
    response: {
      status: answer.status,
      headers: Object.fromEntries(kept.map(([name, value]) => [name, String(anonymous(value, secrets))])),
      body: anonymous(parsed(answer.text), secrets),
    },
  };
}

/** JSON where it is some; a stream and anything else stay text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
