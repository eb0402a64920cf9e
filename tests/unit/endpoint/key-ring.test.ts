import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../src/models/model-error.ts";
import { testConnection } from "../../../src/models/endpoint/capabilities.ts";
import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { createEndpointMemory } from "../../../src/models/endpoint/endpoint-memory.ts";
import { createKeyRing, type KeyVault } from "../../../src/models/endpoint/key-ring.ts";
import { openKeyVault } from "../../../src/models/endpoint/key-vault.ts";
import { generated, stepRequest } from "../../support/generated.ts";

const browser = { indexedDB: new IDBFactory(), IDBKeyRange };
const openVault = (): KeyVault => {
  const vault = openKeyVault(browser);
  if (vault === undefined) throw new Error("no vault");
  return vault;
};
const page = "https://page.test";
const { signal } = new AbortController();

function inMemory(): KeyVault & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    load: (origin) => Promise.resolve(kept.get(origin)),
    keep: (origin, key) => Promise.resolve(void kept.set(origin, key)),
    forget: (origin) => Promise.resolve(void kept.delete(origin)),
  };
}

describe("the key of an endpoint", () => {
  it("belongs to the origin it was entered for, however the address is written", async () => {
    const ring = createKeyRing(inMemory(), page);
    await ring.set("https://gpu.example:8000/v1/", " sesame ", false);
    expect(ring.get("https://gpu.example:8000/team")).toBe("sesame");
    for (const other of ["https://gpu.example", "http://gpu.example:8000", "https://gpu.example.evil.test:8000", "/base", "https://evil.test/https://gpu.example:8000"]) expect(ring.get(other)).toBeUndefined();
  });

  it("is in memory only, unless it is to be remembered; and is forgotten when it no longer is", async () => {
    const vault = inMemory();
    const ring = createKeyRing(vault, page);
    await ring.set("/base", "sesame", false);
    expect(vault.kept.size).toBe(0);
    expect(await createKeyRing(vault, page).recall("/base")).toBeUndefined();
    await ring.set("/base", "sesame", true);
    expect(await createKeyRing(vault, page).recall(`${page}/base/v1`)).toBe("sesame");
    await ring.set("/base", "", true);
    expect(ring.get("/base")).toBeUndefined();
    expect(await createKeyRing(vault, page).recall("/base")).toBeUndefined();
  });

  it("entered while the vault was being asked is the newer one", async () => {
    const vault = inMemory();
    vault.kept.set(page, "old");
    const ring = createKeyRing(vault, page);
    const recalling = ring.recall("/base");
    await ring.set("/base", "new", false);
    expect(await recalling).toBe("new");
  });
});

describe("the vault", () => {
  it("gives back what it kept, to the same origin only, and shows none of it in the storage", async () => {
    const vault = openVault();
    await vault.keep("https://gpu.example", "sk-very-secret");
    expect(await openVault().load("https://gpu.example")).toBe("sk-very-secret");
    expect(await vault.load("https://other.example")).toBeUndefined();
    const stored = await everythingStored("endpoint-keys");
    expect(stored.records).toHaveLength(2);
    expect(stored.text).not.toContain("very-secret");
    await vault.forget("https://gpu.example");
    expect(await vault.load("https://gpu.example")).toBeUndefined();
  });

  it("does not open what was moved to another origin", async () => {
    const vault = openVault();
    await vault.keep("https://gpu.example", "sesame");
    await inDatabase("endpoint-keys", "readwrite", async (store) => {
      const record = v.parse(v.record(v.string(), v.unknown()), await done(store("keys").get("https://gpu.example")));
      await done(store("keys").put({ ...record, origin: "https://evil.test" }));
    });
    expect(await vault.load("https://evil.test")).toBeUndefined();
    expect(await vault.load("https://gpu.example")).toBe("sesame");
  });
});

/** Every kind of trouble an endpoint can make, each repeating the key it was sent. */
const repeating: readonly ((key: string) => Response | TypeError)[] = [
  (key) => new Response(JSON.stringify({ error: { message: `Incorrect API key provided: ${key}`, code: 401 } }), { status: 401 }),
  (key) => new Response(JSON.stringify({ error: `no ${key}` }), { status: 400 }),
  (key) => new Response(JSON.stringify({ detail: [{ loc: ["header"], input: key }] }), { status: 422 }),
  (key) => new Response(`Bearer ${key} is wrong`, { status: 500 }),
  (key) => new Response(`<html>${key}</html>`, { status: 200, headers: { "content-type": "text/html" } }),
  (key) => new Response(JSON.stringify({ error: { message: key, param: key, code: 400 } }), { status: 200 }),
  (key) => new Response(`data: {"error":{"message":${JSON.stringify(key)}}}\n\n`, { headers: { "content-type": "text/event-stream" } }),
  (key) => new Response(`{"broken": "${key}`, { status: 200 }),
  (key) => new TypeError(`Failed to fetch ${key}`),
];

describe("whatever an endpoint answers", () => {
  const keys = fc.string({ unit: fc.constantFrom(..."abcXYZ0189-_./+=\"\\".split("")), minLength: 12, maxLength: 40 });

  it("its key is in no error, no address, and nothing that is kept", async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.constantFrom(...repeating), async (apiKey, answer) => {
        const asked: string[] = [];
        const memory = createEndpointMemory();
        const fetch: typeof globalThis.fetch = (input, init) => {
          asked.push(`${input instanceof Request ? input.url : String(input)} ${typeof init?.body === "string" ? init.body : ""}`);
          const answered = answer(apiKey);
          return answered instanceof Response ? Promise.resolve(answered) : Promise.reject(answered);
        };
        const access = { baseUrl: "https://gpu.example", apiKey, fetch, memory, pageOrigin: page, timing: { retryPauses: [] } };
        const base = connectEndpoint({ ...access, model: "m" });
        const told: unknown[] = [base.info, ...memory.dialects.entries(), ...memory.headers.entries()];
        for (const work of [base.score({ prompts: ["p"], signal }), generated(base.generate(stepRequest())), base.probe(signal), testConnection({ ...access, signal })]) {
          try {
            told.push(await work);
          } catch (error) {
            if (!(error instanceof ModelError)) throw error;
            told.push(error.message, error.stack ?? "", error.param ?? "", error.kind);
          }
        }
        for (const text of [...asked, ...told.map((one) => JSON.stringify(one))]) {
          expect(text).not.toContain(apiKey);
          expect(text).not.toContain(JSON.stringify(apiKey).slice(1, -1));
        }
      }),
      { numRuns: 300 },
    );
  });
});

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
  });

async function inDatabase<T>(name: string, mode: IDBTransactionMode, work: (store: (name: string) => IDBObjectStore) => Promise<T>): Promise<T> {
  const database = await done(browser.indexedDB.open(name));
  try {
    const transaction = database.transaction(["keys", "locks"], mode);
    return await work((store) => transaction.objectStore(store));
  } finally {
    database.close();
  }
}

async function everythingStored(name: string): Promise<{ readonly records: readonly unknown[]; readonly text: string }> {
  const records = await inDatabase(name, "readonly", async (store) => [...(await done(store("keys").getAll())), ...(await done(store("locks").getAll()))] as unknown[]);
  const bytesIn = (value: unknown): string =>
    value instanceof ArrayBuffer ? new TextDecoder().decode(value) : ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : typeof value === "object" && value !== null ? Object.values(value).map(bytesIn).join(" ") : String(value);
  return { records, text: records.map(bytesIn).join(" ") };
}
