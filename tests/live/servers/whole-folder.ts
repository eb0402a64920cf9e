import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";

const list = "files.json";
const listSchema = v.record(v.string(), v.number());

/** The folder as `write` fills it, kept for the next time; written again where it is not as it was left: a full disk, a process killed. */
export function wholeFolder(folder: string, write: (half: string) => void): string {
  if (isWhole(folder)) return folder;
  if (existsSync(folder)) process.stdout.write(`${basename(folder)} in the user's cache folder is not whole; it is written again.\n`);
  mkdirSync(dirname(folder), { recursive: true });
  const half = mkdtempSync(join(dirname(folder), "half-"));
  try {
    write(half);
    writeFileSync(join(half, list), JSON.stringify(Object.fromEntries(readdirSync(half).map((name) => [name, statSync(join(half, name)).size]))));
    rmSync(folder, { recursive: true, force: true });
    renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}

/** Every file that was written is there, with its length in bytes. */
function isWhole(folder: string): boolean {
  try {
    const sizes = v.parse(listSchema, JSON.parse(readFileSync(join(folder, list), "utf8")));
    return Object.entries(sizes).every(([name, bytes]) => statSync(join(folder, name)).size === bytes);
  } catch {
    return false;
  }
}
