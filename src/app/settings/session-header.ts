export const defaultSessionHeader = "X-Session-ID";

/** Headers that requests have anyway, or that a page may not set. */
const taken = /^(accept|authorization|content-.*|cookie2?|connection|host|origin|referer|te|trailer|transfer-encoding|upgrade|via|keep-alive|expect|date|dnt|set-cookie|user-agent|access-control-.*|proxy-.*|sec-.*)$/i;

/** The header's name out of what was typed, the default where nothing was; undefined where it is no name for one. */
export function sessionHeaderOf(typed: string): string | undefined {
  const name = typed.trim();
  if (name === "") return defaultSessionHeader;
  return /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name) && !taken.test(name) ? name : undefined;
}
