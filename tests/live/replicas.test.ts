import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { frontTitles } from "./front-titles.ts";
import { openBrowser, openPage, solveProblems, testConnectionInPage } from "./page.ts";
import { report, reportedStart } from "./report.ts";
import { type ServedApp, startApp } from "./servers/app.ts";
import { startNginx, startRouter } from "./servers/fronts.ts";
import { type Replica, startReplica } from "./servers/replica.ts";
import type { Served } from "./servers/servers.ts";
import { inWords, scoresGiven, type TenRuns, tenRuns } from "./ten-runs.ts";

/** Two vLLM replicas behind what `run.ts` names: "router", "nginx", or both one after the other. */
const fronts = (process.env["LIVE_FRONTS"] ?? "router,nginx").split(",");

/** A header that no front keys on. */
const noAffinity = "X-Unkeyed";

describe("two replicas of vLLM", { timeout: 300_000 }, () => {
  const started: { stop(): Promise<void> }[] = [];
  let replicas: readonly [Replica, Replica];
  let browser: Browser;
  let app: ServedApp;
  let alone: TenRuns;
  const urls = (): string[] => replicas.map(({ url }) => url);
  const kept = async <T extends { readonly process: { stop(): Promise<void> } }>(server: Promise<T>): Promise<T> => {
    const { process } = await server;
    started.unshift(process);
    return server;
  };

  beforeAll(() => reportedStart(fronts, async () => {
    app = await kept(startApp());
    const [one, other] = await Promise.allSettled([startReplica([app.origin]), startReplica([app.origin])]);
    for (const each of [one, other]) if (each.status === "fulfilled") started.push(each.value);
    if (one.status === "rejected") throw one.reason;
    if (other.status === "rejected") throw other.reason;
    replicas = [one.value, other.value];
    browser = await openBrowser();
    alone = await tenRuns({ browser, replicas: [one.value], origin: app.origin, base: { url: one.value.url } });
    for (const server of fronts) report({ server, notes: [`one replica alone: ${inWords(alone)}`] });
  }), 900_000);
  afterAll(async () => {
    await browser?.close();
    for (const each of started) await each.stop();
  }, 120_000);
  afterEach(() => {
    for (const replica of replicas) replica.stillRunning();
  });

  /** With affinity: what is asked of every front, however the page reaches it. */
  const checkKept = (found: TenRuns): void => {
    expect(found.stayed).toBe(found.requests);
    expect(Math.abs(found.cachedShare - alone.cachedShare)).toBeLessThanOrEqual(0.02);
    checkRight(found);
  };
  const checkRight = (found: TenRuns): void => {
    expect(found.right).toBe(10);
    expect(found.scoredTwice).toBe(0);
  };

  /** One replica killed when some scores have been given. */
  const withOneKilled = async (origin: string): Promise<{ readonly found: TenRuns; readonly killed: Replica }> => {
    let killed = replicas[0];
    const found = await tenRuns({
      browser, replicas, origin, base: { url: "/base" },
      meanwhile: async () => {
        const given = (): number[] => replicas.map((replica) => scoresGiven(replica).length);
        await expect.poll(() => given().reduce((sum, count) => sum + count, 0), { interval: 20, timeout: 240_000 }).toBeGreaterThanOrEqual(8);
        const [one = 0, other = 0] = given();
        killed = replicas[one >= other ? 0 : 1];
        await killed.kill();
      },
    });
    return { found, killed };
  };

  describe.runIf(fronts.includes("router"))(frontTitles["router"] ?? "", () => {
    let router: Served;
    let behind: ServedApp;
    beforeAll(async () => {
      router = await kept(startRouter(urls()));
      behind = await kept(startApp({ upstream: router.url }));
    });

    it("keeps every request of a run on its replica, through the app's own origin", async () => {
      const found = await tenRuns({ browser, replicas, origin: behind.origin, base: { url: "/base" } });
      report({ server: "router", version: "0.1.17", right: `${found.right} of 10`, accepted: found.accepted, corrected: found.corrected, cachedShare: found.cachedShare, notes: [`own origin, with affinity: ${inWords(found)}`] });
      checkKept(found);
    });

    it("without the header a run's requests go to both", async () => {
      const found = await tenRuns({ browser, replicas, origin: behind.origin, base: { url: "/base", sessionHeader: noAffinity } });
      report({ server: "router", notes: [`own origin, without affinity: ${inWords(found)}`] });
      expect(found.stayed).toBeLessThan(found.requests);
      checkRight(found);
    });

    it("keeps them across origins, too, once a test has shown that the header passes", async () => {
      const found = await tenRuns({ browser, replicas, origin: app.origin, base: { url: router.url }, testFirst: true });
      report({ server: "router", notes: [`across origins, with affinity: ${inWords(found)}`] });
      checkKept(found);
    });

    it("where its list of origins shuts the header out, the page says so and goes without it", async () => {
      const closed = await kept(startRouter(urls(), [app.origin]));
      for (const replica of replicas) await replica.reset();
      const page = await openPage(browser, app.origin, { base: { url: closed.url }, policy: { mode: "async", seed: 3 } });
      expect(await testConnectionInPage(page)).toContain("Its preflight refuses the header X-Session-ID");
      expect((await solveProblems(page, 1)).right).toBe(1);
      await page.context().close();
    });

    it("one replica killed in the middle: its 500s are retried, nothing is scored twice, every run ends right", async () => {
      const { found, killed } = await withOneKilled(behind.origin);
      report({ server: "router", notes: [`one replica killed: ${inWords(found)}`] });
      checkRight(found);
      expect(Math.min(...found.split)).toBeGreaterThan(0);
      if (fronts.includes("nginx")) await killed.startAgain();
    }, 600_000);
  });

  describe.runIf(fronts.includes("nginx"))(frontTitles["nginx"] ?? "", () => {
    let nginx: Awaited<ReturnType<typeof startNginx>>;
    let behind: ServedApp;
    beforeAll(async () => {
      nginx = await kept(startNginx(urls()));
      behind = await kept(startApp({ upstream: nginx.url }));
    });

    it("keeps every request of a run on its replica, through the app's own origin", async () => {
      const found = await tenRuns({ browser, replicas, origin: behind.origin, base: { url: "/base" } });
      report({ server: "nginx", right: `${found.right} of 10`, accepted: found.accepted, corrected: found.corrected, cachedShare: found.cachedShare, notes: [`own origin, with affinity: ${inWords(found)}`] });
      checkKept(found);
    });

    it("taking the replicas in turn, a run's requests go to both", async () => {
      const turning = await kept(startApp({ upstream: nginx.inTurn }));
      const found = await tenRuns({ browser, replicas, origin: turning.origin, base: { url: "/base" } });
      report({ server: "nginx", notes: [`own origin, without affinity: ${inWords(found)}`] });
      expect(found.stayed).toBeLessThan(found.requests);
      checkRight(found);
    });

    it("keeps them across origins, too: the replicas' own CORS lets the header pass", async () => {
      const found = await tenRuns({ browser, replicas, origin: app.origin, base: { url: nginx.url }, testFirst: true });
      report({ server: "nginx", notes: [`across origins, with affinity: ${inWords(found)}`] });
      checkKept(found);
    });

    it("one replica killed in the middle: nothing is scored twice, every run ends right", async () => {
      const { found } = await withOneKilled(behind.origin);
      report({ server: "nginx", notes: [`one replica killed: ${inWords(found)}`] });
      checkRight(found);
      expect(Math.min(...found.split)).toBeGreaterThan(0);
    }, 600_000);
  });
});
