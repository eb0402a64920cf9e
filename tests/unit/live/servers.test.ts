import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../../live/servers/free-port.ts";
import { type Leashed, startLeashed, stillRunning, untilAnswers } from "../../live/servers/leashed.ts";
import { installed, NotToBeHad } from "../../live/servers/packages.ts";
import { openScratch } from "../../live/servers/scratch.ts";
import { untilServes } from "../../live/servers/until-serves.ts";
import { wholeFolder } from "../../live/servers/whole-folder.ts";

/** A server that says what it is told to, as a script for `node -e`: port, status of /health, its model, its context. */
const script = `
const [port, health, id, context] = process.argv.slice(1);
console.log("a line of its own, from " + process.pid);
require("node:http").createServer((request, response) => {
  if (request.url === "/die") process.exit(3);
  const ready = request.url !== "/health" || health === "200";
  response.writeHead(ready ? 200 : Number(health)).end(ready ? JSON.stringify({ data: [{ id, max_model_len: Number(context) }] }) : "Loading model");
}).listen(Number(port), "127.0.0.1");
`;

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "live-servers-"));
  folders.push(made);
  return made;
};
const servers: Leashed[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await server.stop();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

async function started({ health = 200, model = "arithmetic-base", context = 512 }: { readonly health?: number; readonly model?: string; readonly context?: number }) {
  const port = await freePort();
  const server = startLeashed({ name: "a made-up server", command: process.execPath, args: ["-e", script, String(port), String(health), model, String(context)] });
  servers.push(server);
  return { server, url: `http://127.0.0.1:${port}` };
}

const wanted = { model: "arithmetic-base", contextTokens: 512, seconds: 60 } as const;

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const pidIn = (output: string): number => Number(/from (\d+)/.exec(output)?.[1]);

describe("a server of the live run", () => {
  it("is taken once it serves the model that is wanted", async () => {
    const { server, url } = await started({});
    await untilServes(server, url, wanted);
    expect(() => stillRunning(server)).not.toThrow();
  });

  it("that is still loading is named with what it answers, and is stopped", async () => {
    const { server, url } = await started({ health: 503 });
    await expect.poll(() => server.output(), { timeout: 30_000 }).toContain("a line of its own");
    await expect(untilAnswers(server, `${url}/health`, 2)).rejects.toThrow(/^a made-up server was not ready: 503 Loading model \(waited 2 s\)\. Its last lines:\n[^]*a line of its own/);
    expect(isThere(pidIn(server.output()))).toBe(false);
  });

  it("that ends while it starts is named with its last words", async () => {
    const server = startLeashed({ name: "a made-up server", command: process.execPath, args: ["-e", "console.error('no memory left'); process.exit(9)"] });
    await expect(untilAnswers(server, "http://127.0.0.1:9/health", 60)).rejects.toThrow(/^a made-up server ended while it started\. Its last lines:\n[^]*no memory left/);
  });

  it("whose command is not there is named, too", async () => {
    const server = startLeashed({ name: "a made-up server", command: "/no/such/command", args: [] });
    await expect(untilAnswers(server, "http://127.0.0.1:9/health", 60)).rejects.toThrow(/^a made-up server ended while it started\. Its last lines:\n[^]*ENOENT/);
  });

  it.each([
    ["with another model", { model: "another" }, "serves “another”, not “arithmetic-base”"],
    ["with too short a context", { context: 256 }, "has a context of 256 tokens; the runs need 512"],
  ])("%s is named, and is stopped", async (_, has, why) => {
    const { server, url } = await started(has);
    await expect(untilServes(server, url, wanted)).rejects.toThrow(`a made-up server ${why}.`);
    expect(server.hasEnded()).toBe(true);
    expect(isThere(pidIn(server.output()))).toBe(false);
  });

  it("that dies between two requests is named as having ended by itself", async () => {
    const { server, url } = await started({});
    await untilServes(server, url, wanted);
    await fetch(`${url}/die`).catch(() => undefined);
    await server.ended;
    expect(() => stillRunning(server)).toThrow(/^a made-up server has ended by itself\. Its last lines:\n/);
  });

  it.each([["the one who started it is killed, even where it takes no notice of SIGTERM", 1, "() => 0"], ["the whole process group of that one is killed", -1, "() => process.exit()"]])("ends with all it has started when %s", async (_, sign, onTerm) => {
    const stubborn = `
      process.on("SIGTERM", ${onTerm});
      const child = require("node:child_process").spawn(process.execPath, ["-e", "process.on('SIGTERM', ${onTerm}); setInterval(() => 0, 1000)"], { stdio: "ignore" });
      console.log("pids " + process.pid + " " + child.pid);
      setInterval(() => 0, 1000);`;
    const leashed = fileURLToPath(new URL("../../live/servers/leashed.ts", import.meta.url));
    const starter = `
      const { startLeashed } = await import(${JSON.stringify(leashed)});
      const server = startLeashed({ name: "stubborn", command: process.execPath, args: ["-e", ${JSON.stringify(stubborn)}] });
      setInterval(() => console.log(server.output()), 100);`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", starter], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    parent.stderr.resume();
    parent.stdout.setEncoding("utf8").on("data", (part: string) => (output += part));
    await expect.poll(() => output, { timeout: 30_000 }).toMatch(/pids \d+ \d+/);
    const pids = (/pids (\d+) (\d+)/.exec(output) ?? []).slice(1).map(Number);
    expect(pids.map(isThere)).toEqual([true, true]);
    const closed = once(parent, "close");
    process.kill(sign * (parent.pid ?? 0), "SIGKILL");
    // Its errors' pipe closes when the leash has ended, too.
    await closed;
    await expect.poll(() => pids.map(isThere), { timeout: 5000 }).toEqual([false, false]);
  });
});

describe("the temporary files of a live run", () => {
  it("lie in one folder, which goes with the run, and with the next one where it was killed", async () => {
    const temporary = folder();
    vi.stubEnv("TMPDIR", temporary);
    const killed = spawn(process.execPath, ["-e", ""]);
    await once(killed, "exit");
    for (const pid of [killed.pid, process.ppid]) mkdirSync(join(temporary, `specreason-live-${pid}`, "nginx"), { recursive: true });
    const scratch = openScratch();
    expect(tmpdir()).toBe(scratch.folder);
    writeFileSync(join(mkdtempSync(join(tmpdir(), "a-server-")), "a-file"), "");
    expect(readdirSync(temporary).toSorted()).toEqual([`specreason-live-${process.pid}`, `specreason-live-${process.ppid}`].toSorted());
    scratch.remove();
    expect(readdirSync(temporary)).toEqual([`specreason-live-${process.ppid}`]);
    expect(tmpdir()).toBe(temporary);
  });
});

describe("what the live run keeps on disk", () => {
  const write = (half: string): void => {
    writeFileSync(join(half, "model"), "weights");
    writeFileSync(join(half, "config"), "{}");
  };

  it("is written once", () => {
    const kept = join(folder(), "checkpoint");
    const written = vi.fn(write);
    expect(wholeFolder(kept, written)).toBe(kept);
    wholeFolder(kept, written);
    expect(written).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["a file is cut", (kept: string) => writeFileSync(join(kept, "model"), "wei")],
    ["a file is missing", (kept: string) => rmSync(join(kept, "config"))],
    ["its list is cut", (kept: string) => writeFileSync(join(kept, "files.json"), `{"model":`)],
  ])("is written again where %s", (_, spoil) => {
    const kept = join(folder(), "checkpoint");
    wholeFolder(kept, write);
    spoil(kept);
    const written = vi.fn(write);
    wholeFolder(kept, written);
    expect(written).toHaveBeenCalledTimes(1);
    expect(readdirSync(kept).toSorted()).toEqual(["config", "files.json", "model"]);
  });

  it("leaves nothing half written", () => {
    const parent = folder();
    expect(() => wholeFolder(join(parent, "checkpoint"), (half) => {
      writeFileSync(join(half, "model"), "wei");
      throw new Error("no space left");
    })).toThrow("no space left");
    expect(readdirSync(parent)).toEqual([]);
  });

  /** A python3 that makes an environment whose pip does as it is told, and counts how often it was asked. */
  function fakePython(pip: string) {
    const [bin, cache] = [folder(), folder()];
    writeFileSync(join(bin, "pip"), `#!/bin/sh\necho asked >> "${cache}/asked"\n${pip}\n`);
    writeFileSync(join(bin, "python3"), `#!/bin/sh\nfor folder; do :; done\nmkdir -p "$folder/bin" && cp "${bin}/pip" "$folder/bin/pip"\n`);
    chmodSync(join(bin, "pip"), 0o755);
    chmodSync(join(bin, "python3"), 0o755);
    vi.stubEnv("PATH", `${bin}:${process.env["PATH"] ?? ""}`);
    vi.stubEnv("XDG_CACHE_HOME", cache);
    return { cache, asked: () => (existsSync(join(cache, "asked")) ? readFileSync(join(cache, "asked"), "utf8").split("\n").length - 1 : 0) };
  }
  const package_ = { name: "made-up", size: "nothing", patience: 60, install: ["made-up==1"] };

  it("of packages is installed once, and again for another version", async () => {
    const { cache, asked } = fakePython("exit 0");
    await expect(installed(package_)).resolves.toBe(join(cache, "specreason-made-up"));
    await installed(package_);
    expect(asked()).toBe(1);
    await installed({ ...package_, install: ["made-up==2"] });
    expect(asked()).toBe(2);
  });

  it("of packages that are not to be had is named in one line, and not taken for installed the next time", async () => {
    fakePython("echo 'ERROR: no matching distribution' >&2; exit 1");
    await expect(installed(package_)).rejects.toThrow(new NotToBeHad("made-up could not be installed: ERROR: no matching distribution"));
    await expect(installed(package_)).rejects.toThrow(NotToBeHad);
  });

  it("of packages that take too long is named, and the installation is stopped", async () => {
    fakePython("sleep 600");
    await expect(installed({ ...package_, patience: 3 })).rejects.toThrow(new NotToBeHad("made-up was not installed within 3 s"));
  });

  it("of packages is named, and the installation stopped, where the run ends in the middle", async () => {
    const { asked } = fakePython("sleep 600");
    const ending = new AbortController();
    const installing = installed(package_, ending.signal);
    await Promise.all([
      expect(installing).rejects.toThrow(/^made-up was still being installed after \d+ s, as the 10 minutes were up$/),
      (async () => {
        await expect.poll(asked, { timeout: 30_000 }).toBe(1);
        ending.abort("as the 10 minutes were up");
      })(),
    ]);
  });

  it.each([
    ["an index that is not reached", "pip does not reach its package index", `echo "WARNING: Retrying (Retry(total=0)) after connection broken by 'Connection refused': /simple/made-up/" >&2
      echo "ERROR: Could not find a version that satisfies the requirement made-up==1 (from versions: none)" >&2
      echo "ERROR: No matching distribution found for made-up==1" >&2; exit 1`],
    ["a full disk", "made-up could not be installed: ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", `echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device" >&2; echo >&2; exit 1`],
  ])("of packages that %s keeps away is named as that", async (_, why, pip) => {
    fakePython(pip);
    await expect(installed(package_)).rejects.toThrow(new NotToBeHad(why));
  });

  it("of packages cannot be had without python3, nor where it has no venv module", async () => {
    vi.stubEnv("XDG_CACHE_HOME", folder());
    const bin = folder();
    vi.stubEnv("PATH", bin);
    await expect(installed(package_)).rejects.toThrow(new NotToBeHad("there is no python3 here"));
    // As Debian's says it, whose last line is the command.
    writeFileSync(join(bin, "python3"), `#!/bin/sh\necho "The virtual environment was not created successfully because ensurepip is not available."\necho "Failing command: /usr/bin/python3"\nexit 1\n`);
    chmodSync(join(bin, "python3"), 0o755);
    await expect(installed(package_)).rejects.toThrow(new NotToBeHad("python3 here has no venv module (Debian: apt install python3-venv)"));
  });
});
