import { expect, test } from "vitest";
import { createRunLock } from "../../../src/runs/run-lock.ts";
import { abortOf, scriptedLocks } from "./scripted-locks.ts";

const twoTabs = () => {
  const locks = scriptedLocks();
  return [createRunLock({ locks }), createRunLock({ locks })] as const;
};
const never = new AbortController().signal;

test("one tab has the lock until it lets go, then the one that waits", async () => {
  const [one, two] = twoTabs();
  expect(await one.isHeld()).toBe(false);
  const first = await one.acquire(never);
  expect(await two.isHeld()).toBe(true);
  expect(await two.tryAcquire()).toBeUndefined();
  const second = two.acquire(never);
  first.release();
  const held = await second;
  expect(held.lost.aborted).toBe(false);
  expect(await one.tryAcquire()).toBeUndefined();
  held.release();
  await one.acquire(never);
});

test("a tab that no longer wants the lock stops waiting with `aborted`", async () => {
  const [one, two] = twoTabs();
  const first = await one.acquire(never);
  const waiting = new AbortController();
  const second = two.acquire(waiting.signal);
  waiting.abort();
  await expect(second).rejects.toMatchObject({ kind: "aborted" });
  await expect(two.acquire(AbortSignal.abort())).rejects.toMatchObject({ kind: "aborted" });
  first.release();
  await one.acquire(never);
  expect(await two.isHeld()).toBe(true);
});

test("a tab whose lock is taken over is told", async () => {
  const [one, two] = twoTabs();
  const first = await one.acquire(never);
  const second = await two.takeOver();
  await abortOf(first.lost);
  expect(second.lost.aborted).toBe(false);
  expect(await one.tryAcquire()).toBeUndefined();
});

test("without Web Locks every tab may compute", async () => {
  const lock = createRunLock({});
  (await lock.acquire(never)).release();
  expect(await lock.tryAcquire()).toBeDefined();
  expect(await lock.isHeld()).toBe(false);
});
