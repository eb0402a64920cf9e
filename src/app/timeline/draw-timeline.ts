import { scaleLinear } from "d3-scale";
import { answerRow, type Rollback, type Span, type SpanKind, type Timeline } from "../../reasoning/timeline.ts";

/** Of the plot, in CSS pixels. */
export const rowHeight = 20;
export const labelWidth = 56;
const endWidth = 10;

/** How a mark is drawn: in the colour of the device or of the endpoint; faint before the first token, hatched where it did not stay. */
export type Paint = "edge" | "edge-faint" | "edge-hatch" | "cloud" | "cloud-faint" | "cloud-hatch" | "score" | "network" | "idle";

export type Mark = { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly paint: Paint };

/** Seconds shown, from and to. */
export type Stretch = readonly [from: number, to: number];

export const scaleOf = (shown: Stretch, width: number) => scaleLinear().domain(shown).range([labelWidth, Math.max(labelWidth + 1, width - endWidth)]);
export type TimeScale = ReturnType<typeof scaleOf>;

const paints: Readonly<Record<SpanKind, Paint>> = {
  "draft-prefill": "edge-faint", "draft-decode": "edge", idle: "idle", network: "network", score: "score", "base-prefill": "cloud-faint", "base-decode": "cloud",
};

/** The device's line of a row is the upper one, the endpoint's the lower one; the link is a thin one in it. */
const lanes: Readonly<Record<Paint, { readonly y: number; readonly height: number }>> = {
  edge: { y: 3, height: 6 }, "edge-faint": { y: 3, height: 6 }, "edge-hatch": { y: 3, height: 6 }, idle: { y: 5.5, height: 1 },
  cloud: { y: 11, height: 6 }, "cloud-faint": { y: 11, height: 6 }, "cloud-hatch": { y: 11, height: 6 }, score: { y: 11, height: 6 }, network: { y: 13, height: 2 },
};

export const paintOf = ({ kind, wasted }: Pick<Span, "kind" | "wasted">): Paint =>
  !wasted || kind === "network" || kind === "idle" ? paints[kind] : kind.startsWith("draft") ? "edge-hatch" : "cloud-hatch";

export const laneOf = (paint: Paint) => lanes[paint];

/** Its place in a plot whose row 0 is at the top; none where it lies outside of what is shown. */
export function markOf(span: Span, place: number, scale: TimeScale): Mark | undefined {
  const [from, to] = scale.domain();
  if (from === undefined || to === undefined || span.to < from || span.from > to) return undefined;
  const paint = paintOf(span);
  const { y, height } = lanes[paint];
  const x = scale(Math.max(span.from, from));
  // A stretch shorter than a pixel is still seen.
  return { x, y: place * rowHeight + y, width: Math.max(0.75, scale(Math.min(span.to, to)) - x), height, paint };
}

/** Rows of the plot: the steps' and, after the last one, the answer's. */
export function rowsOf(timeline: Timeline): { readonly steps: number; readonly all: number } {
  const steps = timeline.open.reduce((most, { row }) => (row === answerRow ? most : Math.max(most, row + 1)), timeline.rows.length);
  return { steps, all: steps + (timeline.answer.length > 0 || timeline.open.some(({ row }) => row === answerRow) ? 1 : 0) };
}

export function spansOfRow(timeline: Timeline, place: number, steps: number): readonly Span[] {
  const row = place === steps ? answerRow : place;
  const settled = row === answerRow ? timeline.answer : (timeline.rows[row] ?? []);
  const open = timeline.open.filter((span) => span.row === row);
  return open.length === 0 ? settled : [...settled, ...open];
}

/** The stretch under a point of a row, the nearest one within a few pixels. */
export function spanAt(spans: readonly Span[], x: number, y: number, scale: TimeScale): Span | undefined {
  const device = y < rowHeight / 2;
  let best: { span: Span; distance: number } | undefined;
  for (const span of spans) {
    if ((laneOf(paintOf(span)).y < 10) !== device) continue;
    const distance = Math.max(0, scale(span.from) - x, x - scale(span.to));
    if (distance <= 3 && (best === undefined || distance < best.distance || (distance === best.distance && span.to - span.from < best.span.to - best.span.from))) best = { span, distance };
  }
  return best?.span;
}

/** An arrow up from the last step that left to the first. */
export function rollbackPath({ at, toRow, fromRow }: Rollback, scale: TimeScale): string {
  const x = scale(at);
  const top = toRow * rowHeight + 1;
  const bottom = (fromRow + 1) * rowHeight - 1;
  return `M${x} ${bottom}V${top}M${x - 3} ${top + 4}L${x} ${top}L${x + 3} ${top + 4}`;
}

/** Zoomed by `factor` about a second, and kept within the run. */
export function zoomed([from, to]: Stretch, seconds: number, factor: number, about: number): Stretch {
  const least = Math.min(seconds, 0.05);
  const length = Math.min(seconds, Math.max(least, (to - from) * factor));
  const share = to === from ? 0.5 : (about - from) / (to - from);
  return moved([about - share * length, about - share * length + length], seconds, 0);
}

export function moved([from, to]: Stretch, seconds: number, by: number): Stretch {
  const length = to - from;
  const start = Math.min(Math.max(0, from + by), Math.max(0, seconds - length));
  return [start, start + length];
}

/** What each mark means. */
export const legendOf = ({ kinds, wasted }: { readonly kinds: Readonly<Record<SpanKind, string>>; readonly wasted: string }): readonly { readonly paint: Paint; readonly name: string; readonly spent: SpanKind | "wasted" }[] => [
  ...(["draft-prefill", "draft-decode", "idle", "network", "score", "base-prefill", "base-decode"] as const).map((kind) => ({ paint: paints[kind], name: kinds[kind], spent: kind })),
  { paint: "edge-hatch", name: wasted, spent: "wasted" },
];
