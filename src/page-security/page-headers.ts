/** What the page may do, one directive a line; docs/threat-model.md says why. */
const directives = {
  "default-src": "'none'",
  // llama.cpp and WebLLM are WebAssembly; nothing may be compiled from a string.
  "script-src": "'self' 'wasm-unsafe-eval'",
  // wllama starts llama.cpp from a blob of its own code; which blobs and scripts may start at all is the Trusted Types policy's.
  "worker-src": "'self' blob:",
  "style-src": "'self'",
  "img-src": "'self' data: blob:",
  "font-src": "'self'",
  "manifest-src": "'self'",
  // The reader names the endpoint and where models come from: any address, on plain http in a local network, too.
  "connect-src": "'self' blob: https: http:",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "require-trusted-types-for": "'script'",
  // One policy a realm, of that name: trust-own-scripts.ts.
  "trusted-types": "default",
} as const;

const written = (parts: Readonly<Record<string, string>>): string => Object.entries(parts).map(([name, value]) => `${name} ${value}`).join("; ");

/** For a `<meta>`: browsers take no `frame-ancestors` from there, and say so in the console. */
export const policyInPage = written(directives);

/**
 * Isolates the page, so that wasm gets threads. "credentialless" and not "require-corp": the latter would also block the
 * `no-cors` request that tells an endpoint closed to this page from none at all.
 */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "credentialless" } as const;

/** Vite's dev server puts scripts into the page itself: no policy there. */
export const devHeaders: Readonly<Record<string, string>> = isolation;

/** Headers of every file of the built page, its workers' scripts among them: a worker follows the policy of its own script. */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...isolation,
  "Content-Security-Policy": written({ ...directives, "frame-ancestors": "'none'" }),
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
};

/**
 * Headers of an endpoint's answers on the page's own origin: opened as a document they are text without scripts, and as a
 * script they are none.
 */
export const answerHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "X-Content-Type-Options": "nosniff",
};
