import type { ScaleLinear } from "d3-scale";
import type { ReactNode } from "react";

/** Of a plot in its own units, which are CSS pixels where there is room for them. */
export type Frame = { readonly width: number; readonly height: number; readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

type PlotFrameProps = {
  readonly frame: Frame;
  /** Read out in place of the drawing. */
  readonly label: string;
  readonly across: ScaleLinear<number, number>;
  readonly up: ScaleLinear<number, number>;
  readonly names: { readonly across: string; readonly up: string };
  readonly tick: { readonly across: (value: number) => string; readonly up: (value: number) => string };
  readonly children: ReactNode;
};

/** Axes with their names, lines across, and what is drawn within. */
export function PlotFrame({ frame, label, across, up, names, tick, children }: PlotFrameProps) {
  const { width, height, left, right, top, bottom } = frame;
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} className="w-full text-xs" style={{ maxWidth: `${width * 1.15}px` }} fill="currentColor">
      <text x={0} y={11} className="fill-quiet">{names.up}</text>
      {up.ticks(4).map((value) => (
        <g key={value} className="text-quiet">
          <line x1={left} x2={right} y1={up(value)} y2={up(value)} className="stroke-line" />
          <text x={left - 7} y={up(value) + 4} textAnchor="end" className="tabular-nums">{tick.up(value)}</text>
        </g>
      ))}
      {children}
      <line x1={left} x2={right} y1={bottom} y2={bottom} className="stroke-border" />
      <line x1={left} x2={left} y1={top} y2={bottom} className="stroke-border" />
      {across.ticks(5).map((value) => <text key={value} x={across(value)} y={bottom + 16} textAnchor="middle" className="fill-quiet tabular-nums">{tick.across(value)}</text>)}
      <text x={right} y={height - 4} textAnchor="end" className="fill-quiet">{names.across}</text>
    </svg>
  );
}
