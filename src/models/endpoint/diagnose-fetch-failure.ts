import { ModelError } from "../model-error.ts";
import type { Addresses } from "./addresses.ts";
import type { EndpointTiming } from "./endpoint-timing.ts";
import { crossOriginFix } from "./cross-origin-fix.ts";
import { localNetworkPermission, type LocalNetworkPermission, localNetworkTrouble } from "./local-network.ts";
import { within } from "./within.ts";

export type Diagnosis = {
  readonly addresses: Addresses;
  /** With the key, where there is one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly timing: EndpointTiming;
  /** Default: the browser's. */
  readonly permission?: LocalNetworkPermission | undefined;
  readonly signal: AbortSignal;
  readonly cause: unknown;
};

/**
 * A browser says only "Failed to fetch" for a server that is away, one that is closed to this page, and for answers without CORS headers,
 * which vLLM's 401 and 500 are. Finds out which, by three small requests at once.
 */
export async function diagnoseFetchFailure(diagnosis: Diagnosis): Promise<ModelError> {
  const { addresses, fetch, timing, signal, cause, headers } = diagnosis;
  const { root, pageOrigin } = addresses;
  const unreachable = (): ModelError =>
    new ModelError("unreachable", `No answer from ${root === "" ? "this page's server" : root}. Is the server running, the address right, the network up?`, { cause });
  if (pageOrigin === undefined || addresses.sameOrigin) return unreachable();
  if (pageOrigin.startsWith("https:") && root.startsWith("http:") && !isThisMachine(root))
    return new ModelError("cross-origin", `A page on https may not read from ${root}, which is plain http. Serve the endpoint over https, or open this page from a http address.`, { cause });

  const ask = async (path: `/${string}`, init: RequestInit): Promise<Response | undefined> => {
    const stop = new AbortController();
    try {
      return await within(fetch(addresses.at(path), { cache: "no-store", ...init, signal: stop.signal }), timing.diagnosisSeconds, timing, signal);
    } catch {
      return undefined;
    } finally {
      stop.abort();
    }
  };
  const [models, health, anything] = await Promise.all([ask("/v1/models", { headers }), ask("/health", {}), ask("/health", { mode: "no-cors" })]);

  if (models?.status === 401 || models?.status === 403) return unauthorized(cause);
  if (health !== undefined && health.status >= 500)
    return new ModelError("engine-dead", "The server answers, but says it is not healthy: its engine has stopped. Restart the server.", { status: health.status, cause });
  if (models !== undefined)
    return new ModelError("server-failed", "The connection broke before an answer, or the endpoint failed in a way the browser hides from the page. Try again; if it stays so, look into the server's log.", { cause });
  // The open route can be read and the guarded one cannot: the refusal of a key has no CORS headers.
  if (health !== undefined) return unauthorized(cause);
  if (anything === undefined) {
    // Browsers guard the local network from pages outside of it, not from one served by this machine.
    if (isThisMachine(pageOrigin)) return unreachable();
    const trouble = localNetworkTrouble(root, await (diagnosis.permission ?? localNetworkPermission)());
    return trouble === undefined ? unreachable() : new ModelError("cross-origin", trouble, { cause });
  }
  return new ModelError(
    "cross-origin",
    `${root} is there, but does not let this page read its answers. ${crossOriginFix(root, pageOrigin)}`,
    { cause },
  );
}

const unauthorized = (cause: unknown): ModelError =>
  new ModelError("unauthorized", "The endpoint refuses the key, or wants one. Enter the key it was started with (vLLM: --api-key).", { cause });

const isThisMachine = (root: string): boolean => /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\]|[^/:]+\.localhost)(:|\/|$)/.test(root);
