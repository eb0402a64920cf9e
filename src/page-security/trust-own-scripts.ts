/**
 * Trusted Types' default policy: what starts as a worker or service worker is a script of this app or a blob of this page,
 * and nothing ever becomes HTML or code from a string. Call it before anything is started.
 */
export function trustOwnScripts(folder: string): void {
  if (!("trustedTypes" in globalThis)) return;
  trustedTypes.createPolicy("default", {
    createScriptURL: (address) => {
      if (isOwnScript(address, folder)) return address;
      throw new TypeError(`Not a script of this page: ${address.slice(0, 200)}`);
    },
  });
}

// Not in TypeScript's own library of the browser yet.
declare const trustedTypes: { createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown };

/** @param folder where the app's scripts lie: an absolute URL that ends with a slash. */
export function isOwnScript(address: string, folder: string): boolean {
  const url = URL.parse(address, folder);
  if (url === null) return false;
  if (url.protocol === "blob:") return url.origin === new URL(folder).origin;
  return url.href.startsWith(folder) && /^(?:assets\/[\w.-]+|service-worker)\.js$/.test(url.href.slice(folder.length));
}
