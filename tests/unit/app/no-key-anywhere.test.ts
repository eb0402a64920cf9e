import { IDBKeyRange } from "fake-indexeddb";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createOpenPair } from "../../../src/app/models/open-pair.ts";
import { keepPace, readPace } from "../../../src/app/models/kept-pace.ts";
import { openBase } from "../../../src/app/models/open-models.ts";
import { createRunStore } from "../../../src/app/run/run-store.ts";
import { createEndpointKey } from "../../../src/app/settings/endpoint-key.ts";
import { defaultSettings, type Settings } from "../../../src/app/settings/settings.ts";
import { writeStored } from "../../../src/app/stored.ts";
import { openKeyVault } from "../../../src/models/endpoint/key-vault.ts";
import { writeShareLink } from "../../../src/runs/share-link.ts";
import { createRunLocks } from "../../../src/runs/run-locks.ts";
import { scriptedChannels } from "../../support/scripted-channels.ts";
import { newBrowser, openTab } from "../runs/browser-storage.ts";

const page = "https://page.example/";
const endpoint = "https://gpu.example:8000";

afterEach(() => vi.unstubAllGlobals());

/** Endpoints that repeat the key they were sent, in everything they say. */
const answers: readonly ((key: string, path: string) => Response | TypeError)[] = [
  (key) => Response.json({ error: { message: `Incorrect API key provided: ${key}`, code: 401 } }, { status: 401 }),
  (key) => Response.json({ error: `no ${key}` }, { status: 400 }),
  (key) => new Response(`Bearer ${key} is wrong`, { status: 500 }),
  (key) => new Response(`<html>${key}</html>`, { headers: { "content-type": "text/html" } }),
  (key) => new TypeError(`Failed to fetch ${key}`),
  // The list works, so that a run begins, is stored, and fails.
  (key, path) => path.endsWith("/models") ? Response.json({ object: "list", data: [{ id: "large", object: "model", max_model_len: 4096 }] })
    : Response.json({ error: { message: `Incorrect API key provided: ${key}`, code: 401 } }, { status: 401 }),
  (key, path) => path.endsWith("/models") ? Response.json({ object: "list", data: [{ id: "large", object: "model" }] })
    : Response.json({ error: { message: key, param: key, code: 400 } }, { status: 400 }),
  (key, path) => path.endsWith("/models") ? Response.json({ object: "list", data: [{ id: "large", object: "model" }] })
    : new Response(`data: {"error":{"message":${JSON.stringify(key)},"code":400}}\n\n`, { headers: { "content-type": "text/event-stream" } }),
];

/** Every value of every record of every database. */
async function everythingIn(device: IDBFactory): Promise<string> {
  const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
  });
  const told: string[] = [];
  for (const { name } of await device.databases()) {
    // oxlint-disable-next-line no-await-in-loop -- a few databases
    const database = await done(device.open(name ?? ""));
    for (const store of database.objectStoreNames) {
      // oxlint-disable-next-line no-await-in-loop
      told.push(textIn(await done(database.transaction(store).objectStore(store).getAll())));
    }
    database.close();
  }
  return told.join("\n");
}

function textIn(value: unknown): string {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return new TextDecoder("latin1").decode(value);
  if (typeof value === "object" && value !== null) return Object.entries(value).map(([name, one]) => `${name} ${textIn(one)}`).join("\n");
  return String(value);
}

const keys = fc.string({ unit: fc.constantFrom(..."abcXYZ0189-_./+=\"\\".split("")), minLength: 12, maxLength: 40 });

describe("whatever an endpoint answers", () => {
  test("its key is in nothing the page writes: storage, stored runs, exported file, link, words for people", async () => {
    let stored = 0;
    let failed = 0;
    let sent = 0;
    await fc.assert(fc.asyncProperty(keys, fc.constantFrom(...answers), fc.boolean(), async (key, answer, remember) => {
      const local = new Map<string, string>();
      vi.stubGlobal("localStorage", { getItem: (name: string) => local.get(name) ?? null, setItem: (name: string, text: string) => void local.set(name, text) });
      const asked: string[] = [];
      vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
        const url = input instanceof Request ? input.url : String(input);
        asked.push(`${url} ${typeof init?.body === "string" ? init.body : ""}`);
        if (new Headers(init?.headers).get("authorization") === `Bearer ${key}`) sent += 1;
        const answered = answer(key, new URL(url).pathname);
        return answered instanceof Response ? Promise.resolve(answered) : Promise.reject(answered);
      });
      const logged: unknown[] = [];
      for (const level of ["log", "info", "warn", "error", "debug"] as const) vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void logged.push(...said));

      const browser = newBrowser();
      const journal = await openTab(browser);
      const endpointKey = createEndpointKey(endpoint, page, openKeyVault({ indexedDB: browser.indexedDB, IDBKeyRange }));
      await endpointKey.enter(key);
      await endpointKey.remember(remember);
      const settings: Settings = { ...defaultSettings, base: { ...defaultSettings.base, url: endpoint }, policy: { ...defaultSettings.policy, mode: "base", answerBy: "base" } };
      writeStored("specreason.settings", settings);
      const unused = { open: () => Promise.reject(new Error("not needed")), close: () => Promise.resolve() };
      const openPair = createOpenPair({ drafts: unused, deviceBases: unused, openBase, page });
      const run = createRunStore({
        clock: { now: () => 0, wait: () => Promise.resolve() },
        chosen: () => ({ settings, apiKey: endpointKey.at(endpoint), file: undefined, baseFile: undefined }),
        openPair,
        closeModels: () => Promise.resolve(),
        openJournal: () => Promise.resolve(journal),
        locks: createRunLocks(undefined),
        openChannel: scriptedChannels(),
        readPace, keepPace,
        requestFrame: (draw) => setImmediate(draw),
        newId: () => "the-run",
        today: () => 1000,
      });
      await run.solve("How many?");
      await journal.retry();

      const { run: shown, trouble, savingTrouble, announcement } = run.store.getState();
      if (trouble !== undefined || shown?.failure !== undefined) failed += 1;
      const exported = await journal.exportRuns();
      if (shown !== undefined) stored += 1;
      const link = await writeShareLink(exported);
      const written = [
        ...[...local].map(([name, text]) => `${name} ${text}`), await everythingIn(browser.indexedDB), exported, link, ...asked,
        JSON.stringify([shown, trouble, savingTrouble, announcement]), ...logged.map(textIn),
      ];
      await journal.close();
      vi.restoreAllMocks();
      for (const text of written) {
        for (const form of [key, JSON.stringify(key).slice(1, -1), JSON.stringify(JSON.stringify(key).slice(1, -1)).slice(1, -1), encodeURIComponent(key), btoa(key)]) expect(text).not.toContain(form);
      }
    }), { numRuns: 80 });
    // The test saw what it is about: keys that were sent, runs that were stored, and failures that were told.
    expect(sent).toBeGreaterThan(0);
    expect(stored).toBeGreaterThan(0);
    expect(failed).toBeGreaterThan(0);
  });
});
