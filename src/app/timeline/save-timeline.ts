import type { Timeline } from "../../reasoning/timeline.ts";
import { labelWidth, laneOf, legendOf, markOf, rollbackPath, rowHeight, rowsOf, scaleOf, spansOfRow, type Paint, type Stretch } from "./draw-timeline.ts";
import { hatches, hatchPath, paintAttributes, type Palette } from "./paints.tsx";
import type { TimelineWords } from "./timeline-words.ts";

const width = 960;
const axisHeight = 22;
const legendHeight = 30;

/** The page's colours as they are now. */
export function coloursNow(): Palette {
  const probe = document.createElement("span");
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--color-${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = { edge: colour("edge"), cloud: colour("cloud"), ink: colour("ink"), quiet: colour("quiet"), line: colour("line"), alarm: colour("alarm"), paper: colour("paper") };
  probe.remove();
  return palette;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The whole plot as an SVG file of its own, every row of it. */
export function timelineSvg(timeline: Timeline, shown: Stretch, words: TimelineWords, palette: Palette): string {
  const { steps, all } = rowsOf(timeline);
  const scale = scaleOf(shown, width);
  const bottom = axisHeight + all * rowHeight;
  const ticks = scale.ticks(8);
  const text = (x: number, y: number, words_: string, anchor: string): string =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}" font-family="system-ui, sans-serif" font-size="11" fill="${palette.quiet}">${escaped(words_)}</text>`;
  const rect = (x: number, y: number, w: number, h: number, paint: Paint): string => {
    const { fill, fillOpacity, stroke } = paintAttributes(paint, palette);
    return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"${fillOpacity === undefined ? "" : ` fill-opacity="${fillOpacity}"`}${stroke === undefined ? "" : ` stroke="${stroke}"`}/>`;
  };
  const rows = Array.from({ length: all }, (_, place) => [
    text(labelWidth - 8, axisHeight + place * rowHeight + 14, place === steps ? words.answer : String(place + 1), "end"),
    ...spansOfRow(timeline, place, steps).flatMap((span) => {
      const mark = markOf(span, place, scale);
      return mark === undefined ? [] : [rect(mark.x, axisHeight + mark.y, mark.width, mark.height, mark.paint)];
    }),
  ].join(""));
  const legend = legendOf(words).map(({ paint, name }, place) => {
    const x = labelWidth + place * 115;
    return rect(x, bottom + 17 - laneOf(paint).height / 2, 12, laneOf(paint).height, paint) + text(x + 16, bottom + 21, name, "start");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + legendHeight}" width="${width}" height="${bottom + legendHeight}">`,
    `<title>${escaped(words.plot)}</title>`,
    "<defs>",
    ...hatches.map(([id, colour]) => `<pattern id="${id}" width="4" height="4" patternUnits="userSpaceOnUse"><path d="${hatchPath}" stroke="${palette[colour]}" stroke-width="1.2"/></pattern>`),
    "</defs>",
    `<rect width="${width}" height="${bottom + legendHeight}" fill="${palette.paper}"/>`,
    ...ticks.map((tick) => `<path d="M${scale(tick)} ${axisHeight}V${bottom}" stroke="${palette.line}"/>${text(scale(tick), 14, `${tick} s`, "middle")}`),
    ...rows,
    ...timeline.rollbacks.filter(({ at }) => at >= shown[0] && at <= shown[1]).map((rollback) => `<path transform="translate(0 ${axisHeight})" d="${rollbackPath(rollback, scale)}" fill="none" stroke="${palette.alarm}" stroke-width="1.25"/>`),
    ...legend,
    "</svg>",
  ].join("\n");
}

/** @throws where the browser cannot draw it: a picture has a greatest size. */
export async function pngOf(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    const scale = 2;
    canvas.width = image.width * scale;
    canvas.height = image.height * scale;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.scale(scale, scale);
    context.drawImage(image, 0, 0);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob === null ? reject(new Error("too large")) : resolve(blob)), "image/png");
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
