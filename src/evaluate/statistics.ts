import { seededRandom } from "../models/seeded-random.ts";
import { grouped } from "./grouped.ts";
import type { Outcome } from "./outcome.ts";
import type { EvaluatedMode } from "./plan.ts";

/** One mode at one threshold. */
export type SettingSummary = {
  readonly mode: EvaluatedMode;
  readonly threshold?: number;
  readonly problems: number;
  readonly runs: number;
  readonly right: number;
  /** pass@1: the share of runs whose answer is right, each problem weighing the same. */
  readonly accuracy: number;
  /** 95 % interval: Wilson's for one sample a problem; for more, problems drawn anew 2,000 times (samples of one problem are not independent). */
  readonly interval: { readonly by: "wilson" | "bootstrap"; readonly low: number; readonly high: number };
  /** Of a run, on average. */
  readonly seconds: number;
  readonly draftTokens: number;
  readonly baseTokens: number;
  /** Scores included. */
  readonly baseRequests: number;
  /** Share of the scored steps that stayed; absent where none was scored. */
  readonly acceptance?: number;
};

const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);
/** 97.5 % of a normal distribution lie below it. */
const z = 1.959964;

/** Wilson's score interval of a share (Wilson 1927). */
export function wilson(right: number, of: number): { readonly low: number; readonly high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const share = right / of;
  const middle = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const whole = 1 + (z * z) / of;
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) };
}

const resamples = 2_000;

/** Percentiles of the mean over problems that are drawn anew, with repetition; the same for the same shares. */
export function bootstrap(shares: readonly number[]): { readonly low: number; readonly high: number } {
  const random = seededRandom(shares.length);
  const means = Array.from({ length: resamples }, () => mean(shares.map(() => shares[Math.floor(random() * shares.length)] ?? 0))).toSorted((one, other) => one - other);
  return { low: means[Math.floor(resamples * 0.025)] ?? 0, high: means[Math.ceil(resamples * 0.975) - 1] ?? 1 };
}

/** In the order in which the settings first came. */
export function summarise(outcomes: Iterable<Outcome>): readonly SettingSummary[] {
  return [...grouped(outcomes, ({ mode, threshold }) => `${mode} ${threshold ?? ""}`).values()].map(summariseSetting);
}

function summariseSetting(outcomes: readonly Outcome[]): SettingSummary {
  const byProblem = grouped(outcomes, ({ problem }) => problem);
  const shares = [...byProblem.values()].map((runs) => mean(runs.map(({ right }) => Number(right))));
  const right = outcomes.filter((outcome) => outcome.right).length;
  const scored = outcomes.reduce((sum, { scoredSteps }) => sum + scoredSteps, 0);
  const accepted = outcomes.reduce((sum, { acceptedSteps }) => sum + acceptedSteps, 0);
  const [first] = outcomes;
  return {
    mode: first?.mode ?? "auto", ...(first?.threshold === undefined ? {} : { threshold: first.threshold }),
    problems: byProblem.size, runs: outcomes.length, right, accuracy: mean(shares),
    interval: outcomes.length === byProblem.size ? { by: "wilson", ...wilson(right, outcomes.length) } : { by: "bootstrap", ...bootstrap(shares) },
    seconds: mean(outcomes.map(({ seconds }) => seconds)),
    draftTokens: mean(outcomes.map(({ draftTokens }) => draftTokens)),
    baseTokens: mean(outcomes.map(({ baseTokens }) => baseTokens)),
    baseRequests: mean(outcomes.map(({ baseRequests }) => baseRequests)),
    ...(scored === 0 ? {} : { acceptance: Math.min(1, accepted / scored) }),
  };
}
