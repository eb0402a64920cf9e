import { defineConfig } from "playwright/test";
import { chromeArguments, findChrome } from "./tests/support/find-chrome.ts";

const port = process.env["PAGE_PORT"] ?? "5287";
const address = `http://localhost:${port}`;

export default defineConfig({
  testDir: "tests/e2e",
  // Models compute on the CPU here: two browsers at once would only wait for each other.
  workers: 1,
  fullyParallel: false,
  // A test that only passes the second time is named as flaky at the end of the report.
  retries: 1,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/e2e.json" }]],
  outputDir: "test-results/e2e",
  webServer: {
    // What `npm start` serves: the built page with its local base endpoint.
    command: `npm start -- --port ${port}`,
    url: `${address}/`,
    reuseExistingServer: false,
    timeout: 180_000,
  },
  use: {
    baseURL: address,
    locale: "en-US",
    // Each test starts as a first visit and answers requests itself; tests/e2e/installed.spec.ts allows it.
    serviceWorkers: "block",
    launchOptions: { executablePath: findChrome(), args: chromeArguments },
  },
});
