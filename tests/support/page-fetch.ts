/**
 * Node's fetch with the rules a browser puts on a page of this origin: a preflight where the request is not simple,
 * no answer without CORS headers, and "Failed to fetch" for every refusal.
 */
export function pageFetch(origin: string): typeof fetch {
  return async (input, init = {}) => {
    const url = addressOf(input);
    const { mode, signal, ...rest } = init;
    const guarded: RequestInit = { ...rest, ...(signal === undefined ? {} : { signal }) };
    if (url.origin === origin) return fetch(url, guarded);
    const headers = new Headers(init.headers);
    if (mode === "no-cors") return fetch(url, { ...guarded, headers: { origin } });

    const unsafe = [...headers.keys()].filter((name) => name !== "accept");
    if (unsafe.length > 0) {
      const preflight = await fetch(url, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": init.method ?? "GET", "access-control-request-headers": unsafe.join(",") },
        ...(signal === undefined ? {} : { signal }),
      });
      const allowed = (preflight.headers.get("access-control-allow-headers") ?? "").toLowerCase().split(/\s*,\s*/);
      if (!preflight.ok || !mayRead(preflight, origin) || !unsafe.every((name) => allowed.includes(name) || (allowed.includes("*") && name !== "authorization")))
        throw new TypeError("Failed to fetch");
    }
    headers.set("origin", origin);
    const response = await fetch(url, { ...guarded, headers });
    if (mayRead(response, origin)) return response;
    await response.body?.cancel();
    throw new TypeError("Failed to fetch");
  };
}

/** The address a fetch goes to. */
export const addressOf = (input: Parameters<typeof fetch>[0]): URL => new URL(input instanceof Request ? input.url : input);

const mayRead = (response: Response, origin: string): boolean => ["*", origin].includes(response.headers.get("access-control-allow-origin") ?? "");
