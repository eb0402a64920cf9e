import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const leash = fileURLToPath(new URL("leash.mjs", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));
const keptCharacters = 20_000;

/** A server's process group, ended with us whatever happens to us. */
export type Leashed = {
  readonly name: string;
  /** The last of what it wrote. */
  output(): string;
  hasEnded(): boolean;
  /** Its exit status, once it has ended; 1 where a signal ended it. */
  readonly ended: Promise<number>;
  /** SIGKILL to the whole group, as by a machine that runs out of memory. */
  kill(): Promise<void>;
  /** SIGTERM to the whole group, SIGKILL to what is left of it. */
  stop(): Promise<void>;
};

export type Command = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it writes goes where ours goes, and is not kept. */
  readonly shown?: true;
};

export function startLeashed({ name, command, args, env = {}, shown }: Command): Leashed {
  const child = spawn(process.execPath, [leash, command, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    // Out of reach of what is sent to our group, a Ctrl+C or a SIGKILL: it ends by our pipe, and ends the server then.
    detached: true,
    // The last holds our own errors' pipe open: whoever reads it sees its end when all leashes have ended, too.
    stdio: ["pipe", shown === true ? "inherit" : "pipe", "pipe", "pipe", 2],
  });
  let output = "";
  const keep = (part: string): void => {
    output = (output + part).slice(-keptCharacters);
  };
  let group: number | undefined;
  child.stdio[3]?.once("data", (id: Buffer) => (group = Number(id)));
  child.stdout?.setEncoding("utf8").on("data", keep);
  if (shown === true) child.stderr?.pipe(process.stderr, { end: false });
  else child.stderr?.setEncoding("utf8").on("data", keep);
  child.stdin?.on("error", () => undefined);
  // Its outputs are whole only when they are closed.
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    name,
    output: () => output,
    hasEnded,
    ended,
    async kill() {
      if (group === undefined) child.stdin?.end();
      else if (!hasEnded()) process.kill(-group, "SIGKILL");
      await ended;
    },
    async stop() {
      child.stdin?.end();
      if (!hasEnded()) await ended;
    },
  };
}

/** What it wrote last, for an error. */
export const lastLines = (server: Leashed): string => `Its last lines:\n${server.output().trim().split("\n").slice(-12).join("\n")}`;

/** @throws Error that says which server, and what it wrote last, where it has ended by itself */
export function stillRunning(server: Leashed): void {
  if (server.hasEnded()) throw new Error(`${server.name} has ended by itself. ${lastLines(server)}`);
}

/** Waits until it answers. @throws Error that says which server, and why, with the last lines it wrote; it is stopped then */
export async function untilAnswers(server: Leashed, url: string, seconds: number): Promise<void> {
  const began = Date.now();
  let last = "did not answer";
  for (;;) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
      const body = await answer.text();
      if (answer.ok) return;
      last = `was not ready: ${answer.status} ${body.trim().slice(0, 200)}`.trimEnd();
    } catch {
      // Not yet.
    }
    const why = server.hasEnded() ? "ended while it started" : Date.now() - began > 1000 * seconds ? `${last} (waited ${seconds} s)` : undefined;
    if (why !== undefined) {
      // Before it is stopped: it may say much on its way out.
      const lines = lastLines(server);
      await server.stop();
      throw new Error(`${server.name} ${why}. ${lines}`);
    }
    await new Promise((resolve) => void setTimeout(resolve, 250));
  }
}
