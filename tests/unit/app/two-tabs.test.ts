import { describe, expect, test, vi } from "vitest";
import { createRunLocks } from "../../../src/runs/run-locks.ts";
import { scriptedChannels } from "../../support/scripted-channels.ts";
import { killTab, newBrowser, openTab, type Browser } from "../runs/browser-storage.ts";
import { scriptedLocks } from "../runs/scripted-locks.ts";
import { openPage } from "./open-page.ts";

/** Whatever else the machine is doing. */
const soon = <Result>(check: () => Result | Promise<Result>): Promise<Result> => vi.waitFor(check, { timeout: 30_000 });

type Shared = { readonly browser: Browser; readonly locks: ReturnType<typeof scriptedLocks>; readonly openChannel: ReturnType<typeof scriptedChannels> };
const newShared = (): Shared => ({ browser: newBrowser(), locks: scriptedLocks(), openChannel: scriptedChannels() });

/** A tab with a page and a journal of its own. */
async function tabOf({ browser, locks, openChannel }: Shared, id: string) {
  const journal = await openTab(browser);
  const channels: ReturnType<typeof openChannel>[] = [];
  const own = locks.tab();
  const page = openPage(() => Promise.resolve(journal), {
    locks: createRunLocks(own),
    newId: () => id,
    openChannel() {
      const channel = openChannel();
      channels.push(channel);
      return channel;
    },
  });
  return {
    ...page,
    close(): void {
      killTab(journal);
      for (const channel of channels) channel.close();
      own.close();
    },
  };
}

/** A run of which two steps are written, and no time passes. */
async function underWay(tab: Awaited<ReturnType<typeof tabOf>>) {
  const solving = tab.page.solve("How many?");
  const twoSteps = new Promise<void>((resolve) => {
    const stop = tab.page.store.subscribe(({ run }) => {
      if (run?.steps.length !== 2) return;
      stop();
      resolve();
    });
  });
  await tab.until(twoSteps);
  return { solving };
}

describe("a run in two tabs", () => {
  test("is computed in one, shown live in the other, and the same in both at its end", async () => {
    const shared = newShared();
    const [one, two] = [await tabOf(shared, "a"), await tabOf(shared, "b")];
    const { solving } = await underWay(one);
    await two.page.show("a");
    expect(two.state()).toMatchObject({ elsewhere: "computing", work: { kind: "idle" } });
    expect(two.state().run?.status).toBe("running");
    await one.until(solving);
    await soon(() => expect(two.state().run?.status).toBe("finished"));
    expect(two.state().run).toEqual(one.state().run);
    expect(two.state().elsewhere).toBeUndefined();
  }, 60_000);

  test("whose computing tab is closed shows as stopped, says so, and goes on here to the same end", async () => {
    const shared = newShared();
    const [one, two] = [await tabOf(shared, "a"), await tabOf(shared, "b")];
    await underWay(one);
    await two.page.show("a");
    expect(two.state().elsewhere).toBe("computing");
    one.close();
    await soon(() => expect(two.state().elsewhere).toBe("closed"));
    expect(two.state().run?.status).toBe("stopped");
    expect(two.state().run?.steps.length).toBeGreaterThan(0);
    await two.until(two.page.resume());
    expect(two.state().run?.status).toBe("finished");
    expect(two.state().run?.steps.map(({ author, text }) => ({ author, text }))).toEqual(two.pair.expected());
  }, 60_000);

  test("lets a second run wait for its turn, and begin by itself", async () => {
    const shared = newShared();
    const [one, two] = [await tabOf(shared, "a"), await tabOf(shared, "b")];
    const { solving: first } = await underWay(one);
    const second = two.page.solve("How many more?");
    await soon(() => expect(two.state().work.kind).toBe("waiting"));
    await one.until(first);
    await two.until(second);
    expect([one.state().run?.status, two.state().run?.status]).toEqual(["finished", "finished"]);
  }, 60_000);

  test("is stopped, its steps kept, when another tab takes over the computing", async () => {
    const shared = newShared();
    const [one, two] = [await tabOf(shared, "a"), await tabOf(shared, "b")];
    const { solving: first } = await underWay(one);
    const second = two.page.solve("How many more?");
    await soon(() => expect(two.state().work.kind).toBe("waiting"));
    two.page.takeOver();
    await one.until(first);
    expect(one.state()).toMatchObject({ elsewhere: "taken-over", trouble: undefined });
    expect(one.state().run?.status).toBe("stopped");
    await two.until(second);
    expect(two.state().run?.status).toBe("finished");
  }, 60_000);

  test("is taken over while it is computed elsewhere: it goes on here, and is shown live there", async () => {
    const shared = newShared();
    const [one, two] = [await tabOf(shared, "a"), await tabOf(shared, "b")];
    const { solving: first } = await underWay(one);
    await two.page.show("a");
    const second = two.page.resume({ takeOver: true });
    await one.until(first);
    await two.until(second);
    expect(two.state().run?.status).toBe("finished");
    expect(two.state().run?.steps.map(({ author, text }) => ({ author, text }))).toEqual(two.pair.expected());
    await soon(() => expect(one.state().run?.status).toBe("finished"));
    expect(one.state().run).toEqual(two.state().run);
  }, 60_000);
});
