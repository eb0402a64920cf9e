import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheFolder, NotToBeHad } from "./packages.ts";

const usualFolders = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];

/** The nginx of this machine; where it has none, Debian's package unpacked into the user's cache folder, which starts no service. @throws NotToBeHad */
export function nginxCommand(): string {
  const folder = join(cacheFolder(), "specreason-nginx");
  const unpacked = join(folder, "usr", "sbin", "nginx");
  const found = [...(process.env["PATH"] ?? "").split(delimiter), ...usualFolders].map((place) => join(place, "nginx")).find((file) => existsSync(file));
  if (found !== undefined) return found;
  if (!works(unpacked)) {
    process.stdout.write("Unpacking nginx into the user's cache folder (specreason-nginx): about 1 MB, once.\n");
    mkdirSync(folder, { recursive: true });
    if (!downloaded(folder)) {
      // Images are often built without the lists of packages.
      spawnSync("apt-get", ["update", "-qq"], { timeout: 120_000 });
      downloaded(folder);
    }
    const file = readdirSync(folder).find((name) => /^nginx_.*\.deb$/.test(name));
    if (file !== undefined) spawnSync("dpkg", ["-x", file, "."], { cwd: folder });
  }
  if (!works(unpacked)) throw new NotToBeHad("nginx is not on this machine; install its package");
  return unpacked;
}

const works = (command: string): boolean => spawnSync(command, ["-v"]).status === 0;
const downloaded = (folder: string): boolean => spawnSync("apt-get", ["download", "-qq", "nginx"], { cwd: folder, timeout: 120_000 }).status === 0;
