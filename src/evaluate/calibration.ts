import { seededRandom } from "../models/seeded-random.ts";
import type { JudgedStep } from "./judged-steps.ts";
import { wilson } from "./statistics.ts";

export type Interval = { readonly low: number; readonly high: number };

export const highestScore = 9;
const binWidth = 0.5;

/** Scores from `from` up to `to`, the last bin's `to` included. */
export type Bin = { readonly from: number; readonly to: number; readonly right: number; readonly wrong: number };

/** How many right and wrong steps have which scores, in bins of half a score from 0 to 9. */
export function histogram(steps: readonly JudgedStep[]): readonly Bin[] {
  const bins = Array.from({ length: highestScore / binWidth }, (_, place) => ({ from: place * binWidth, to: (place + 1) * binWidth, right: 0, wrong: 0 }));
  for (const { score, right } of steps) {
    const bin = bins[Math.min(bins.length - 1, Math.max(0, Math.floor(score / binWidth)))];
    if (bin !== undefined) bin[right ? "right" : "wrong"]++;
  }
  return bins;
}

/** What accepting from a threshold on does: both are shares from 0 to 1. */
export type RocPoint = {
  readonly threshold: number;
  /** Of the right steps, so many are accepted. */
  readonly rightAccepted: number;
  /** Of the wrong steps, so many are accepted. */
  readonly wrongAccepted: number;
};

/** The receiver operating characteristic, from the highest score down; begins where nothing is accepted. Empty where all steps are right, or all wrong. */
export function rocCurve(steps: readonly JudgedStep[]): readonly RocPoint[] {
  const right = steps.filter((step) => step.right).length;
  const wrong = steps.length - right;
  if (right === 0 || wrong === 0) return [];
  const points: RocPoint[] = [{ threshold: Infinity, rightAccepted: 0, wrongAccepted: 0 }];
  let accepted = { right: 0, wrong: 0 };
  for (const { score, ...counts } of byScore(steps).toReversed()) {
    accepted = { right: accepted.right + counts.right, wrong: accepted.wrong + counts.wrong };
    points.push({ threshold: score, rightAccepted: accepted.right / right, wrongAccepted: accepted.wrong / wrong });
  }
  return points;
}

type Tied = { readonly score: number; readonly right: number; readonly wrong: number };

/** Steps of the same score together, lowest first. */
function byScore(steps: readonly JudgedStep[]): readonly Tied[] {
  const tied = new Map<number, { score: number; right: number; wrong: number }>();
  for (const { score, right } of steps) {
    const same = tied.get(score) ?? { score, right: 0, wrong: 0 };
    same[right ? "right" : "wrong"]++;
    tied.set(score, same);
  }
  return [...tied.values()].toSorted((one, other) => one.score - other.score);
}

/**
 * The probability that a right step has a higher score than a wrong one, ties counting half: the area under the ROC curve
 * (Mann and Whitney's U). Undefined where all steps are right, or all wrong.
 */
export function areaUnderRoc(steps: readonly JudgedStep[]): number | undefined {
  let [right, wrong, pairs] = [0, 0, 0];
  for (const group of byScore(steps)) {
    pairs += group.right * (wrong + group.wrong / 2);
    right += group.right;
    wrong += group.wrong;
  }
  return right === 0 || wrong === 0 ? undefined : pairs / (right * wrong);
}

/** Of so many steps and runs together no more is computed than fits into a frame. */
const most = { resamples: 1_000, work: 2_000_000 };
const fewestResamples = 200;

/**
 * 95 % interval of the area: whole runs drawn anew with repetition, 1,000 times or fewer where there are many steps, since
 * steps of a run are not independent; the same for the same steps. Where no score of a wrong step reaches a right one's,
 * drawing anew cannot tell how sure that is: then it is at least Wilson's interval of as many right guesses as there are
 * steps of the rarer kind.
 */
export function areaInterval(steps: readonly JudgedStep[]): Interval {
  const area = areaUnderRoc(steps);
  if (area === undefined) return { low: 0, high: 1 };
  const areas = drawnAreas(steps).toSorted();
  const drawn = { low: areas[Math.floor(areas.length * 0.025)] ?? 0, high: areas[Math.ceil(areas.length * 0.975) - 1] ?? 1 };
  const right = steps.filter((step) => step.right).length;
  const rarer = Math.min(right, steps.length - right);
  if (area === 1) return { low: Math.min(drawn.low, wilson(rarer, rarer).low), high: 1 };
  if (area === 0) return { low: 0, high: Math.max(drawn.high, wilson(0, rarer).high) };
  return drawn;
}

/** Areas of the steps of runs drawn anew; a drawing whose steps are all right, or all wrong, has none. */
function drawnAreas(steps: readonly JudgedStep[]): Float64Array {
  const places = new Map([...new Set(steps.map(({ run }) => run))].map((run, place) => [run, place]));
  const sorted = steps.toSorted((one, other) => one.score - other.score);
  const runOf = Uint32Array.from(sorted, ({ run }) => places.get(run) ?? 0);
  const isRight = Uint8Array.from(sorted, (step) => Number(step.right));
  /** Of the steps of the same score. */
  const isLast = Uint8Array.from(sorted, ({ score }, place) => Number(sorted[place + 1]?.score !== score));
  const random = seededRandom(steps.length);
  const times = new Uint32Array(places.size);
  const areas = Array.from({ length: Math.max(fewestResamples, Math.min(most.resamples, Math.floor(most.work / steps.length))) }, () => {
    times.fill(0);
    for (let drawn = 0; drawn < places.size; drawn++) {
      const place = Math.floor(random() * places.size);
      times[place] = (times[place] ?? 0) + 1;
    }
    let [right, wrong, tiedRight, tiedWrong, pairs] = [0, 0, 0, 0, 0];
    for (let place = 0; place < sorted.length; place++) {
      const weight = times[runOf[place] ?? 0] ?? 0;
      if (isRight[place] === 1) tiedRight += weight;
      else tiedWrong += weight;
      if (isLast[place] === 0) continue;
      pairs += tiedRight * (wrong + tiedWrong / 2);
      right += tiedRight;
      wrong += tiedWrong;
      tiedRight = 0;
      tiedWrong = 0;
    }
    return pairs / (right * wrong);
  });
  return Float64Array.from(areas.filter((area) => !Number.isNaN(area)));
}

/** What accepting from a threshold on would have done with these steps. */
export type ThresholdCost = {
  readonly threshold: number;
  readonly accepted: number;
  readonly wrongAccepted: number;
  readonly rightRejected: number;
  /** Share of the accepted steps that are wrong; 0 where none is accepted. */
  readonly errorRate: number;
  /** Wilson's 95 % interval of it. */
  readonly interval: Interval;
  /** Share of all steps that are rejected, which the base model then writes. */
  readonly rejected: number;
};

export function thresholdCost(steps: readonly JudgedStep[], threshold: number): ThresholdCost {
  let [accepted, wrongAccepted, rightRejected] = [0, 0, 0];
  for (const { score, right } of steps) {
    if (score >= threshold) accepted++;
    if (score >= threshold && !right) wrongAccepted++;
    if (score < threshold && right) rightRejected++;
  }
  return {
    threshold, accepted, wrongAccepted, rightRejected, errorRate: accepted === 0 ? 0 : wrongAccepted / accepted,
    interval: wilson(wrongAccepted, accepted), rejected: steps.length === 0 ? 0 : 1 - accepted / steps.length,
  };
}

/** The thresholds Settings offers, tenths of a score. */
export const thresholds: readonly number[] = Array.from({ length: highestScore * 10 + 1 }, (_, tenths) => tenths / 10);

/** Fewer right or wrong steps than this say nothing. */
export const fewestOfEach = 10;

export type ThresholdChoice =
  /** `sure`: even the upper end of the interval meets the wanted rate. */
  | { readonly kind: "found"; readonly cost: ThresholdCost; readonly sure: boolean }
  /** The lowest error rate there is, at a threshold that accepts anything. */
  | { readonly kind: "none"; readonly best: ThresholdCost | undefined }
  | { readonly kind: "too-few"; readonly right: number; readonly wrong: number };

/**
 * The lowest threshold at which no more than the wanted share of the accepted steps is wrong; where several thresholds in a
 * row accept the same steps, the one in the middle, farthest from the scores on either side.
 */
export function chooseThreshold(steps: readonly JudgedStep[], wanted: number): ThresholdChoice {
  const right = steps.filter((step) => step.right).length;
  if (right < fewestOfEach || steps.length - right < fewestOfEach) return { kind: "too-few", right, wrong: steps.length - right };
  const costs = thresholds.map((threshold) => thresholdCost(steps, threshold)).filter(({ accepted }) => accepted > 0);
  const lowest = costs.findIndex(({ errorRate }) => errorRate <= wanted);
  const alike = costs.slice(Math.max(0, lowest)).filter(({ accepted }) => accepted === costs[lowest]?.accepted);
  const cost = alike[Math.floor((alike.length - 1) / 2)];
  if (cost !== undefined) return { kind: "found", cost, sure: cost.interval.high <= wanted };
  return { kind: "none", best: costs.reduce<ThresholdCost | undefined>((best, one) => (best === undefined || one.errorRate < best.errorRate ? one : best), undefined) };
}

/**
 * So many accepted steps would make sure that a wanted rate is met, if the error rate stayed what it is: Wilson's upper end
 * meets it from there on. Undefined where the rate is no lower than the wanted one, so that no number would.
 */
export function acceptedForCertainty(errorRate: number, wanted: number): number | undefined {
  if (errorRate >= wanted) return undefined;
  const meets = (accepted: number): boolean => wilson(errorRate * accepted, accepted).high <= wanted;
  let [fails, holds] = [0, 1];
  while (!meets(holds)) [fails, holds] = [holds, holds * 2];
  while (holds - fails > 1) {
    const middle = Math.floor((fails + holds) / 2);
    if (meets(middle)) holds = middle;
    else fails = middle;
  }
  return holds;
}
