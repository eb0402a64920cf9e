import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeDoor } from "./describe-door.ts";
import { describeEndpoint, type EndpointTraits } from "./describe-endpoint.ts";
import { describeRestart } from "./describe-restart.ts";
import { describeStop } from "./describe-stop.ts";
import { openBrowser, openPage, solveProblems, testConnectionInPage } from "./page.ts";
import { report, reportedStart } from "./report.ts";
import { type ServedApp, startApp } from "./servers/app.ts";
import { stillRunning } from "./servers/leashed.ts";
import type { Served } from "./servers/servers.ts";
import { apiKey, model, type TriedServer } from "./tried-server.ts";

export type LiveServer = EndpointTraits & {
  readonly name: string;
  readonly start: (options: { readonly allowedOrigins: readonly string[]; readonly apiKey: string; readonly port?: number }) => Promise<Served>;
  /** The gauge of running requests in its metrics. */
  readonly running: RegExp;
  /** Reads of any origin pass: what vLLM's --allowed-origins closes stays open. */
  readonly openToAll?: true;
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly short?: true;
  /** What this server does wrong; said under the table. */
  readonly notes?: readonly string[];
  /** More to do with the page that has solved the problems. */
  readonly also?: (page: () => Page) => void;
};

/** Everything the page wants of a real server, tried on one. */
export function describeServer({ name, start, running, openToAll, policy = {}, short, notes = [], also, ...traits }: LiveServer): void {
  describe(name, () => {
    let app: ServedApp;
    let served: Served;
    let browser: Browser;
    let page: Page;
    beforeAll(() => reportedStart([name], async () => {
      report({ server: name, notes: [...notes] });
      app = await startApp();
      served = await start({ allowedOrigins: [app.origin], apiKey });
      browser = await openBrowser();
    }), 900_000);
    afterAll(async () => {
      await browser?.close();
      await served?.process.stop();
      await app?.process.stop();
    }, 60_000);

    // A server that dies between two requests is named, not only what then failed.
    beforeEach(() => stillRunning(served.process));
    afterEach(() => stillRunning(served.process));

    const runningNow = async (): Promise<number> => {
      const text = await (await fetch(`${served.url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } })).text();
      return Number(running.exec(text)?.[1] ?? Number.NaN);
    };
    // The draft model at temperature 0.6 drafts what the seed gives, whatever the network does: the same steps in every run of this test.
    const tried = (): TriedServer => ({ url: served.url, app, browser, settings: { base: { url: served.url }, policy: { mode: "async", seed: 3, ...policy } }, running: runningNow });

    describeEndpoint(name, traits, tried, (version) => report({ server: name, version }));

    it("solves ten problems for a page of another origin, with steps accepted and corrected", async () => {
      page = await openPage(browser, app.origin, tried().settings, apiKey);
      expect(await testConnectionInPage(page)).toContain(`It answers. Models: ${model}`);
      const solved = await solveProblems(page, 10);
      report({ server: name, right: `${solved.right} of 10`, accepted: solved.accepted, corrected: solved.corrected, steps: solved.steps.map((step) => `${step.author} ${step.verdict}: ${step.text}`), ...(solved.cachedShare === undefined ? {} : { cachedShare: solved.cachedShare }) });
      expect(solved.right).toBeGreaterThanOrEqual(7);
      expect(solved.accepted).toBeGreaterThan(solved.corrected);
      expect(solved.corrected).toBeGreaterThan(0);
    }, 600_000);

    also?.(() => page);
    if (short === true) return;

    describeDoor(openToAll === true, tried);
    describeStop(name, tried);
    describeRestart(tried, () => served.process.kill(), async () => {
      served = await start({ allowedOrigins: [app.origin], apiKey, port: served.port });
    });
  });
}
