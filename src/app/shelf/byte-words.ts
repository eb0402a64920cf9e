import type { Numbers } from "../words/use-numbers.ts";

/** Bytes as people read them, in powers of a thousand. */
export function byteWords(bytes: number, { count, score }: Numbers): string {
  if (bytes >= 999.5e6) return `${score(bytes / 1e9)} GB`;
  return bytes >= 9.95e6 ? `${count(bytes / 1e6)} MB` : `${score(bytes / 1e6)} MB`;
}
