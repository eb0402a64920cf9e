import { expect } from "playwright/test";
import { expect as check, it } from "vitest";
import { answer, isRight, longProblem, openPage, shownSteps, startProblem, steps, untilVerified } from "./page.ts";
import { apiKey, type TriedServer } from "./tried-server.ts";

/** Whether a run outlives its server. */
export function describeRestart(tried: () => TriedServer, kill: () => Promise<void>, startAgain: () => Promise<void>): void {
  it("killed in the middle of a run and started again: what was judged is kept, and the run ends right", async () => {
    const { browser, app, settings } = tried();
    const cut = await openPage(browser, app.origin, { ...settings, lateRejection: "automatic", policy: { ...settings.policy, mode: "sync", answerBy: "base" } }, apiKey);
    await startProblem(cut, longProblem);
    await expect(steps(cut).and(cut.locator("[data-verdict=accepted],[data-verdict=corrected]")).nth(1)).toBeVisible({ timeout: 60_000 });
    await kill();
    const kept = (await shownSteps(cut)).filter(({ verdict }) => verdict === "accepted" || verdict === "corrected");
    check(kept.length).toBeGreaterThan(1);
    await startAgain();
    // Where the start took longer than a run waits, it has ended on the draft model alone and is verified now.
    await untilVerified(cut, 300);
    const after = await shownSteps(cut);
    for (const { verdict } of after) check(["accepted", "corrected"]).toContain(verdict);
    check(after.slice(0, kept.length).map(({ text }) => text)).toEqual(kept.map(({ text }) => text));
    // A step corrected last has the answer written anew.
    await check.poll(async () => isRight(await answer(cut).innerText(), longProblem), { timeout: 60_000 }).toBe(true);
    await cut.context().close();
  }, 900_000);
}
