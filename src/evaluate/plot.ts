import type { SettingSummary } from "./statistics.ts";

/** What an evaluation's accuracy is drawn against. */
export type PlotAxis = "seconds" | "baseTokens" | "threshold";
export type PlotMark = {
  readonly row: SettingSummary;
  /** Pixels, from the left and the top; `low` and `high` are of the interval. */
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  /** No other setting is both more accurate and cheaper. */
  readonly best: boolean;
};
export type Tick = { readonly at: number; readonly value: number };
export type Plot = {
  readonly width: number;
  readonly height: number;
  readonly frame: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly across: readonly Tick[];
  readonly up: readonly Tick[];
  readonly marks: readonly PlotMark[];
};

/** Round numbers from 0 or `least` to at least `most`, about five of them. */
export function roundTicks(least: number, most: number): readonly number[] {
  const raw = Math.max(most - least, 1e-9) / 4;
  const scale = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((round) => round * scale >= raw) ?? 10) * scale;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.ceil(most / step - 1e-9);
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Where the points of a plot lie: accuracy (0 to 1) up, the axis across. Rows that have no value on the axis are left out. */
export function plotOf(rows: readonly SettingSummary[], axis: PlotAxis, [width, height]: readonly [number, number]): Plot {
  const frame = { left: 52, right: width - 16, top: 14, bottom: height - 44 };
  const drawn = rows.flatMap((row) => (row[axis] === undefined ? [] : [{ row, value: row[axis] }]));
  const values = drawn.map(({ value }) => value);
  const across = axis === "threshold" ? roundTicks(0, 9) : roundTicks(0, Math.max(1e-3, ...values));
  const up = roundTicks(Math.max(0, Math.min(1, ...drawn.map(({ row }) => row.interval.low)) - 0.02), 1);
  const between = (ticks: readonly number[], from: number, to: number) => {
    const [first = 0, last = 1] = [ticks[0], ticks.at(-1)];
    return (value: number): number => from + ((value - first) / (last - first)) * (to - from);
  };
  const x = between(across, frame.left, frame.right);
  const y = between(up, frame.bottom, frame.top);
  return {
    width, height, frame,
    across: across.map((value) => ({ value, at: x(value) })),
    up: up.map((value) => ({ value, at: y(value) })),
    marks: drawn.map(({ row, value }) => ({
      row, x: x(value), y: y(row.accuracy), low: y(row.interval.low), high: y(row.interval.high),
      best: axis !== "threshold" && drawn.every((other) => other.row === row || other.row.accuracy < row.accuracy || other.value > value || (other.row.accuracy === row.accuracy && other.value === value)),
    })),
  };
}

export type PlacedLabel = { readonly x: number; readonly y: number; readonly anchor: "start" | "end" };

/** Where each mark's name stands beside it, in the order of the marks; undefined where it would cover another name or mark. `width` is of a character. */
export function placeLabels({ marks, frame }: Plot, names: readonly string[], width = 6.5): readonly (PlacedLabel | undefined)[] {
  const height = 13;
  const taken = marks.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  return marks.map(({ x, y }, index) => {
    const long = (names[index]?.length ?? 0) * width;
    for (const [across, down] of [[1, -7], [1, 15], [-1, -7], [-1, 15], [1, 4], [-1, 4], [1, 28], [-1, 28], [1, -20], [-1, -20]] as const) {
      const label: PlacedLabel = { x: x + 9 * across, y: y + down, anchor: across === 1 ? "start" : "end" };
      const box = { left: across === 1 ? label.x : label.x - long, right: across === 1 ? label.x + long : label.x, top: label.y - height + 3, bottom: label.y + 3 };
      if (box.left < frame.left || box.right > frame.right + 12 || box.top < 0 || box.bottom > frame.bottom) continue;
      if (taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom)) continue;
      taken.push(box);
      return label;
    }
    return undefined;
  });
}
