import { expect } from "playwright/test";
import { expect as check, it, type TestContext } from "vitest";
import { longProblem, openPage, startProblem, testConnectionInPage } from "./page.ts";
import { apiKey, type TriedServer } from "./tried-server.ts";

/** Who is let in, and what the page says to who is not. `openToAll`: reads of any origin pass, what vLLM's --allowed-origins closes stays open. */
export function describeDoor(openToAll: boolean, tried: () => TriedServer): void {
  it("a page whose origin is not allowed is told the option that opens the door", async ({ skip }: TestContext) => {
    if (openToAll) skip("it is open to every origin");
    const { browser, app, settings } = tried();
    const stranger = await openPage(browser, app.otherOrigin, settings, apiKey);
    const said = await testConnectionInPage(stranger);
    check(said).toContain("The answers at this address are closed to this page.");
    check(said).toContain(`--allowed-origins '["${app.otherOrigin}"]'`);
    await stranger.context().close();
  });

  it.each([["a wrong key", "wrong"], ["no key", undefined]])("%s is named as such", async (_, key) => {
    const { browser, app, settings } = tried();
    const other = await openPage(browser, app.origin, settings, key);
    check(await testConnectionInPage(other)).toContain("The endpoint refuses the key, or wants one.");
    await startProblem(other, longProblem);
    await expect(other.getByRole("alert")).toContainText("The endpoint refuses the key, or wants one.", { timeout: 60_000 });
    await expect(other.getByRole("textbox", { name: "Problem" })).toHaveValue(longProblem.problem);
    await other.context().close();
  });
}
