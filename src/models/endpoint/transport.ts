import { aborted, ModelError } from "../model-error.ts";
import type { Addresses } from "./addresses.ts";
import { diagnoseFetchFailure } from "./diagnose-fetch-failure.ts";
import { endpointError, notTheProtocol } from "./endpoint-error.ts";
import { type EndpointMemory, headerKey } from "./endpoint-memory.ts";
import type { EndpointTiming } from "./endpoint-timing.ts";
import type { LocalNetworkPermission } from "./local-network.ts";
import { within } from "./within.ts";

export type TransportSettings = {
  readonly addresses: Addresses;
  readonly apiKey?: string | undefined;
  /** Keeps a conversation on one replica. */
  readonly session?: { readonly header: string; readonly value: string } | undefined;
  /** Remembers whether the session's header passes. */
  readonly memory: EndpointMemory;
  readonly fetch: typeof fetch;
  readonly timing: EndpointTiming;
  readonly permission?: LocalNetworkPermission | undefined;
};

export type Sent = {
  readonly path: `/${string}`;
  /** POSTed as JSON; a GET where absent. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
};

/** An answer with a good status, its body still to be read. */
export type Answer = {
  readonly response: Response;
  /** Waits for a part of the body. @throws ModelError "timed-out" after so many seconds, "aborted", "unreachable" where the connection breaks */
  read<T>(part: Promise<T>, seconds: number): Promise<T>;
  /** Ends the request where it is not over: the server stops working at it. */
  close(): void;
};

/** One server, asked over fetch. Everything it throws is a ModelError. */
export type Transport = {
  readonly apiKey?: string | undefined;
  readonly timing: EndpointTiming;
  open(sent: Sent): Promise<Answer>;
  /** The whole answer as parsed JSON. */
  json(sent: Sent): Promise<unknown>;
  /** The whole answer. */
  text(sent: Sent): Promise<string>;
};

export function createTransport({ addresses, apiKey, session, memory, fetch, timing, permission }: TransportSettings): Transport {
  const key: Record<string, string> = apiKey === undefined || apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };

  /** @throws ModelError "aborted" or "timed-out"; a TypeError where the browser says no more than that */
  async function ask({ path, body, signal }: Sent, controller: AbortController, extra: Record<string, string>): Promise<Response> {
    return within(
      fetch(addresses.at(path), {
        method: body === undefined ? "GET" : "POST",
        headers: { ...key, ...extra, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: controller.signal,
      }),
      timing.answerSeconds,
      timing,
      signal,
    );
  }

  /** Routers may allow a list of headers only, and the browser then refuses the request before it leaves: without the header it passes. */
  async function askWithSession(sent: Sent, controller: AbortController): Promise<Response> {
    if (session === undefined) return ask(sent, controller, {});
    const passes = headerKey(addresses.root, session.header);
    if (memory.headers.get(passes) === false) return ask(sent, controller, {});
    try {
      const response = await ask(sent, controller, { [session.header]: session.value });
      memory.headers.set(passes, true);
      return response;
    } catch (error) {
      if (error instanceof ModelError || addresses.sameOrigin || sent.signal.aborted) throw error;
      const response = await ask(sent, controller, {});
      memory.headers.set(passes, false);
      return response;
    }
  }

  async function open(sent: Sent): Promise<Answer> {
    const { signal } = sent;
    if (signal.aborted) throw aborted();
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    signal.addEventListener("abort", abort, { once: true });
    const close = (): void => {
      signal.removeEventListener("abort", abort);
      controller.abort();
    };
    async function read<T>(part: Promise<T>, seconds: number): Promise<T> {
      try {
        return await within(part, seconds, timing, signal);
      } catch (cause) {
        if (cause instanceof ModelError) throw cause;
        if (signal.aborted) throw aborted();
        throw new ModelError("unreachable", "The connection to the endpoint broke in the middle of an answer.", { cause });
      }
    }
    try {
      const response = await askWithSession(sent, controller);
      if (response.ok) return { response, read, close };
      const body = await read(response.text(), timing.answerSeconds);
      throw endpointError({ status: response.status, body, retryAfter: response.headers.get("retry-after"), apiKey });
    } catch (error) {
      close();
      if (error instanceof ModelError) throw error;
      if (signal.aborted) throw aborted();
      const diagnosed = await diagnoseFetchFailure({ addresses, headers: key, fetch, timing, permission, signal, cause: error });
      throw signal.aborted ? aborted() : diagnosed;
    }
  }

  async function whole(sent: Sent): Promise<{ readonly body: string; readonly status: number }> {
    const answer = await open(sent);
    try {
      return { body: await answer.read(answer.response.text(), timing.answerSeconds), status: answer.response.status };
    } finally {
      answer.close();
    }
  }

  return {
    apiKey,
    timing,
    open,
    text: async (sent) => (await whole(sent)).body,
    async json(sent) {
      const { body, status } = await whole(sent);
      try {
        return JSON.parse(body) as unknown;
      } catch {
        throw notTheProtocol(body, status);
      }
    },
  };
}
