import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { withPageHeaders } from "../../../src/app/offline/with-page-headers.ts";
import { pageHeaders, policyInPage } from "../../../src/page-security/page-headers.ts";
import { isOwnScript } from "../../../src/page-security/trust-own-scripts.ts";
import { trustThreads } from "../../../src/page-security/vite-plugins.ts";

const directive = (policy: string, name: string): string | undefined => policy.split("; ").find((part) => part.startsWith(`${name} `))?.slice(name.length + 1);
const header = pageHeaders["Content-Security-Policy"] ?? "";

describe("the policy of the page", () => {
  test.each([["in a header", header], ["in the page itself", policyInPage]])("%s lets no code be made from text and none come from elsewhere", (_, policy) => {
    expect(directive(policy, "default-src")).toBe("'none'");
    expect(directive(policy, "script-src")).toBe("'self' 'wasm-unsafe-eval'");
    expect(directive(policy, "style-src")).toBe("'self'");
    for (const name of ["object-src", "base-uri", "form-action"]) expect(directive(policy, name)).toBe("'none'");
    expect(directive(policy, "require-trusted-types-for")).toBe("'script'");
    expect(directive(policy, "img-src")).not.toMatch(/https?:|\*/);
    expect(policy).not.toMatch(/'unsafe-|\*/);
  });

  test("says in a header, where browsers heed it, that no page may frame this one", () => {
    expect(directive(header, "frame-ancestors")).toBe("'none'");
    expect(policyInPage).not.toContain("frame-ancestors");
    expect(header.startsWith(policyInPage)).toBe(true);
  });

  test("comes with the service worker, too, where a host sends no headers; what the host says itself stays", async () => {
    const bare = withPageHeaders(new Response("page", { headers: { "Content-Type": "text/html" } }));
    for (const [name, value] of Object.entries(pageHeaders)) expect(bare.headers.get(name)).toBe(value);
    expect([bare.headers.get("Content-Type"), await bare.text()]).toEqual(["text/html", "page"]);
    expect(withPageHeaders(new Response("", { headers: { "Referrer-Policy": "origin" } })).headers.get("Referrer-Policy")).toBe("origin");
  });
});

describe("what may start as a script", () => {
  const folder = "https://the.page/app/";
  test.each(["assets/simulation-worker-C9a5P7pv.js", "https://the.page/app/assets/webllm-worker-abc.js", "/app/service-worker.js", "blob:https://the.page/0b5e"])("%s", (address) => {
    expect(isOwnScript(address, folder)).toBe(true);
  });
  test.each([
    "https://evil.example/app/assets/a.js", "//evil.example/a.js", "blob:https://evil.example/0b5e", "blob:null/0b5e", "data:text/javascript,alert(1)", "javascript:alert(1)",
    "assets/../base/v1/models.js", "assets/%2e%2e/base/a.js", "/base/v1/completions", "/app/assets/a.js?x", "/app/models/draft.gguf", "/app/assets/sub/a.js", "https://the.page@evil.example/app/assets/a.js", "https://", "",
  ])("not %s", (address) => {
    expect(isOwnScript(address, folder)).toBe(false);
  });
});

describe("the threads of llama.cpp", () => {
  test("are let start by the wllama that is installed, each only from a blob", async () => {
    const code = await readFile("node_modules/@wllama/wllama/esm/index.js", "utf8");
    const trusted = trustThreads(code);
    expect(trusted.length).toBeGreaterThan(code.length);
    const [policy] = /trustedTypes\.createPolicy\("default",\{createScriptURL:[^']+?\}\}\);worker=new Worker\(pthreadMainJs,/.exec(trusted) ?? [];
    expect(policy).toContain('address.startsWith("blob:")');
  });
  test("are missed by the build where an upgrade starts them otherwise", () => {
    expect(() => trustThreads("worker=new Worker(elsewhere)")).toThrow("starts its threads in another way");
  });
});
