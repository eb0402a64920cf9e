import type { Plugin } from "vite";
import { policyInPage } from "./page-headers.ts";

/** Writes the policy into the built page, for hosts that send no headers of ours. The dev server needs inline scripts and goes without. */
export const policyInPagePlugin = (): Plugin => ({
  name: "policy-in-page",
  apply: "build",
  transformIndexHtml: () => [{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: policyInPage }, injectTo: "head-prepend" }],
});

/** llama.cpp's worker starts one worker a thread, each from a blob of its own code, under the policy it was born with. */
const starts = "worker=new Worker(pthreadMainJs,";
// Within a string in single quotes: none of those in here.
const trusts = 'globalThis.trustedTypes&&!trustedTypes.defaultPolicy&&trustedTypes.createPolicy("default",{createScriptURL:address=>{if(address.startsWith("blob:"))return address;throw new TypeError("No thread of llama.cpp")}});';

/** wllama knows no Trusted Types. @throws where a version of it no longer has the line */
export function trustThreads(code: string): string {
  if (code.split(starts).length !== 2) throw new Error("This version of wllama starts its threads in another way than the one known in src/page-security/vite-plugins.ts.");
  return code.replace(starts, () => trusts + starts);
}

export const trustThreadsPlugin = (): Plugin => ({
  name: "trust-threads",
  apply: "build",
  transform: {
    filter: { id: /@wllama\/wllama\/esm\/index\.js/ },
    handler: (code) => ({ code: trustThreads(code), map: null }),
  },
});
