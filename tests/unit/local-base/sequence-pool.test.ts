import { describe, expect, it } from "vitest";
import { type SequenceWish, sequencePool } from "../../../src/local-base/sequence-pool.ts";

type Held = { contextTokens: number[]; readonly name: string };
const held = (name: string, contextTokens: number[] = []): Held => ({ name, contextTokens });
const upTo = (length: number, from = 0): number[] => Array.from({ length }, (_, index) => from + index);
const wish = (prompt: number[], more: Partial<SequenceWish> = {}): SequenceWish => ({
  prompt,
  session: undefined,
  brief: false,
  signal: new AbortController().signal,
  ...more,
});
/** Lets everything already possible happen. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("the pool of sequences", () => {
  it("gives a prompt the sequence that holds the longest part of it", async () => {
    const pool = sequencePool([held("a", upTo(3)), held("b", upTo(9)), held("c", upTo(6))]);
    expect((await pool.acquire(wish(upTo(10)))).sequence.name).toBe("b");
  });

  it("does not overwrite a long transcript for the few tokens every prompt begins with", async () => {
    const pool = sequencePool([held("long", [...upTo(4), ...upTo(90, 100)]), held("free")]);
    const first = await pool.acquire(wish([...upTo(4), ...upTo(90, 100)]));
    first.release();
    expect((await pool.acquire(wish([...upTo(4), ...upTo(60, 500)]))).sequence.name).toBe("free");
  });

  it("keeps a session on its own sequence, whatever other sessions hold", async () => {
    const sequences = [held("a"), held("b")];
    const pool = sequencePool(sequences);
    const one = await pool.acquire(wish(upTo(5), { session: "one" }));
    one.sequence.contextTokens = upTo(5);
    one.release();
    const two = await pool.acquire(wish(upTo(5), { session: "two" }));
    two.release();
    expect(two.sequence.name).not.toBe(one.sequence.name);
    expect((await pool.acquire(wish(upTo(8, 50), { session: "one" }))).sequence).toBe(one.sequence);
  });

  it("lets a session wait for its own score instead of prefilling the transcript again elsewhere", async () => {
    const pool = sequencePool([held("a"), held("b")]);
    const score = await pool.acquire(wish(upTo(5), { session: "one", brief: true }));
    const order: string[] = [];
    const next = pool.acquire(wish(upTo(6), { session: "one" })).then((lease) => order.push(lease.sequence.name));
    await settle();
    expect(order).toEqual([]);
    score.release();
    await next;
    expect(order).toEqual([score.sequence.name]);
  });

  it("gives a session a second sequence while its first writes a long text", async () => {
    const pool = sequencePool([held("a"), held("b")]);
    const writing = await pool.acquire(wish(upTo(5), { session: "one" }));
    const scoring = await pool.acquire(wish(upTo(6), { session: "one", brief: true }));
    expect(scoring.sequence).not.toBe(writing.sequence);
  });

  it("serves those who wait in the order they came", async () => {
    const pool = sequencePool([held("a")]);
    const first = await pool.acquire(wish([1]));
    const served: number[] = [];
    const waiting = [1, 2, 3].map(async (place) => {
      const lease = await pool.acquire(wish([place]));
      served.push(place);
      lease.release();
    });
    await settle();
    expect(pool.waiting).toBe(3);
    first.release();
    first.release();
    await Promise.all(waiting);
    expect(served).toEqual([1, 2, 3]);
    expect(pool.waiting).toBe(0);
  });

  it("takes who goes away out of the line", async () => {
    const pool = sequencePool([held("a")]);
    const first = await pool.acquire(wish([1]));
    const leaving = new AbortController();
    const gone = pool.acquire(wish([2], { signal: leaving.signal }));
    leaving.abort();
    await expect(gone).rejects.toThrow("went away");
    await expect(pool.acquire(wish([2], { signal: leaving.signal }))).rejects.toThrow("went away");
    expect(pool.waiting).toBe(0);
    first.release();
    await expect(pool.acquire(wish([3]))).resolves.toBeDefined();
  });

  it("takes the sequence used longest ago when every one holds something else", async () => {
    const pool = sequencePool([held("a"), held("b")]);
    const older = await pool.acquire(wish(upTo(5), { session: "one" }));
    const newer = await pool.acquire(wish(upTo(5), { session: "two" }));
    newer.release();
    older.release();
    expect((await pool.acquire(wish(upTo(5, 70), { session: "three" }))).sequence).toBe(older.sequence);
  });
});
