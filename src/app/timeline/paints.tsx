import type { Paint } from "./draw-timeline.ts";

/** Of one drawing: the page's follows its theme, a saved one holds the colours of the moment. */
export type Palette = { readonly edge: string; readonly cloud: string; readonly ink: string; readonly quiet: string; readonly line: string; readonly alarm: string; readonly paper: string };

export const pagePalette: Palette = {
  edge: "var(--color-edge)", cloud: "var(--color-cloud)", ink: "var(--color-ink)", quiet: "var(--color-quiet)",
  line: "var(--color-line)", alarm: "var(--color-alarm)", paper: "var(--color-paper)",
};

/** SVG attributes of a rectangle so painted. */
export function paintAttributes(paint: Paint, palette: Palette): { readonly fill: string; readonly fillOpacity?: number; readonly stroke?: string } {
  switch (paint) {
    case "edge":
    case "cloud":
      return { fill: palette[paint] };
    case "edge-faint":
      return { fill: palette.edge, fillOpacity: 0.4 };
    case "cloud-faint":
      return { fill: palette.cloud, fillOpacity: 0.4 };
    case "edge-hatch":
      return { fill: "url(#timeline-edge-hatch)" };
    case "cloud-hatch":
      return { fill: "url(#timeline-cloud-hatch)" };
    case "score":
      return { fill: palette.paper, stroke: palette.cloud };
    case "network":
      return { fill: palette.cloud };
    case "idle":
      return { fill: palette.quiet };
  }
}

export const hatches = [["timeline-edge-hatch", "edge"], ["timeline-cloud-hatch", "cloud"]] as const;
export const hatchPath = "M-1 1L1 -1M0 4L4 0M3 5L5 3";

export function Hatches() {
  return (
    <defs>
      {hatches.map(([id, colour]) => (
        <pattern key={id} id={id} width="4" height="4" patternUnits="userSpaceOnUse">
          <path d={hatchPath} stroke={pagePalette[colour]} strokeWidth="1.2" />
        </pattern>
      ))}
    </defs>
  );
}
