import { ModelError } from "../model-error.ts";

export type Addresses = {
  /** The server's address without a trailing slash and without "/v1"; "" or a path where it is the page's own origin. For people and storage. */
  readonly root: string;
  /** Origin of the page that asks; absent outside a browser. */
  readonly pageOrigin?: string;
  /** Whether the browser lets the page read the answers without asking the server. */
  readonly sameOrigin: boolean;
  /** The full address of a path such as "/v1/models". */
  at(path: `/${string}`): string;
};

/**
 * What a user types as an endpoint, as addresses: with or without "/v1", a trailing slash or a scheme, or a path on the page's origin.
 * @throws ModelError "wrong-path" where it is no address
 */
export function addressesOf(baseUrl: string, pageOrigin: string | undefined = globalThis.location?.origin): Addresses {
  const typed = baseUrl.trim();
  const relative = typed.startsWith("/") && !typed.startsWith("//");
  const schemed = relative || /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `${/^(localhost|127\.|\[::1\])/.test(typed) ? "http" : "https"}://${typed}`;
  const url = parse(schemed, relative);
  const path = url.pathname.replace(/\/+$/, "").replace(/\/v1(\/(chat\/)?completions|\/models)?$/, "").replace(/\/+$/, "");
  const root = relative ? path : url.origin + path;
  return {
    root,
    sameOrigin: relative || (pageOrigin !== undefined && url.origin === pageOrigin),
    at: (route) => root + route,
    ...(pageOrigin === undefined ? {} : { pageOrigin }),
  };
}

function parse(address: string, relative: boolean): URL {
  let url: URL;
  try {
    url = new URL(address, relative ? "http://page.invalid" : undefined);
  } catch (cause) {
    throw new ModelError("wrong-path", "This is not an address. Write it like https://server.example:8000", { cause });
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new ModelError("wrong-path", "The address must begin with https:// or http://");
  // What is written there may be a secret: it is not repeated.
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new ModelError("wrong-path", "The address must hold no password and nothing after “?” or “#”. Put the key into the field for the key.");
  return url;
}
