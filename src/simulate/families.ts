import { seededRandom } from "../models/seeded-random.ts";
import type { Trace, TraceStep } from "./trace.ts";

/** A kind of synthetic trace: how often drafts fail, in what pattern, and how long steps are. */
export type Family = {
  readonly name: string;
  /** Chance that a draft is rejected after an accepted and after a rejected one, at a point 0-1 of a run as hard as 0-1. */
  readonly rejection: (progress: number, hardness: number) => { readonly afterAccepted: number; readonly afterRejected: number };
  /** Mean tokens of an accepted draft, a rejected draft and a correction. */
  readonly tokens: { readonly accepted: number; readonly rejected: number; readonly correction: number };
  readonly steps: readonly [least: number, most: number];
  /** How far lengths of steps spread, from all the same at 0 to an exponential distribution at 1. */
  readonly spread?: number;
};

const steady = (rate: number) => () => ({ afterAccepted: rate, afterRejected: rate });
const usual = { accepted: 30, rejected: 28, correction: 28 };

/** From easy to hostile. The timing is that of the recorded pair named in the README. */
export const families: readonly Family[] = [
  // Guesses at the recorded pair's traces, which come near its figures for the sequential loop and for plain overlap.
  {
    name: "as recorded A",
    rejection: (_, hardness) => (hardness < 0.9 ? { afterAccepted: 0.08, afterRejected: 0.49 } : { afterAccepted: 0.16, afterRejected: 0.6 }),
    tokens: { accepted: 18, rejected: 20, correction: 40 },
    steps: [20, 90],
  },
  {
    name: "as recorded B",
    rejection: (_, hardness) => (hardness < 0.72 ? { afterAccepted: 0.09, afterRejected: 0.42 } : { afterAccepted: 0.48, afterRejected: 0.73 }),
    tokens: { accepted: 23, rejected: 31, correction: 22 },
    steps: [20, 90],
  },
  {
    name: "as recorded C",
    rejection: (_, hardness) => (hardness < 0.84 ? { afterAccepted: 0.1, afterRejected: 0.45 } : { afterAccepted: 0.32, afterRejected: 0.68 }),
    tokens: { accepted: 27, rejected: 37, correction: 15 },
    steps: [20, 90],
  },
  {
    name: "as recorded D",
    rejection: (_, hardness) => (hardness < 0.79 ? { afterAccepted: 0.03, afterRejected: 0.6 } : { afterAccepted: 0.47, afterRejected: 0.89 }),
    tokens: { accepted: 21, rejected: 28, correction: 9 },
    steps: [20, 90],
  },
  // Found by a search for families that also give the figures of a plain race: runs of rejections, whose drafts are longer than the others. E gives all of them within 3 %.
  {
    name: "as recorded E",
    rejection: (_, hardness) => (hardness < 0.78 ? { afterAccepted: 0.06, afterRejected: 0.75 } : { afterAccepted: 0.13, afterRejected: 0.7 }),
    tokens: { accepted: 22, rejected: 36, correction: 21 },
    steps: [11, 77],
    spread: 0.2,
  },
  {
    name: "as recorded F",
    rejection: (_, hardness) => (hardness < 0.86 ? { afterAccepted: 0.06, afterRejected: 0.86 } : { afterAccepted: 0.21, afterRejected: 0.67 }),
    tokens: { accepted: 26, rejected: 35, correction: 26 },
    steps: [22, 79],
  },
  {
    name: "as recorded G",
    rejection: (_, hardness) => (hardness < 0.89 ? { afterAccepted: 0.09, afterRejected: 0.53 } : { afterAccepted: 0.36, afterRejected: 0.56 }),
    tokens: { accepted: 21, rejected: 33, correction: 12 },
    steps: [21, 34],
    spread: 0.9,
  },
  {
    name: "as recorded H",
    rejection: (_, hardness) => (hardness < 0.78 ? { afterAccepted: 0.07, afterRejected: 0.84 } : { afterAccepted: 0.39, afterRejected: 0.3 }),
    tokens: { accepted: 26, rejected: 27, correction: 20 },
    steps: [22, 87],
    spread: 0.85,
  },
  { name: "easy", rejection: steady(0.03), tokens: usual, steps: [20, 80] },
  { name: "usual", rejection: steady(0.15), tokens: usual, steps: [20, 80] },
  { name: "mixed", rejection: steady(0.3), tokens: usual, steps: [20, 80] },
  { name: "coin", rejection: steady(0.5), tokens: usual, steps: [20, 80] },
  { name: "hard", rejection: steady(0.7), tokens: usual, steps: [20, 80] },
  { name: "hostile", rejection: steady(0.9), tokens: usual, steps: [20, 80] },
  { name: "bursts", rejection: () => ({ afterAccepted: 0.1, afterRejected: 0.75 }), tokens: usual, steps: [20, 80] },
  { name: "drifting", rejection: (at) => ({ afterAccepted: 0.05 + 0.6 * at, afterRejected: 0.1 + 0.8 * at }), tokens: usual, steps: [30, 80] },
  { name: "alternating", rejection: () => ({ afterAccepted: 0.8, afterRejected: 0.1 }), tokens: usual, steps: [20, 80] },
  { name: "short steps", rejection: steady(0.25), tokens: { accepted: 12, rejected: 12, correction: 12 }, steps: [30, 120] },
  { name: "long steps", rejection: steady(0.25), tokens: { accepted: 90, rejected: 90, correction: 90 }, steps: [20, 50] },
];

const recordedTiming: Trace["timing"] = {
  draft: { startSeconds: 0.108, secondsPerToken: 0.0056 },
  base: { startSeconds: 0.1, secondsPerToken: 0.0448 },
  score: { seconds: 0.161 },
};

/** A trace of one family, always the same for the same seed. Lengths of steps are spread as those of real chains: many short ones, a few long. */
export function traceOf(family: Family, { runs, seed, timing = recordedTiming }: { readonly runs: number; readonly seed: number; readonly timing?: Trace["timing"] }): Trace {
  const random = seededRandom(seed);
  const { steps: [least, most], spread = 0.65 } = family;
  const length = (mean: number) => Math.max(3, Math.round(mean * (1 - spread - spread * Math.log(1 - random()))));
  return {
    name: family.name,
    timing,
    runs: Array.from({ length: runs }, (_, number) => {
      const count = least + Math.floor(random() * (most - least + 1));
      const hardness = random();
      let rejectedBefore = false;
      const steps = Array.from({ length: count }, (__, index): TraceStep => {
        const { afterAccepted, afterRejected } = family.rejection(index / count, hardness);
        const rejected = random() < (rejectedBefore ? afterRejected : afterAccepted);
        rejectedBefore = rejected;
        return rejected
          ? { draftTokens: length(family.tokens.rejected), score: 6.9 * random(), baseTokens: length(family.tokens.correction) }
          : { draftTokens: length(family.tokens.accepted), score: 7 + 2 * random(), baseTokens: null };
      });
      return { id: `${family.name}-${number}`, steps };
    }),
  };
}
