import { Dexie, type DexieOptions } from "dexie";
import * as v from "valibot";
import type { KeyVault } from "./key-ring.ts";

const lockedSchema = v.object({ origin: v.string(), iv: v.custom<Uint8Array<ArrayBuffer>>((iv) => iv instanceof Uint8Array), bytes: v.instance(ArrayBuffer) });
const lockSchema = v.object({ id: v.literal("lock"), key: v.custom<CryptoKey>((key) => key instanceof CryptoKey) });

const databaseName = "endpoint-keys";

/**
 * Keys in IndexedDB, encrypted with AES-GCM under a key that the browser never gives out (it is not extractable).
 * What this keeps from: a copy of the profile read without the browser, an export, a look at the storage.
 * What it does not: code that runs in a page of this origin, or whoever uses this browser. Its words belong beside the choice.
 * @returns undefined where the page is no secure context: browsers encrypt nothing there
 */
export function openKeyVault(options: DexieOptions = {}): KeyVault | undefined {
  if (!("subtle" in crypto)) return undefined;
  const database = new Dexie(databaseName, options);
  database.version(1).stores({ keys: "origin", locks: "id" });
  const keys = database.table<unknown, string, v.InferOutput<typeof lockedSchema>>("keys");
  const locks = database.table<unknown, string, v.InferOutput<typeof lockSchema>>("locks");

  async function lock(): Promise<CryptoKey> {
    const known = v.safeParse(lockSchema, await locks.get("lock"));
    if (known.success) return known.output.key;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    return database.transaction("rw", locks, async () => {
      // Another tab may have been first.
      const first = v.safeParse(lockSchema, await locks.get("lock"));
      if (first.success) return first.output.key;
      await locks.put({ id: "lock", key });
      return key;
    });
  }
  // A key moved to another origin's entry does not open.
  const boundTo = (origin: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(origin) });

  return {
    async load(origin) {
      const locked = await keys.get(origin);
      if (locked === undefined) return undefined;
      try {
        const { iv, bytes } = v.parse(lockedSchema, locked);
        return new TextDecoder().decode(await crypto.subtle.decrypt(boundTo(origin, iv), await lock(), bytes));
      } catch {
        // Of another lock, or damaged: of no use to anybody.
        await keys.delete(origin);
        return undefined;
      }
    },
    async keep(origin, key) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const bytes = await crypto.subtle.encrypt(boundTo(origin, iv), await lock(), new TextEncoder().encode(key));
      await keys.put({ origin, iv, bytes });
    },
    async forget(origin) {
      await keys.delete(origin);
    },
  };
}
