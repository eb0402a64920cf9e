import { addressesOf } from "./addresses.ts";
import { checkedKey } from "./checked-key.ts";

/** Where keys outlive the page, if somebody asked for it. */
export type KeyVault = {
  load(origin: string): Promise<string | undefined>;
  keep(origin: string, key: string): Promise<void>;
  forget(origin: string): Promise<void>;
};

/** Keys of endpoints, each bound to the origin it was entered for: another address never gets it. */
export type KeyRing = {
  /** The key for this address that the page has now. */
  get(baseUrl: string): string | undefined;
  /** The same, after a look into the vault. */
  recall(baseUrl: string): Promise<string | undefined>;
  /**
   * Empty removes it. In memory only unless it is to be remembered; one that was remembered before is then forgotten.
   * @throws ModelError "wrong-path" or "unauthorized" where address or key cannot be one
   */
  set(baseUrl: string, key: string, remember: boolean): Promise<void>;
};

/**
 * @param vault where absent, nothing is remembered
 * @param pageOrigin the origin of addresses such as "/base"
 */
export function createKeyRing(vault: KeyVault | undefined, pageOrigin: string): KeyRing {
  const keys = new Map<string, string>();
  /** Origins whose key a person has entered or removed since: what the vault had is of no interest any more. */
  const entered = new Set<string>();
  const originOf = (baseUrl: string): string => {
    const { root } = addressesOf(baseUrl, pageOrigin);
    return root === "" || root.startsWith("/") ? pageOrigin : new URL(root).origin;
  };

  return {
    get: (baseUrl) => keys.get(originOf(baseUrl)),
    async recall(baseUrl) {
      const origin = originOf(baseUrl);
      const known = keys.get(origin) ?? (await vault?.load(origin));
      // One that was entered meanwhile is newer.
      if (known !== undefined && !keys.has(origin) && !entered.has(origin)) keys.set(origin, known);
      return keys.get(origin);
    },
    async set(baseUrl, typed, remember) {
      const origin = originOf(baseUrl);
      const key = checkedKey(typed);
      entered.add(origin);
      if (key === undefined) keys.delete(origin);
      else keys.set(origin, key);
      if (key !== undefined && remember) await vault?.keep(origin, key);
      else await vault?.forget(origin);
    },
  };
}
