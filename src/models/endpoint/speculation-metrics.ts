/** What a server that speculates token by token has counted since it started (vLLM's `/metrics`). */
export type SpeculationCounts = {
  /** Forward passes of the base model that checked drafted tokens. */
  readonly drafts: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  /** Accepted tokens at each place of a draft, the first place first. */
  readonly acceptedAt: readonly number[];
};

export type Speculation = {
  /** Share of the drafted tokens that were accepted, 0-1. */
  readonly acceptance: number;
  /** Tokens written in one forward pass: the accepted ones and the base model's own. */
  readonly meanAcceptedLength: number;
  /** Share of the drafts that were accepted up to each place, 0-1. */
  readonly acceptanceAt: readonly number[];
};

const prefix = "vllm:spec_decode_num_";
const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+([-+.\w]+)(?:\s+\d+)?$/;
const label = (labels: string, name: string): string | undefined => new RegExp(`(?:^|,)${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(labels)?.[1];

/**
 * Reads the counts of one model, of all its engines together.
 * @param metrics Prometheus text
 * @param model counted alone where its name is among the labels; everything otherwise
 * @returns undefined where the server does not speculate
 */
export function speculationCounts(metrics: string, model: string): SpeculationCounts | undefined {
  const samples = metrics.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = sample.exec(line.trim()) ?? [];
    return name?.startsWith(prefix) === true ? [{ name: name.slice(prefix.length), labels, value: Number(value) }] : [];
  });
  const named = samples.some(({ labels }) => label(labels, "model_name") === model);
  const counted = samples.filter(({ labels, value }) => Number.isFinite(value) && (!named || label(labels, "model_name") === model));
  if (!counted.some(({ name }) => name === "drafts_total")) return undefined;
  const sum = (wanted: string): number => counted.reduce((total, { name, value }) => (name === wanted ? total + value : total), 0);
  const acceptedAt: number[] = [];
  for (const { name, labels, value } of counted) {
    const place = Number(label(labels, "position") ?? NaN);
    if (name !== "accepted_tokens_per_pos_total" || !Number.isInteger(place) || place < 0 || place > 1000) continue;
    while (acceptedAt.length <= place) acceptedAt.push(0);
    acceptedAt[place] = (acceptedAt[place] ?? 0) + value;
  }
  return { drafts: sum("drafts_total"), draftedTokens: sum("draft_tokens_total"), acceptedTokens: sum("accepted_tokens_total"), acceptedAt };
}

/** What happened between two readings, other users of the server included; undefined where nothing was drafted. */
export function speculationBetween(before: SpeculationCounts, after: SpeculationCounts): Speculation | undefined {
  // A server that restarted counts from zero.
  const start = after.drafts < before.drafts ? { drafts: 0, draftedTokens: 0, acceptedTokens: 0, acceptedAt: [] } : before;
  const drafts = after.drafts - start.drafts;
  const drafted = after.draftedTokens - start.draftedTokens;
  if (drafts <= 0 || drafted <= 0) return undefined;
  const accepted = after.acceptedTokens - start.acceptedTokens;
  return {
    acceptance: accepted / drafted,
    meanAcceptedLength: 1 + accepted / drafts,
    acceptanceAt: after.acceptedAt.map((count, place) => (count - (start.acceptedAt[place] ?? 0)) / drafts),
  };
}
