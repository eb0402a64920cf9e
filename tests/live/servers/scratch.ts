import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "specreason-live-";

/** The folder of all temporary files of one run, whoever writes them: what is started after this takes it for the system's. */
export type Scratch = { readonly folder: string; remove(): void };

/** Removes the folders of runs that are no more, too: one that was killed by SIGKILL left its own. */
export function openScratch(): Scratch {
  const temporary = tmpdir();
  for (const name of readdirSync(temporary)) if (name.startsWith(prefix) && !isThere(Number(name.slice(prefix.length)))) removeIfOurs(join(temporary, name));
  const folder = join(temporary, `${prefix}${process.pid}`);
  mkdirSync(folder);
  process.env["TMPDIR"] = folder;
  return {
    folder,
    remove() {
      process.env["TMPDIR"] = temporary;
      remove(folder);
    },
  };
}

/** A browser that was killed may still write for a moment. */
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

function removeIfOurs(folder: string): void {
  try {
    remove(folder);
  } catch {
    // Another user's run.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
