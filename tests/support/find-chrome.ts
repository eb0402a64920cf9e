import { existsSync } from "node:fs";

const usualPlaces: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/usr/bin/chromium-browser", "/snap/bin/chromium", "/opt/google/chrome/chrome"],
  darwin: ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"],
  win32: [String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`, String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`],
};

/** The browser the end-to-end tests drive: CHROME_PATH, or where Chrome and Chromium usually are. */
export function findChrome(): string {
  const named = process.env["CHROME_PATH"];
  const places = named === undefined || named === "" ? (usualPlaces[process.platform] ?? []) : [named];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`No Chrome or Chromium found (${places.join(", ")}). Install one, or name it in CHROME_PATH.`);
  return found;
}

/** WebGPU without a GPU, and no traffic of the browser's own. */
export const chromeArguments = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-background-networking",
];
