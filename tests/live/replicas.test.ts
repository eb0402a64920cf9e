import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeDoor } from "./describe-door.ts";
import { describeEndpoint } from "./describe-endpoint.ts";
import { describeRestart } from "./describe-restart.ts";
import { describeStop } from "./describe-stop.ts";
import { frontTitles } from "./front-titles.ts";
import { openBrowser, openPage, solveProblems, testConnectionInPage } from "./page.ts";
import { report, reportedStart } from "./report.ts";
import { type ServedApp, startApp } from "./servers/app.ts";
import { startNginx, startRouter } from "./servers/fronts.ts";
import { type Replica, startReplica } from "./servers/replica.ts";
import type { Served } from "./servers/servers.ts";
import { startSwitch, type Switch } from "./servers/switch.ts";
import { inWords, openTenPages, scoresGiven, type TenPages, type TenRuns, type Way } from "./ten-runs.ts";
import { apiKey, type TriedServer } from "./tried-server.ts";

/** Two vLLM replicas behind what `run.ts` names: "router", "nginx", or both one after the other. */
const fronts = (process.env["LIVE_FRONTS"] ?? "router,nginx").split(",");

/** Through the app's own server, which knows the key. */
const own: Way = { url: "/base" };
/** A header that no front keys on. */
const noAffinity = "X-Unkeyed";

describe("two replicas of vLLM", { timeout: 300_000 }, () => {
  const started: { stop(): Promise<void> }[] = [];
  let replicas: readonly [Replica, Replica];
  let browser: Browser;
  let app: ServedApp;
  /** Where /base of the app leads, and where pages on its origin ask across origins. */
  let way: Switch;
  let ten: TenPages;
  let alone: TenRuns;
  const urls = (): string[] => replicas.map(({ url }) => url);
  const kept = async <T extends { readonly process: { stop(): Promise<void> } }>(server: Promise<T>): Promise<T> => {
    const { process } = await server;
    started.unshift(process);
    return server;
  };

  beforeAll(() => reportedStart(fronts, async () => {
    way = await startSwitch();
    started.push(way);
    app = await kept(startApp({ upstream: way.url, apiKey }));
    const [one, other] = await Promise.allSettled([startReplica([app.origin], apiKey), startReplica([app.origin], apiKey)]);
    for (const each of [one, other]) if (each.status === "fulfilled") started.push(each.value);
    if (one.status === "rejected") throw one.reason;
    if (other.status === "rejected") throw other.reason;
    replicas = [one.value, other.value];
    browser = await openBrowser();
    ten = await openTenPages(browser, app.origin);
    alone = await ten.solve({ url: one.value.url, apiKey }, [one.value]);
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
  const withOneKilled = async (): Promise<{ readonly found: TenRuns; readonly killed: Replica }> => {
    let killed = replicas[0];
    const found = await ten.solve(own, replicas, async () => {
      const given = (): number[] => replicas.map((replica) => scoresGiven(replica).length);
      await expect.poll(() => given().reduce((sum, count) => sum + count, 0), { interval: 20, timeout: 240_000 }).toBeGreaterThanOrEqual(8);
      const [one = 0, other = 0] = given();
      killed = replicas[one >= other ? 0 : 1];
      await killed.kill();
    });
    return { found, killed };
  };

  /** A front that is asked by whoever asks a single server, and must do as well. */
  const tried = ({ url }: Served): TriedServer => ({
    url, app, browser,
    settings: { base: { url }, policy: { mode: "async", seed: 3 } },
    running: async () => (await Promise.all(replicas.map((replica) => replica.running()))).reduce((sum, count) => sum + count, 0),
  });

  describe.runIf(fronts.includes("router"))(frontTitles.router, () => {
    let router: Served;
    beforeAll(async () => {
      router = await kept(startRouter(urls()));
      way.lead(router);
    });
    const one = (): TriedServer => tried(router);

    describeEndpoint("router", { lacks: ["speculation-metrics"] }, one);
    describeDoor(true, one);
    describeStop("router", one);

    it("keeps every request of a run on its replica, through the app's own origin", async () => {
      const found = await ten.solve(own, replicas);
      report({ server: "router", version: "0.1.17", right: `${found.right} of 10`, accepted: found.accepted, corrected: found.corrected, cachedShare: found.cachedShare, notes: [`own origin, with affinity: ${inWords(found)}`] });
      checkKept(found);
    });

    it("without the header a run's requests go to both", async () => {
      const found = await ten.solve({ ...own, sessionHeader: noAffinity }, replicas);
      report({ server: "router", notes: [`own origin, without affinity: ${inWords(found)}`] });
      expect(found.stayed).toBeLessThan(found.requests);
      checkRight(found);
    });

    it("keeps them across origins, too, once a test has shown that the header passes", async () => {
      const found = await ten.solve({ url: way.url, apiKey }, replicas);
      report({ server: "router", notes: [`across origins, with affinity: ${inWords(found)}`] });
      checkKept(found);
    });

    it("a page on another origin is told what its CORS keeps back, and what is used instead", async () => {
      const page = await openPage(browser, app.origin, one().settings, apiKey);
      const said = await testConnectionInPage(page);
      // Its /tokenize and /metrics have no CORS.
      for (const instead of ["The tokens of the digits are not told", "The server does not render the model's chat format", "Its /metrics cannot be read from here"]) expect(said).toContain(instead);
      expect(said).toContain("The header X-Session-ID reaches it");
      await page.context().close();
    });

    it("where its list of origins shuts the header out, the page says so and goes without it", async () => {
      const closed = await kept(startRouter(urls(), { corsAllowedOrigins: [app.origin] }));
      for (const replica of replicas) await replica.reset();
      const page = await openPage(browser, app.origin, tried(closed).settings, apiKey);
      expect(await testConnectionInPage(page)).toContain("Its preflight refuses the header X-Session-ID");
      expect((await solveProblems(page, 1)).right).toBe(1);
      await page.context().close();
    });

    describeRestart(one, () => router.process.kill(), async () => {
      router = await kept(startRouter(urls(), { port: router.port }));
    });

    it("one replica killed in the middle: its 500s are retried, nothing is scored twice, every run ends right", async () => {
      const { found, killed } = await withOneKilled();
      report({ server: "router", notes: [`one replica killed: ${inWords(found)}`] });
      checkRight(found);
      expect(Math.min(...found.split)).toBeGreaterThan(0);
      if (fronts.includes("nginx")) await killed.startAgain();
    }, 600_000);
  });

  describe.runIf(fronts.includes("nginx"))(frontTitles.nginx, () => {
    let nginx: Awaited<ReturnType<typeof startNginx>>;
    beforeAll(async () => {
      nginx = await kept(startNginx(urls()));
      way.lead(nginx);
    });
    const one = (): TriedServer => tried(nginx);

    describeEndpoint("nginx", { lacks: ["speculation-metrics"] }, one);
    // The replicas' own list of origins holds behind it, too.
    describeDoor(false, one);
    describeStop("nginx", one);

    it("keeps every request of a run on its replica, through the app's own origin", async () => {
      const found = await ten.solve(own, replicas);
      report({ server: "nginx", right: `${found.right} of 10`, accepted: found.accepted, corrected: found.corrected, cachedShare: found.cachedShare, notes: [`own origin, with affinity: ${inWords(found)}`] });
      checkKept(found);
    });

    it("taking the replicas in turn, a run's requests go to both", async () => {
      way.lead({ port: nginx.inTurnPort });
      const found = await ten.solve(own, replicas);
      way.lead(nginx);
      report({ server: "nginx", notes: [`own origin, without affinity: ${inWords(found)}`] });
      expect(found.stayed).toBeLessThan(found.requests);
      checkRight(found);
    });

    it("keeps them across origins, too: the replicas' own CORS lets the header pass", async () => {
      const found = await ten.solve({ url: way.url, apiKey }, replicas);
      report({ server: "nginx", notes: [`across origins, with affinity: ${inWords(found)}`] });
      checkKept(found);
    });

    describeRestart(one, () => nginx.process.kill(), async () => {
      nginx = await kept(startNginx(urls(), { port: nginx.port }));
    });

    it("one replica killed in the middle: nothing is scored twice, every run ends right", async () => {
      const { found } = await withOneKilled();
      report({ server: "nginx", notes: [`one replica killed: ${inWords(found)}`] });
      checkRight(found);
      expect(Math.min(...found.split)).toBeGreaterThan(0);
    }, 600_000);
  });
});
