import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEndpointKey } from "../../../src/app/settings/endpoint-key.ts";
import type { KeyVault } from "../../../src/models/endpoint/key-ring.ts";
import { openKeyVault } from "../../../src/models/endpoint/key-vault.ts";

const page = "https://page.example/app/";
const gpu = "https://gpu.example:8000/v1";

function openVault(indexedDB = new IDBFactory()): KeyVault {
  const vault = openKeyVault({ indexedDB, IDBKeyRange });
  if (vault === undefined) throw new Error("no vault");
  return vault;
}

describe("the key of the endpoint in Settings", () => {
  test("is gone with the page, unless it is to be remembered", async () => {
    const device = new IDBFactory();
    const first = createEndpointKey(gpu, page, openVault(device));
    await first.enter("sesame");
    expect(first.at(gpu)).toBe("sesame");
    const second = createEndpointKey(gpu, page, openVault(device));
    await second.settled();
    expect(second.at(gpu)).toBe("");
    await first.remember(true);
    const third = createEndpointKey(gpu, page, openVault(device));
    await third.settled();
    expect(third.store.getState()).toMatchObject({ key: "sesame", remember: true });
  });

  test("is forgotten on request, here and on the device", async () => {
    const device = new IDBFactory();
    const keys = createEndpointKey(gpu, page, openVault(device));
    await keys.enter("sesame");
    await keys.remember(true);
    await keys.forget();
    expect(keys.store.getState()).toMatchObject({ key: "", remember: false });
    const again = createEndpointKey(gpu, page, openVault(device));
    await again.settled();
    expect(again.at(gpu)).toBe("");
  });

  test("is no longer remembered when the box is unticked, and stays for this page", async () => {
    const device = new IDBFactory();
    const keys = createEndpointKey(gpu, page, openVault(device));
    await keys.remember(true);
    await keys.enter("sesame");
    await keys.remember(false);
    expect(keys.at(gpu)).toBe("sesame");
    const again = createEndpointKey(gpu, page, openVault(device));
    await again.settled();
    expect(again.at(gpu)).toBe("");
  });

  test("typed fast is kept as it ends, not as it was on the way", async () => {
    const device = new IDBFactory();
    const keys = createEndpointKey(gpu, page, openVault(device));
    await keys.remember(true);
    await Promise.all(["s", "se", "ses", "sesa", "sesam", "sesame"].map((typed) => keys.enter(typed)));
    const again = createEndpointKey(gpu, page, openVault(device));
    await again.settled();
    expect(again.at(gpu)).toBe("sesame");
  });

  test("emptied while the device was still being asked stays empty", async () => {
    const device = new IDBFactory();
    const before = createEndpointKey(gpu, page, openVault(device));
    await before.enter("sesame");
    await before.remember(true);
    const keys = createEndpointKey(gpu, page, openVault(device));
    await Promise.all([keys.settled(), keys.enter("x"), keys.enter("")]);
    keys.follow("/base");
    keys.follow(gpu);
    await keys.settled();
    expect(keys.at(gpu)).toBe("");
  });

  test("that can be none is told, and the one before it is not sent in its place", async () => {
    const keys = createEndpointKey(gpu, page, openVault());
    await keys.enter("sesame");
    await keys.enter("sesame with spaces");
    expect(keys.store.getState().trouble).toBe("no-key");
    keys.follow("/base");
    keys.follow(gpu);
    expect(keys.at(gpu)).toBe("");
  });

  test("lasts as long as the page where the device stores nothing, and says so", async () => {
    const full = (): Promise<never> => Promise.reject(new Error("full"));
    const keys = createEndpointKey(gpu, page, { load: full, keep: full, forget: full });
    await keys.enter("sesame");
    expect(keys.store.getState().trouble).toBeUndefined();
    await keys.remember(true);
    expect(keys.store.getState()).toEqual({ key: "sesame", remember: false, trouble: "not-stored" });
    expect(keys.at(gpu)).toBe("sesame");
  });

  test("is never that of another origin, whatever is typed in which order", async () => {
    const addresses = [gpu, "https://gpu.example:8000/team", "https://gpu.example", "http://gpu.example:8000", "https://gpu.example:8000.evil.test", "/base", "https://page.example/base", "", "http://", "https://gpu.example:8000/?to=evil"];
    const action = fc.oneof(
      fc.record({ kind: fc.constant("follow" as const), url: fc.constantFrom(...addresses) }),
      fc.record({ kind: fc.constant("enter" as const), remember: fc.boolean() }),
    );
    const originOf = (url: string): string => new URL(url, page).origin;
    await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
      const keys = createEndpointKey("/base", page, openVault());
      let url = "/base";
      let count = 0;
      for (const one of actions) {
        if (one.kind === "follow") {
          url = one.url;
          keys.follow(url);
          // At once, and after the device has answered.
          expect(keys.store.getState().key === "" || keys.store.getState().key.startsWith(`${originOf(url)}#`)).toBe(true);
          // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
          await keys.settled();
        } else if (URL.canParse(url, page) && url !== "") {
          // oxlint-disable-next-line no-await-in-loop
          await keys.enter(`${originOf(url)}#${count++}`);
          // oxlint-disable-next-line no-await-in-loop
          await keys.remember(one.remember);
        }
        for (const asked of addresses) {
          const key = keys.at(asked);
          if (key !== "") expect(key.startsWith(`${originOf(asked)}#`), `${asked} got ${key}`).toBe(true);
        }
      }
    }), { numRuns: 40 });
  });
});
