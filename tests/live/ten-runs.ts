import type { Browser, Page } from "playwright";
import { expect } from "playwright/test";
import { answer, button, isRight, openPage, openSettings, problems, settingsDialog, shownSteps, startProblem, testConnectionInPage, untilFinished } from "./page.ts";
import type { Asked, Replica } from "./servers/replica.ts";

const chosen = problems.slice(0, 10);

export type TenRuns = {
  readonly right: number;
  readonly accepted: number;
  readonly corrected: number;
  /** Completions asked of all replicas. */
  readonly requests: number;
  /** Of these, those that went where most of their run's went. */
  readonly stayed: number;
  /** Requests each replica got. */
  readonly split: readonly number[];
  /** 0-1, of the tokens of score prompts, as the replicas counted them. */
  readonly cachedShare: number;
  /** Prompts that were given more than one score. */
  readonly scoredTwice: number;
  /** Completions that came to the pages as a 500. */
  readonly failures: number;
};

/** How the pages reach the replicas. */
export type Way = {
  readonly url: string;
  /** Of a page that asks by itself; the app's own server has its own. */
  readonly apiKey?: string;
  readonly sessionHeader?: string;
};

export type TenPages = {
  /** Ten problems at once, from empty prefix caches. The draft model drafts the same at every call. `meanwhile`: while the runs go on. */
  solve(way: Way, replicas: readonly Replica[], meanwhile?: () => Promise<void>): Promise<TenRuns>;
  close(): Promise<void>;
};

/** They stay open from one time to the next: to compile and load its model costs a page more than its run. */
export async function openTenPages(browser: Browser, origin: string): Promise<TenPages> {
  const pages = await Promise.all(chosen.map(() => openPage(browser, origin, { base: { url: "/base" }, policy: { mode: "async", seed: 3 } })));
  let failures = 0;
  for (const page of pages) page.on("response", (response) => {
    if (response.status() === 500 && response.url().endsWith("/v1/completions")) failures += 1;
  });
  return {
    async solve(way, replicas, meanwhile) {
      // On another origin a page sends the session's header only once a test has shown that it passes.
      await Promise.all(pages.map((page) => takeWay(page, way)));
      for (const replica of replicas) await replica.reset();
      failures = 0;
      await Promise.all(pages.map((page, index) => begun(page, index)));
      await meanwhile?.();
      const found = await Promise.all(pages.map((page, index) => finished(page, index)));
      return {
        right: found.filter(({ right }) => right).length,
        accepted: found.reduce((sum, { accepted }) => sum + accepted, 0),
        corrected: found.reduce((sum, { corrected }) => sum + corrected, 0),
        ...countsOf(replicas),
        failures,
      };
    },
    async close() {
      await Promise.all(pages.map((page) => page.context().close()));
    },
  };
}

async function takeWay(page: Page, { url, apiKey, sessionHeader = "" }: Way): Promise<void> {
  await openSettings(page);
  const dialog = settingsDialog(page);
  await dialog.getByLabel("Endpoint address").fill(url);
  if (apiKey !== undefined) await dialog.getByLabel("API key").fill(apiKey);
  await dialog.getByLabel("Session header").fill(sessionHeader);
  await dialog.getByRole("button", { name: "Done" }).click();
  await testConnectionInPage(page);
}

async function begun(page: Page, index: number): Promise<void> {
  await startProblem(page, problemAt(index));
  // Else the end of the run before would be taken for this one's.
  await expect(button(page, "Stop")).toBeVisible();
}

function problemAt(index: number) {
  const problem = chosen[index];
  if (problem === undefined) throw new RangeError("There are ten problems.");
  return problem;
}

async function finished(page: Page, index: number) {
  await untilFinished(page, 240);
  const verdicts = (await shownSteps(page)).map(({ verdict }) => verdict);
  for (const verdict of verdicts) expect(["accepted", "corrected"]).toContain(verdict);
  const count = (wanted: string): number => verdicts.filter((verdict) => verdict === wanted).length;
  return { right: isRight(await answer(page).innerText(), problemAt(index)), accepted: count("accepted"), corrected: count("corrected") };
}

/** The scores of steps that a replica has given; a page's first requests, which only find out whether it is there, are none. */
export const scoresGiven = ({ asked }: Replica): readonly Asked[] =>
  asked.filter(({ isScore, status, prompts }) => isScore && status === 200 && chosen.some(({ problem }) => prompts.some((prompt) => prompt.includes(problem))));

/** What the replicas saw: a request is of the run whose problem its prompts hold. */
function countsOf(replicas: readonly Replica[]): Pick<TenRuns, "requests" | "stayed" | "split" | "cachedShare" | "scoredTwice"> {
  const perRun = chosen.map(({ problem }) => replicas.map(({ asked }) => asked.filter(({ prompts }) => prompts.some((prompt) => prompt.includes(problem))).length));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const scores = replicas.flatMap(scoresGiven);
  const scored = scores.flatMap(({ prompts }) => prompts);
  const tokens = scores.flatMap((score) => (score.tokens === undefined ? [] : [score.tokens]));
  return {
    requests: sum(perRun.flat()),
    stayed: sum(perRun.map((counts) => Math.max(...counts))),
    split: replicas.map((_, index) => sum(perRun.map((counts) => counts[index] ?? 0))),
    cachedShare: sum(tokens.map(({ cached }) => cached)) / sum(tokens.map(({ prompt }) => prompt)),
    scoredTwice: scored.length - new Set(scored).size,
  };
}

export const inWords = ({ requests, stayed, split, cachedShare, right, failures }: TenRuns): string =>
  `${stayed} of ${requests} requests on their run's replica (${split.join(" + ")}), cached share of score prompts ${cachedShare.toFixed(2)}, ${right} of 10 right${failures > 0 ? `, ${failures} answers were a 500` : ""}`;
