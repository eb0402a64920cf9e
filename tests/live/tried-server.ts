import type { Browser } from "playwright";
import type { PageSettings } from "./page.ts";
import type { ServedApp } from "./servers/app.ts";

export const apiKey = "sesame-of-the-live-run";
export const model = "arithmetic-base";

/** A server, or what stands before several, while its tests run. Its key is `apiKey`. */
export type TriedServer = {
  readonly url: string;
  readonly app: ServedApp;
  readonly browser: Browser;
  /** For a page on the app's origin. */
  readonly settings: PageSettings;
  /** Requests it works at, by its own count. */
  readonly running: () => Promise<number>;
};
