import { createStore } from "zustand/vanilla";
import { createKeyRing, type KeyVault } from "../../models/endpoint/key-ring.ts";
import { ModelError } from "../../models/model-error.ts";
import { endpointAddress } from "./endpoint-address.ts";

/** Milliseconds. */
const longestRecall = 2000;

export type EndpointKey = {
  /** As typed, for the origin of `url`; "" where there is none. In memory. */
  readonly key: string;
  /** Whether it is kept on this device, encrypted. */
  readonly remember: boolean;
  readonly trouble: "no-key" | "not-stored" | undefined;
};

/**
 * The key of the endpoint at the address chosen now. It is bound to that address's origin: with another one it is that
 * one's key, or none.
 * @param page the page's address
 * @param vault where keys outlive the page; absent where the browser encrypts nothing
 */
export function createEndpointKey(url: string, page: string, vault: KeyVault | undefined) {
  /** Origins whose key is kept on this device, as far as is known. */
  const kept = new Map<string, boolean>();
  const ring = createKeyRing(vault === undefined ? undefined : noting(vault, kept), new URL(page).origin);
  const store = createStore<EndpointKey>(() => ({ key: "", remember: false, trouble: undefined }));
  let href = endpointAddress(url, page)?.href;
  const origin = (): string | undefined => (href === undefined ? undefined : new URL(href).origin);

  function inMemory(asked: string | undefined): string {
    try {
      return asked === undefined ? "" : (ring.get(asked) ?? "");
    } catch {
      // An address that can hold no key.
      return "";
    }
  }

  function show(): void {
    const at = origin();
    const remember = at !== undefined && kept.get(at) === true;
    store.setState({ key: inMemory(href), remember, trouble: undefined });
  }

  async function recall(): Promise<void> {
    const [asked, at] = [href, origin()];
    try {
      if (asked !== undefined) await ring.recall(asked);
    } catch {
      // No storage, or an address that can hold no key.
      return;
    }
    // A choice made meanwhile stands.
    if (origin() === at && store.getState().key === "" && inMemory(asked) !== "") show();
  }
  let recalled = recall();

  async function keep(key: string, remember: boolean): Promise<void> {
    const [asked, at] = [href, origin()];
    store.setState({ key, remember, trouble: undefined });
    if (asked === undefined) return;
    try {
      await ring.set(asked, key, remember);
    } catch (thrown) {
      const wrong = thrown instanceof ModelError;
      // What was entered before is not sent in place of what stands in the field.
      if (wrong && key !== "") await ring.set(asked, "", false).catch(() => undefined);
      if (origin() === at && store.getState().key === key) store.setState(wrong ? { trouble: "no-key" } : remember ? { remember: false, trouble: "not-stored" } : {});
    }
  }

  return {
    store,
    /** To be called with every change of the address. */
    follow(changed: string): void {
      const before = origin();
      href = endpointAddress(changed, page)?.href;
      if (origin() === before) return;
      show();
      recalled = recall();
    },
    enter: (key: string): Promise<void> => keep(key, store.getState().remember),
    remember: (remember: boolean): Promise<void> => keep(store.getState().key, remember),
    /** From memory and from this device. */
    forget: (): Promise<void> => keep("", false),
    /** The key to be sent to this address. */
    at: (typed: string): string => {
      const asked = endpointAddress(typed, page)?.href;
      return asked !== undefined && new URL(asked).origin === origin() ? store.getState().key : inMemory(asked);
    },
    /** Resolves once a remembered key has been looked for; a storage that never answers keeps nobody waiting. */
    settled: (): Promise<unknown> => Promise.race([recalled, new Promise((resolve) => { setTimeout(resolve, longestRecall); })]),
    /** Whether this browser can remember a key at all. */
    remembers: vault !== undefined,
  };
}

export type EndpointKeyKeeper = ReturnType<typeof createEndpointKey>;

/** One operation after the other, so that the key entered last is the one kept; notes what is there. */
function noting(vault: KeyVault, kept: Map<string, boolean>): KeyVault {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    load: (origin) => inTurn(async () => {
      const key = await vault.load(origin);
      kept.set(origin, key !== undefined);
      return key;
    }),
    keep: (origin, key) => inTurn(async () => {
      await vault.keep(origin, key);
      kept.set(origin, true);
    }),
    forget: (origin) => inTurn(async () => {
      await vault.forget(origin);
      kept.set(origin, false);
    }),
  };
}
