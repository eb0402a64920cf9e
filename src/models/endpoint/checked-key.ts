import { ModelError } from "../model-error.ts";

/**
 * The key as it may stand in a header: fetch would repeat one that may not in its error.
 * @throws ModelError "unauthorized"
 */
export function checkedKey(apiKey: string | undefined): string | undefined {
  const key = apiKey?.trim();
  if (key === undefined || key === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(key)) throw new ModelError("unauthorized", "The key holds characters that no key can have. Copy it again, without spaces or line breaks.");
  return key;
}
