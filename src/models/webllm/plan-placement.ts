/**
 * How tokens can be appended to a KV cache that is not empty: in one forward, only one by one, or not at all.
 * Some model libraries compute the first of these wrong.
 */
export type AppendWay = "prefill" | "steps" | "never";

export type PlacementMeans = {
  readonly rollback: boolean;
  readonly append: AppendWay;
  readonly reuse: "fastest" | "always";
  /** Most tokens of one forward. */
  readonly prefillChunk: number;
  readonly secondsPerPrefilled: number;
  readonly secondsPerDecoded: number;
};

export type Placement = {
  /** How many held tokens stay. */
  readonly keep: number;
  /** How many held tokens would have served but for the means. */
  readonly lost: number;
  /** Half-open ranges of the wanted tokens, to be forwarded in this order; at least one token, so that there are logits. */
  readonly forwards: readonly { readonly way: "prefill" | "step"; readonly from: number; readonly to: number }[];
};

/** How to make a cache that holds `held` hold `wanted`: the longest common prefix stays, as far as the means allow. */
export function planPlacement(held: readonly number[], wanted: readonly number[], means: PlacementMeans): Placement {
  let common = 0;
  while (common < held.length && common < wanted.length - 1 && held[common] === wanted[common]) common += 1;
  const { rollback, append, reuse, prefillChunk } = means;
  const possible = (rollback || common === held.length) && append !== "never";
  const keep = possible && !(append === "steps" && reuse === "fastest" && freshIsFaster(common, wanted.length, means)) ? common : 0;
  // Where appending in one forward is wrong, so is every chunk but the first.
  const firstStep = append !== "steps" ? wanted.length : keep === 0 ? Math.min(wanted.length, prefillChunk) : keep;
  const forwards: { way: "prefill" | "step"; from: number; to: number }[] = [];
  for (let from = keep; from < firstStep; from += prefillChunk) forwards.push({ way: "prefill", from, to: Math.min(firstStep, from + prefillChunk) });
  for (let from = firstStep; from < wanted.length; from++) forwards.push({ way: "step", from, to: from + 1 });
  return { keep, lost: common - keep, forwards };
}

function freshIsFaster(common: number, length: number, { prefillChunk, secondsPerPrefilled, secondsPerDecoded }: PlacementMeans): boolean {
  const appended = (length - common) * secondsPerDecoded;
  const fresh = Math.min(length, prefillChunk) * secondsPerPrefilled + Math.max(0, length - prefillChunk) * secondsPerDecoded;
  return fresh < appended;
}
