export type EndpointAddress = { readonly href: string; readonly shown: string; readonly ownServer: boolean };

/** Where requests to the base model go, from what was typed; undefined where that is no web address. */
export function endpointAddress(typed: string, page: string): EndpointAddress | undefined {
  if (typed.trim() === "") return undefined;
  const url = URL.parse(typed.trim(), page);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  const href = url.href.replace(/\/+$/, "");
  return { href, shown: url.host + url.pathname.replace(/\/+$/, ""), ownServer: url.origin === new URL(page).origin };
}
