import { type Addresses, addressesOf } from "./addresses.ts";
import { checkedKey } from "./checked-key.ts";
import { createEndpointMemory, type EndpointMemory, headerKey } from "./endpoint-memory.ts";
import { type EndpointTiming, wallTiming } from "./endpoint-timing.ts";
import type { LocalNetworkPermission } from "./local-network.ts";
import { createTransport, type Transport } from "./transport.ts";

export type EndpointAccess = {
  /** The server's address, with or without "/v1"; a path such as "/base" is on the page's own origin. */
  readonly baseUrl: string;
  /** Sent as a bearer token, kept nowhere else. */
  readonly apiKey?: string;
  /** Keeps a run on one replica; sent where the endpoint is on the page's origin, where `sessionHeader` is given, or where a connection test has shown that it passes. */
  readonly session?: string;
  /** Default "X-Session-ID". On another origin the server must allow it; where it does not, requests go without it. */
  readonly sessionHeader?: string;
  /** What was learned of endpoints before; without it this connection asks anew. */
  readonly memory?: EndpointMemory;
  readonly fetch?: typeof fetch;
  readonly timing?: Partial<EndpointTiming>;
  /** The page's origin; where absent, that of the page this runs in. */
  readonly pageOrigin?: string;
  /** Whether the browser lets the page reach the local network; asked only where a request failed. */
  readonly localNetworkPermission?: LocalNetworkPermission;
};

export type OpenTransport = { readonly addresses: Addresses; readonly transport: Transport; readonly memory: EndpointMemory };

/** Asks nothing yet. @throws ModelError "wrong-path" or "unauthorized" where address or key cannot be one */
export function openTransport(access: EndpointAccess): OpenTransport {
  const { session, sessionHeader = "X-Session-ID", memory = createEndpointMemory() } = access;
  const addresses = addressesOf(access.baseUrl, access.pageOrigin);
  // On another origin the header costs a preflight that may be refused: unasked it is sent only where it is known to pass.
  const sendsSession = addresses.sameOrigin || access.sessionHeader !== undefined || memory.headers.get(headerKey(addresses.root, sessionHeader)) === true;
  const transport = createTransport({
    addresses,
    apiKey: checkedKey(access.apiKey),
    fetch: access.fetch ?? ((...request) => globalThis.fetch(...request)),
    timing: { ...wallTiming, ...access.timing },
    session: session !== undefined && sendsSession ? { header: sessionHeader, value: session } : undefined,
    memory,
    permission: access.localNetworkPermission,
  });
  return { addresses, transport, memory };
}
