import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyOutbox, enqueue, settle, toScore, waitingKey, type Delivery, type Outbox, type SettledStep, type WaitingStep } from "../../../src/runs/outbox.ts";

const threshold = 7;
const waitingStep = (index: number): WaitingStep => ({ run: "a", step: index + 10, index, prefix: `p${index}`, base: "large", scored: false });
const delivery = (index: number, score?: number): Delivery => ({ run: "a", step: index + 10, prefix: `p${index}`, base: "large", ...(score === undefined ? {} : { score }) });
const queue = (length: number): Outbox => enqueue(emptyOutbox, Array.from({ length }, (_, index) => waitingStep(index)));

describe("the outbox", () => {
  test("accepts steps in order, each once all before it are accepted", () => {
    const late = settle(queue(3), [delivery(1, 9)], threshold);
    expect(late.verdicts).toEqual([]);
    expect(toScore(late.outbox, threshold, 9).map(({ index }) => index)).toEqual([0, 2]);
    expect(settle(late.outbox, [delivery(0, 7)], threshold).verdicts).toEqual([
      { step: 10, index: 0, verdict: "accepted" }, { step: 11, index: 1, verdict: "accepted" },
    ]);
  });

  test("drops what waits behind a rejection, and scores nothing behind one that is known", () => {
    const known = settle(queue(5), [delivery(2, 3)], threshold).outbox;
    expect(toScore(known, threshold, 9).map(({ index }) => index)).toEqual([0, 1]);
    const { outbox, verdicts } = settle(known, [delivery(0, 8), delivery(1, 8)], threshold);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(["accepted", "accepted", "rejected"]);
    expect(outbox.waiting).toEqual([]);
    expect(settle(outbox, [delivery(3, 9), delivery(4, 9)], threshold)).toEqual({ outbox, verdicts: [] });
  });

  test("rejects a step for which the base model gave no digit", () => {
    expect(settle(queue(1), [delivery(0)], threshold).verdicts).toEqual([{ step: 10, index: 0, verdict: "rejected" }]);
  });

  test("takes a score only for the text and the base model it was given for", () => {
    const wrong = [{ ...delivery(0, 9), prefix: "other" }, { ...delivery(0, 9), base: "other" }, { ...delivery(0, 9), run: "b" }];
    expect(settle(queue(1), wrong, threshold)).toEqual({ outbox: queue(1), verdicts: [] });
  });

  test("queues a step once, also after it has left", () => {
    const once = queue(2);
    expect(enqueue(once, [waitingStep(1), waitingStep(1)])).toBe(once);
    const settled = settle(once, [delivery(0, 9), delivery(1, 1)], threshold).outbox;
    expect(enqueue(settled, [waitingStep(0), waitingStep(1)]).waiting).toEqual([]);
  });

  test("ends in the same state, with the same verdicts in order, for every order, doubling and batching of deliveries", () => {
    const scores = fc.array(fc.option(fc.double({ min: 0, max: 9, noNaN: true }), { nil: undefined }), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(scores, fc.array(fc.nat(999), { maxLength: 40 }), fc.infiniteStream(fc.nat(999)), (given, extra, stream) => {
      const inOrder = settle(queue(given.length), given.map((score, index) => delivery(index, score)), threshold);

      // Every step at least once, some more often, in any order, cut into any batches; queued again now and then; stored in between.
      const picks = [...given.keys(), ...extra.map((number) => number % given.length)];
      const shuffled = picks.map((pick) => [pick, stream.next().value ?? 0] as const).toSorted((a, b) => a[1] - b[1]).map(([pick]) => pick);
      let outbox = queue(given.length);
      const verdicts: SettledStep[] = [];
      for (let at = 0; at < shuffled.length;) {
        const size = 1 + ((stream.next().value ?? 0) % 4);
        const settled = settle(outbox, shuffled.slice(at, at + size).map((index) => delivery(index, given[index])), threshold);
        verdicts.push(...settled.verdicts);
        outbox = enqueue({ ...settled.outbox, waiting: structuredClone(settled.outbox.waiting) }, [waitingStep(at % given.length)]);
        at += size;
      }
      expect(verdicts).toEqual(inOrder.verdicts);
      expect(outbox).toEqual(inOrder.outbox);
      // None is lost: every step has a verdict or stood behind the rejection.
      const rejection = given.findIndex((score) => score === undefined || score < threshold);
      expect(verdicts).toHaveLength(rejection === -1 ? given.length : rejection + 1);
      expect(outbox.left.size).toBe(given.length);
    }), { numRuns: 10_000 });
  });

  test("asks for each step at most once and for none behind a rejection it knows, whatever fails on the way", () => {
    const outcome = fc.constantFrom("answered", "lost", "partly", "doubled");
    fc.assert(fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }), fc.array(outcome), fc.integer({ min: 1, max: 6 }), (given, outcomes, most) => {
      let outbox = queue(given.length);
      const scored = new Map<string, number>();
      const verdicts: SettledStep[] = [];
      for (let round = 0; outbox.waiting.length > 0; round += 1) {
        const batch = toScore(outbox, threshold, most);
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.map(({ index }) => index)).toEqual(batch.map(({ index }) => index).toSorted((a, b) => a - b));
        const how = outcomes[round] ?? "answered";
        if (how === "lost") continue;
        const delivered = how === "partly" ? batch.slice(-1) : batch;
        for (const step of delivered) scored.set(waitingKey(step), (scored.get(waitingKey(step)) ?? 0) + 1);
        const deliveries = delivered.map(({ index }) => delivery(index, given[index]));
        for (let times = how === "doubled" ? 2 : 1; times > 0; times -= 1) {
          const settled = settle(outbox, deliveries, threshold);
          verdicts.push(...settled.verdicts);
          outbox = settled.outbox;
        }
      }
      expect(Math.max(...scored.values())).toBe(1);
      const rejection = given.findIndex((score) => score < threshold);
      expect(verdicts.map(({ index }) => index)).toEqual(given.slice(0, rejection === -1 ? given.length : rejection + 1).map((_, index) => index));
    }), { numRuns: 2_000 });
  });
});
