import type { StepId } from "../reasoning/events.ts";

/** A step that stands in a transcript without a verdict and is to get one when its base model answers again. */
export type WaitingStep = {
  readonly run: string;
  readonly step: StepId;
  /** Its place in the transcript. */
  readonly index: number;
  /** Hash of the transcript up to and with this step: a score counts only for the text it was given for. */
  readonly prefix: string;
  readonly base: string;
  /** The base model's score is known, but not yet that of a step before it. */
  readonly scored: boolean;
  /** 0-9; absent although scored where the base model gave no digit, which rejects the step. */
  readonly score?: number;
  /** It was rejected after what follows it had been written: it waits for somebody's decision, and the steps behind it with it. */
  readonly rejected?: true;
};

/** The waiting steps of one run, in the order of the transcript, and the keys of those that have left. */
export type Outbox = { readonly waiting: readonly WaitingStep[]; readonly left: ReadonlySet<string> };

export const emptyOutbox: Outbox = { waiting: [], left: new Set() };

type Key = Pick<WaitingStep, "run" | "step" | "prefix" | "base">;
export const waitingKey = ({ run, step, prefix, base }: Key): string => JSON.stringify([run, step, prefix, base]);

/** Steps already waiting, or that have left, are not queued again. */
export function enqueue(outbox: Outbox, steps: readonly WaitingStep[]): Outbox {
  const known = new Set(outbox.waiting.map(waitingKey));
  const fresh: WaitingStep[] = [];
  for (const step of steps) {
    const key = waitingKey(step);
    if (known.has(key) || outbox.left.has(key)) continue;
    known.add(key);
    fresh.push(step);
  }
  return fresh.length === 0 ? outbox : { ...outbox, waiting: [...outbox.waiting, ...fresh].toSorted((a, b) => a.index - b.index) };
}

/**
 * What to score next, at most so many, in order: the shortest way to the first rejection.
 * Nothing twice, and nothing behind a step whose score already rejects it, for it will be rolled back.
 */
export function toScore(outbox: Outbox, threshold: number, most: number): readonly WaitingStep[] {
  const rejection = outbox.waiting.findIndex((step) => step.scored && !passes(step, threshold));
  const open = rejection === -1 ? outbox.waiting : outbox.waiting.slice(0, rejection);
  return open.filter((step) => !step.scored).slice(0, most);
}

export type Delivery = Key & { readonly score?: number };
export type SettledStep = { readonly step: StepId; readonly index: number; readonly verdict: "accepted" | "rejected" };
export type Settlement = { readonly outbox: Outbox; readonly verdicts: readonly SettledStep[] };

/**
 * Takes in scores, in whatever order and however often they arrive, and gives the verdicts that are now due, in order:
 * a step is accepted once all before it are; the first rejection drops all that waits behind it.
 */
export function settle(outbox: Outbox, deliveries: readonly Delivery[], threshold: number): Settlement {
  const scores = new Map<string, Delivery>();
  for (const delivery of deliveries) if (!scores.has(waitingKey(delivery))) scores.set(waitingKey(delivery), delivery);
  const waiting = outbox.waiting.map((step): WaitingStep => {
    const delivery = step.scored ? undefined : scores.get(waitingKey(step));
    if (delivery === undefined) return step;
    return { ...step, scored: true, ...(delivery.score === undefined ? {} : { score: delivery.score }) };
  });

  const verdicts: SettledStep[] = [];
  for (const step of waiting) {
    if (!step.scored) break;
    const verdict = passes(step, threshold) ? "accepted" : "rejected";
    verdicts.push({ step: step.step, index: step.index, verdict });
    if (verdict === "rejected") break;
  }
  const leaving = verdicts.at(-1)?.verdict === "rejected" ? waiting.length : verdicts.length;
  if (leaving === 0) return { outbox: { ...outbox, waiting }, verdicts };
  const left = new Set(outbox.left);
  for (const step of waiting.slice(0, leaving)) left.add(waitingKey(step));
  return { outbox: { waiting: waiting.slice(leaving), left }, verdicts };
}

const passes = ({ score }: WaitingStep, threshold: number): boolean => score !== undefined && score >= threshold;
