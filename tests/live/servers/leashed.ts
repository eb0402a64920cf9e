import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const leash = fileURLToPath(new URL("leash.ts", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));
const keptCharacters = 20_000;

/** A server's process group, ended with us whatever happens to us. */
export type Leashed = {
  readonly name: string;
  /** The last of what it wrote. */
  output(): string;
  hasEnded(): boolean;
  /** SIGKILL to the whole group, as by a machine that runs out of memory. */
  kill(): Promise<void>;
  /** SIGTERM to the whole group, SIGKILL to what is left of it. */
  stop(): Promise<void>;
};

export type Command = { readonly name: string; readonly command: string; readonly args: readonly string[]; readonly env?: Readonly<Record<string, string>> };

export function startLeashed({ name, command, args, env = {} }: Command): Leashed {
  const child = spawn(process.execPath, ["--import", "tsx", leash, command, ...args], { cwd: root, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  let group: number | undefined;
  const keep = (part: string): void => {
    output = (output + part).slice(-keptCharacters);
  };
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    if (group === undefined) group = Number.parseInt(part, 10);
    keep(part);
  });
  child.stderr.setEncoding("utf8").on("data", keep);
  child.stdin.on("error", () => undefined);
  const exited = once(child, "exit");
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    name,
    output: () => output,
    hasEnded,
    async kill() {
      if (group !== undefined && !hasEnded()) process.kill(-group, "SIGKILL");
      await exited;
    },
    async stop() {
      child.stdin.end();
      if (!hasEnded()) await exited;
    },
  };
}

/** Waits until it answers. @throws Error that says which server, and why, with the last lines it wrote */
export async function untilAnswers(server: Leashed, url: string, seconds: number): Promise<void> {
  const began = Date.now();
  for (;;) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // Not yet.
    }
    const why = server.hasEnded() ? "ended while it started" : Date.now() - began > 1000 * seconds ? `did not answer within ${seconds} s` : undefined;
    if (why !== undefined) {
      await server.stop();
      throw new Error(`${server.name} ${why}. Its last lines:\n${server.output().trim().split("\n").slice(-12).join("\n")}`);
    }
    await new Promise((resolve) => void setTimeout(resolve, 250));
  }
}
