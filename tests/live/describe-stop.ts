import { expect } from "playwright/test";
import { expect as check, it } from "vitest";
import { button, endlessProblem, openPage, startProblem } from "./page.ts";
import { report } from "./report.ts";
import { apiKey, type TriedServer } from "./tried-server.ts";

/** Whether a stop in the page ends the server's work. */
export function describeStop(name: string, tried: () => TriedServer): void {
  it("a stop in the page is seen in the server's own count of running requests within 250 ms", async () => {
    const { browser, app, settings, running } = tried();
    const long = await openPage(browser, app.origin, { ...settings, policy: { mode: "base", temperature: 0 } }, apiKey);
    const waited: number[] = [];
    // The best of a few: this machine may do other things at the same moment.
    for (let attempt = 0; attempt < 12 && Math.min(...waited, Number.POSITIVE_INFINITY) > 250; attempt++) {
      await startProblem(long, endlessProblem);
      const [began, longest] = [Date.now(), 10_000];
      let busy = false;
      while (!busy && Date.now() - began < longest) busy = (await running()) > 0;
      const pressed = await long.evaluate(() => {
        [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Stop")?.click();
        return Date.now();
      });
      await check.poll(running, { interval: 5, timeout: 60_000 }).toBe(0);
      const free = Date.now();
      await expect(button(long, "Stop")).toBeHidden();
      // A run that was over by itself proves nothing.
      if (busy && (await button(long, "Continue").isVisible())) waited.push(free - pressed);
    }
    if (waited.length > 0) report({ server: name, notes: [`a stop freed the server after ${Math.min(...waited)} ms`] });
    check(Math.min(...waited)).toBeLessThanOrEqual(250);
    await long.context().close();
  }, 300_000);
}
