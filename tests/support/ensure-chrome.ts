import { spawnSync } from "node:child_process";
import { findChrome } from "./find-chrome.ts";

/** Before the browser tests: finds Chrome or Chromium, otherwise tries to install one, otherwise says how. */
const installed = (): boolean => {
  try {
    findChrome();
    return true;
  } catch {
    return false;
  }
};

const tryTo = (command: string, ...options: string[]): void => {
  process.stdout.write(`No Chrome or Chromium found. Trying: ${command} ${options.join(" ")}\n`);
  spawnSync(command, options, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
};

if (!installed() && process.platform === "linux" && process.getuid?.() === 0) {
  tryTo("apt-get", "update", "-qq");
  tryTo("apt-get", "install", "-y", "-qq", "chromium");
}
if (!installed() && process.env["CHROME_PATH"] === undefined) {
  process.stderr.write(
    "The browser tests need Chrome or Chromium. Install one (Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask google-chrome; " +
      "Windows: winget install Google.Chrome), or name an installed one in CHROME_PATH.\n",
  );
  process.exitCode = 1;
}
