import { describe, expect, test, vi } from "vitest";
import { answerChange, lateRejection } from "../../../src/app/run/late-rejection.ts";
import { createVerification } from "../../../src/app/verification/verification-store.ts";
import type { BaseModel } from "../../../src/models/base-model.ts";
import { createRunLocks } from "../../../src/runs/run-locks.ts";
import { scriptedChannels } from "../../support/scripted-channels.ts";
import { scriptedPair } from "../../support/scripted-pair.ts";
import { newBrowser, openTab } from "../runs/browser-storage.ts";
import { scriptedLocks } from "../runs/scripted-locks.ts";
import { openPage } from "./open-page.ts";

/** A page whose base model is away until it is told to be back, with the verification that every page has. */
async function offlinePage(rejected: number) {
  const journal = await openTab(newBrowser());
  const locks = createRunLocks(scriptedLocks());
  const openChannel = scriptedChannels();
  let back = false;
  const page = openPage(() => Promise.resolve(journal), {
    locks, openChannel,
    openPair: () => Promise.resolve({ draft: pairOf(true).draft, base: pairOf(back).base }),
  });
  const pairOf = (online: boolean) => scriptedPair({ clock: page.clock, luck: 1, script: 3, steps: 6, rejected, ...(online ? {} : { away: [0, Infinity] as const }) });
  const asked: BaseModel[] = [];
  const verification = createVerification({
    openJournal: () => Promise.resolve(journal), locks, openChannel, clock: page.clock,
    concerns: (base) => base === "scripted:base",
    openBase: async (signal) => {
      const { base } = pairOf(back);
      asked.push(base);
      await base.probe(signal);
      return base;
    },
    byItself: () => true, hints: () => () => undefined, rejected: () => undefined,
  });
  return { ...page, journal, verification, comeBack: () => { back = true; }, expected: pairOf(true).expected() };
}

/** Whatever else the machine is doing. */
const soon = <Result>(check: () => Result | Promise<Result>): Promise<Result> => vi.waitFor(check, { timeout: 30_000 });

const transcript = (run: { readonly steps: readonly { readonly author: string; readonly text: string }[] } | undefined) => run?.steps.map(({ author, text }) => ({ author, text }));

describe("a run finished while the base model was away", () => {
  test("is verified when it is back; the first rejected step waits for a decision, and corrections lead to the transcript of a run that never was offline", async () => {
    const { page, until, state, verification, comeBack, expected, journal } = await offlinePage(0.4);
    await until(page.solve("How many?"));
    const first = state().run;
    expect(first?.steps.map(({ verdict }) => verdict)).toEqual(Array(6).fill("unverified"));
    comeBack();
    verification.start();
    await until(soon(() => expect(state().run?.rejected).toBeDefined()));
    // It waits for a decision now, and for its base model no more.
    await soon(async () => expect(await journal.waiting()).toMatchObject([{ run: first?.header.id, rejected: true }]));
    expect(transcript(state().run)).toEqual(transcript(first));
    expect(state().run?.answer).toEqual(first?.answer);
    await until(page.resume({ correct: true }));
    verification.stop();
    const { run } = state();
    expect(transcript(run)).toEqual(expected);
    expect(new Set(run?.steps.map(({ verdict }) => verdict))).toEqual(new Set(["accepted", "corrected"]));
    expect(run?.branches.map(transcript)).toEqual([transcript(first)]);
    expect(run && answerChange(run)).toEqual({ kind: "changed", before: first?.answer?.text, after: run?.answer?.text });
    expect(await journal.waiting()).toEqual([]);
  }, 60_000);

  test("keeps a rejected step where that is wanted, and the steps behind it are verified", async () => {
    const { page, until, state, verification, comeBack, journal } = await offlinePage(0.4);
    await until(page.solve("How many?"));
    comeBack();
    verification.start();
    for (let rounds = 0; rounds < 6; rounds += 1) {
      await until(soon(async () => expect(state().run?.rejected !== undefined || (await journal.waiting()).length === 0).toBe(true)));
      if (state().run?.rejected === undefined) break;
      const { step } = state().run?.rejected ?? {};
      await page.keepRejected();
      await soon(() => expect(state().run?.rejected?.step).not.toBe(step));
      verification.wake();
    }
    verification.stop();
    const { run } = state();
    expect(run && lateRejection(run)).toBeUndefined();
    expect(run?.steps.filter(({ unverifiedBecause, verdict }) => verdict !== "accepted" && unverifiedBecause !== "kept")).toEqual([]);
    expect(run?.steps.some(({ unverifiedBecause }) => unverifiedBecause === "kept")).toBe(true);
    expect(run?.answer).toBeDefined();
  }, 60_000);

  test("whose steps all pass is accepted, with nothing to decide and its answer unchanged", async () => {
    const { page, until, state, verification, comeBack, journal } = await offlinePage(0);
    await until(page.solve("How many?"));
    const answer = state().run?.answer;
    comeBack();
    verification.start();
    await until(soon(async () => expect(await journal.waiting()).toEqual([])));
    await soon(() => expect(state().run?.steps.map(({ verdict }) => verdict)).toEqual(Array(6).fill("accepted")));
    verification.stop();
    expect(state().run?.answer).toEqual(answer);
    expect(state().run?.status).toBe("finished");
    expect(verification.store.getState().rejected).toEqual([]);
  }, 60_000);
});
