import { grouped } from "../../evaluate/grouped.ts";
import type { EvaluatedMode } from "../../evaluate/plan.ts";
import { placeLabels, plotOf, type PlotAxis, type PlotMark } from "../../evaluate/plot.ts";
import type { SettingSummary } from "../../evaluate/statistics.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useEvaluateWords } from "./evaluate-words.ts";
import { useNaming } from "./naming.ts";

/** The models alone in their own colours; together, told apart by shape as well. */
const looks: Readonly<Record<EvaluatedMode, { readonly colour: string; readonly shape: string }>> = {
  draft: { colour: "text-edge", shape: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0" },
  base: { colour: "text-cloud", shape: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0" },
  sync: { colour: "text-ink", shape: "M-4.5-4.5h9v9h-9z" },
  async: { colour: "text-ink", shape: "M0-6L5.5 4h-11z" },
  auto: { colour: "text-ink", shape: "M0-6.5L6.5 0L0 6.5L-6.5 0z" },
};

export function AccuracyPlot({ rows, axis }: { readonly rows: readonly SettingSummary[]; readonly axis: PlotAxis }) {
  const words = useEvaluateWords().plots;
  const naming = useNaming();
  const { short, percent } = useNumbers();
  const plot = plotOf(rows, axis, [440, 300]);
  const { frame, across, up, marks, width, height } = plot;
  const nameOf = ({ row: { mode, threshold } }: PlotMark): string =>
    (threshold === undefined || axis === "threshold" ? words.modes[mode] : `${words.modes[mode]} ${short(threshold)}`);
  const names = marks.map(nameOf);
  // A Chinese character is as wide as two others.
  const labels = placeLabels(plot, names.map((name) => name.replaceAll(/\p{Script=Han}/gu, "xx")));
  return (
    <svg role="img" aria-label={words.label(words.axes[axis])} viewBox={`0 0 ${width} ${height}`} className="w-full max-w-[36rem] text-xs" fill="currentColor">
      {up.map(({ at, value }) => (
        <g key={value} className="text-quiet">
          <line x1={frame.left} x2={frame.right} y1={at} y2={at} className="stroke-line" />
          <text x={frame.left - 8} y={at + 4} textAnchor="end">{percent(value)}</text>
        </g>
      ))}
      {across.map(({ at, value }) => <text key={value} x={at} y={frame.bottom + 18} textAnchor="middle" className="text-quiet">{short(value)}</text>)}
      <text x={(frame.left + frame.right) / 2} y={height - 6} textAnchor="middle" className="text-quiet">{words.axes[axis]}</text>
      {linesOf(marks, axis).map(({ name, points }) => <polyline key={name} points={points} className="fill-none stroke-quiet" strokeDasharray={axis === "threshold" ? undefined : "3 3"} />)}
      {marks.map(({ row, x, y, low, high, best }, index) => {
        const { colour, shape } = looks[row.mode];
        const label = labels[index];
        return (
          <g key={`${row.mode} ${row.threshold ?? ""}`} className={colour}>
            <title>{`${naming.setting(row)}: ${percent(row.accuracy)}`}</title>
            <line x1={x} x2={x} y1={low} y2={high} stroke="currentColor" opacity="0.4" strokeWidth="1.5" />
            <path d={shape} transform={`translate(${x} ${y})`} stroke="currentColor" strokeWidth="1.75" className={best ? "" : "fill-paper"} />
            {label !== undefined && <text x={label.x} y={label.y} textAnchor={label.anchor}>{names[index]}</text>}
          </g>
        );
      })}
    </svg>
  );
}

/** Over the thresholds a line for each mode; against a cost one through those that nothing beats. */
function linesOf(marks: readonly PlotMark[], axis: PlotAxis): readonly { readonly name: string; readonly points: string }[] {
  const lines = grouped(axis === "threshold" ? marks : marks.filter(({ best }) => best), ({ row }) => (axis === "threshold" ? row.mode : "best"));
  return [...lines].map(([name, line]) => ({ name, points: line.toSorted((one, other) => one.x - other.x).map(({ x, y }) => `${x},${y}`).join(" ") }));
}
