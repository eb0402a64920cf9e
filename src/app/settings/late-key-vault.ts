import type { KeyVault } from "../../models/endpoint/key-ring.ts";

async function open(): Promise<KeyVault> {
  const { openKeyVault } = await import("../../models/endpoint/key-vault.ts");
  const vault = openKeyVault();
  if (vault === undefined) throw new Error("This browser encrypts nothing here.");
  return vault;
}

let opened: Promise<KeyVault> | undefined;
const vault = (): Promise<KeyVault> => (opened ??= open());

/** The vault, its database loaded when first needed; undefined where the page is no secure context. */
export const lateKeyVault: KeyVault | undefined = globalThis.isSecureContext ? {
  load: async (origin) => (await vault()).load(origin),
  keep: async (origin, key) => (await vault()).keep(origin, key),
  forget: async (origin) => (await vault()).forget(origin),
} : undefined;
