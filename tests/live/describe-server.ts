import type { Browser, Page } from "playwright";
import { expect } from "playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect as check, it, type TestContext } from "vitest";
import type { Capability } from "../../src/models/endpoint/findings.ts";
import { testConnection } from "../../src/models/endpoint/capabilities.ts";
import { connectEndpoint } from "../../src/models/endpoint/connect-endpoint.ts";
import { createEndpointMemory } from "../../src/models/endpoint/endpoint-memory.ts";
import { describeBaseModel } from "../support/base-model-suite.ts";
import { answer, button, endlessProblem, isRight, longProblem, openBrowser, openPage, shownSteps, solveProblems, startProblem, steps, testConnectionInPage, untilVerified } from "./page.ts";
import { report, reportedStart } from "./report.ts";
import { type ServedApp, startApp } from "./servers/app.ts";
import { stillRunning } from "./servers/leashed.ts";
import type { Served } from "./servers/servers.ts";

export const apiKey = "sesame-of-the-live-run";
const model = "arithmetic-base";

export type LiveServer = {
  readonly name: string;
  readonly start: (options: { readonly allowedOrigins: readonly string[]; readonly apiKey: string; readonly port?: number }) => Promise<Served>;
  /** Capabilities it has not; it has all others. */
  readonly lacks: readonly Capability[];
  /** The gauge of running requests in its metrics. */
  readonly running: RegExp;
  /** Reads of any origin pass: what vLLM's --allowed-origins closes stays open. */
  readonly openToAll?: true;
  /** What this server does wrong; said in the table. */
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly short?: true;
  readonly notes?: readonly string[];
  /** More to do while it runs. */
  readonly also?: (served: () => { readonly url: string; readonly page: Page; readonly app: ServedApp; readonly browser: Browser }) => void;
};

/** Everything the page wants of a real server, tried on one. */
export function describeServer({ name, start, lacks, running, openToAll, policy = {}, short, notes = [], also }: LiveServer): void {
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

    // The draft model at temperature 0.6 drafts what the seed gives, whatever the network does: the same steps in every run of this test.
    const settings = () => ({ base: { url: served.url }, policy: { mode: "async", seed: 3, ...policy } });
    const runningNow = async (): Promise<number> => {
      const text = await (await fetch(`${served.url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } })).text();
      return Number(running.exec(text)?.[1] ?? Number.NaN);
    };

    describeBaseModel(name, async () => ({
      base: connectEndpoint({ baseUrl: served.url, model, apiKey, memory: createEndpointMemory(), contextTokens: 512 }),
      running: runningNow,
      lacks: lacks.includes("sampling") ? { sampling: true } : {},
      close: () => Promise.resolve(),
    }));

    it("has the capabilities it is known for, and no others", async () => {
      const found = await testConnection({ baseUrl: served.url, apiKey, memory: createEndpointMemory(), signal: new AbortController().signal });
      report({ server: name, ...(found.engine?.version === undefined ? {} : { version: found.engine.version }) });
      check(found.model).toBe(model);
      check(found.contextTokens).toBe(512);
      check(found.findings.filter(({ works }) => !works).map(({ capability }) => capability).toSorted()).toEqual(lacks.toSorted());
    });

    it("refuses another model's name with its sentence", async ({ skip }: TestContext) => {
      if (openToAll === true) skip("llama-server answers to any name");
      const asked = testConnection({ baseUrl: served.url, apiKey, model: "another-model", signal: new AbortController().signal });
      await check(asked).rejects.toMatchObject({ kind: "unknown-model" });
    });

    it("solves ten problems for a page of another origin, with steps accepted and corrected", async () => {
      page = await openPage(browser, app.origin, settings(), apiKey);
      check(await testConnectionInPage(page)).toContain(`It answers. Models: ${model}`);
      const solved = await solveProblems(page, 10);
      report({ server: name, right: `${solved.right} of 10`, accepted: solved.accepted, corrected: solved.corrected, steps: solved.steps.map((step) => `${step.author} ${step.verdict}: ${step.text}`), ...(solved.cachedShare === undefined ? {} : { cachedShare: solved.cachedShare }) });
      check(solved.right).toBeGreaterThanOrEqual(7);
      check(solved.accepted).toBeGreaterThan(solved.corrected);
      check(solved.corrected).toBeGreaterThan(0);
    }, 600_000);

    also?.(() => ({ url: served.url, page, app, browser }));
    if (short === true) return;

    it("a page whose origin is not allowed is told the option that opens the door", async ({ skip }: TestContext) => {
      if (openToAll === true) skip("it is open to every origin");
      const stranger = await openPage(browser, app.otherOrigin, settings(), apiKey);
      const said = await testConnectionInPage(stranger);
      check(said).toContain("The answers at this address are closed to this page.");
      check(said).toContain(`--allowed-origins '["${app.otherOrigin}"]'`);
      await stranger.context().close();
    });

    it.each([["a wrong key", "wrong"], ["no key", undefined]])("%s is named as such", async (_, key) => {
      const other = await openPage(browser, app.origin, settings(), key);
      check(await testConnectionInPage(other)).toContain("The endpoint refuses the key, or wants one.");
      await startProblem(other, longProblem);
      await expect(other.getByRole("alert")).toContainText("The endpoint refuses the key, or wants one.", { timeout: 60_000 });
      await expect(other.getByRole("textbox", { name: "Problem" })).toHaveValue(longProblem.problem);
      await other.context().close();
    });

    it("a stop in the page is seen in the server's own count of running requests within 250 ms", async () => {
      const long = await openPage(browser, app.origin, { ...settings(), policy: { mode: "base", temperature: 0 } }, apiKey);
      const waited: number[] = [];
      // The best of a few: this machine may do other things at the same moment.
      for (let attempt = 0; attempt < 12 && Math.min(...waited, Number.POSITIVE_INFINITY) > 250; attempt++) {
        await startProblem(long, endlessProblem);
        // Pressed by the page itself as soon as the first text is there: the whole run takes a second or two.
        const stopped = long.evaluate(() => new Promise<number>((resolve) => {
          const look = (): void => {
            const stop = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Stop");
            if (stop === undefined || document.querySelector("li[data-author]") === null) return void setTimeout(look, 2);
            stop.click();
            resolve(Date.now());
          };
          look();
        }));
        let busy = false;
        const notYet = stopped.then(() => false);
        for (let pressing = true; pressing; ) {
          busy = (await runningNow()) > 0 || busy;
          pressing = await Promise.race([notYet, Promise.resolve(true)]);
        }
        const pressed = await stopped;
        await check.poll(runningNow, { interval: 5, timeout: 60_000 }).toBe(0);
        const free = Date.now();
        await expect(button(long, "Stop")).toBeHidden();
        // A run that was over by itself proves nothing.
        if (busy && (await button(long, "Continue").isVisible())) waited.push(free - pressed);
      }
      if (waited.length > 0) report({ server: name, notes: [`a stop freed the server after ${Math.min(...waited)} ms`] });
      check(Math.min(...waited)).toBeLessThanOrEqual(250);
      await long.context().close();
    }, 300_000);

    it("killed in the middle of a run and started again: what was judged is kept, and the run ends right", async () => {
      const cut = await openPage(browser, app.origin, { ...settings(), lateRejection: "automatic", policy: { ...settings().policy, mode: "sync", answerBy: "base" } }, apiKey);
      await startProblem(cut, longProblem);
      await expect(steps(cut).and(cut.locator("[data-verdict=accepted],[data-verdict=corrected]")).nth(1)).toBeVisible({ timeout: 60_000 });
      await served.process.kill();
      const kept = (await shownSteps(cut)).filter(({ verdict }) => verdict === "accepted" || verdict === "corrected");
      check(kept.length).toBeGreaterThan(1);
      served = await start({ allowedOrigins: [app.origin], apiKey, port: served.port });
      // Where the start took longer than a run waits, it has ended on the draft model alone and is verified now.
      await untilVerified(cut, 300);
      const after = await shownSteps(cut);
      for (const { verdict } of after) check(["accepted", "corrected"]).toContain(verdict);
      check(after.slice(0, kept.length).map(({ text }) => text)).toEqual(kept.map(({ text }) => text));
      // A step corrected last has the answer written anew.
      await check.poll(async () => isRight(await answer(cut).innerText(), longProblem), { timeout: 60_000 }).toBe(true);
      await cut.context().close();
    }, 900_000);
  });
}
