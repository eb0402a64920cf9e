import type { SpeedRow } from "./summary.ts";

const colours = ["#64748b", "#0f766e", "#b45309", "#1d4ed8", "#9333ea", "#be123c"];

/** Speed-up over the base model alone by round trip: one group of bars a link. */
export function speedPlot(rows: readonly SpeedRow[]): string {
  const links = [...new Set(rows.map(({ rtt }) => rtt))];
  const modes = [...new Set(rows.map(({ name }) => name))].filter((name) => name !== "draft");
  const highest = Math.max(1, ...rows.filter(({ name }) => name !== "draft").map(({ speedUp }) => speedUp));
  const [width, height, left, bottom, top] = [680, 320, 46, 44, 18];
  const group = (width - left - 150) / links.length;
  const bar = (group - 24) / modes.length;
  const y = (value: number) => height - bottom - (value / highest) * (height - bottom - top);
  const parts = links.flatMap((rtt, place) => [
    `<text x="${left + place * group + group / 2 - 8}" y="${height - bottom + 18}" text-anchor="middle">${1000 * rtt} ms</text>`,
    ...modes.map((mode, index) => {
      const value = rows.find((row) => row.rtt === rtt && row.name === mode)?.speedUp ?? 0;
      const x = left + place * group + 4 + index * bar;
      return `<rect x="${x.toFixed(1)}" y="${y(value).toFixed(1)}" width="${(bar - 3).toFixed(1)}" height="${(height - bottom - y(value)).toFixed(1)}" fill="${colours[index % colours.length]}"/>` +
        `<text x="${(x + bar / 2 - 1.5).toFixed(1)}" y="${(y(value) - 4).toFixed(1)}" text-anchor="middle" font-size="11">${value.toFixed(2)}</text>`;
    }),
  ]);
  const legend = modes.map((mode, index) =>
    `<rect x="${width - 138}" y="${top + 20 * index}" width="12" height="12" fill="${colours[index % colours.length]}"/><text x="${width - 120}" y="${top + 10 + 20 * index}">${mode}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">` +
    `<title>Speed-up over the base model alone, by round trip</title><rect width="100%" height="100%" fill="#fff"/>` +
    `<line x1="${left}" x2="${width - 150}" y1="${y(1).toFixed(1)}" y2="${y(1).toFixed(1)}" stroke="#94a3b8" stroke-dasharray="4 4"/>` +
    `<text x="${left - 6}" y="${(y(1) + 4).toFixed(1)}" text-anchor="end">1.0</text>` +
    `<text x="${left}" y="${height - 8}">round trip; bars: times as fast as the base model alone</text>${parts.join("")}${legend.join("")}</svg>\n`;
}
