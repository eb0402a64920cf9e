import { spawn } from "node:child_process";
import { writeSync } from "node:fs";

/**
 * Runs a command in a process group of its own and ends the whole group when this process's standard input closes, which it does however
 * its parent ends, SIGKILL included. Writes the group's id to its fourth descriptor. Plain JavaScript: it starts at once, and is started often.
 */
const [command = "", ...rest] = process.argv.slice(2);
const child = spawn(command, rest, { detached: true, stdio: ["ignore", "inherit", "inherit"] });
const { pid } = child;
if (pid !== undefined) writeSync(3, `${pid}\n`);

/** @param {NodeJS.Signals} name */
const signal = (name) => {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // Nobody is left in the group.
  }
};
const graceMilliseconds = 8000;
process.stdin.once("end", () => {
  signal("SIGTERM");
  setTimeout(() => signal("SIGKILL"), graceMilliseconds).unref();
});
process.stdin.resume();
child.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once("exit", (code) => {
  // What the leader left behind ends with it.
  signal("SIGKILL");
  process.exit(code ?? 1);
});
