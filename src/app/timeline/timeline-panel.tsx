import { useState } from "react";
import { answerRow, type Timeline } from "../../reasoning/timeline.ts";
import { saveFile } from "../history/save-file.ts";
import { Disclosure } from "../run/disclosure.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { laneOf, legendOf, rowsOf, zoomed, type Stretch } from "./draw-timeline.ts";
import { pagePalette, paintAttributes } from "./paints.tsx";
import { coloursNow, pngOf, timelineSvg } from "./save-timeline.ts";
import { TimelinePlot, type Pointed } from "./timeline-plot.tsx";
import { TimelineTable } from "./timeline-table.tsx";
import { useTimelineWords, type TimelineWords } from "./timeline-words.ts";
import { useTimeline } from "./use-timeline.ts";

export function TimelinePanel({ id }: { readonly id: string }) {
  const words = useTimelineWords();
  const timeline = useTimeline(id);
  if (timeline === undefined) return <p className="text-quiet">{words.loading}</p>;
  if (timeline === "unavailable") return <p className="text-quiet">{words.unavailable}</p>;
  if (rowsOf(timeline).all === 0) return <p className="text-quiet">{words.empty}</p>;
  return <Drawn key={id} id={id} timeline={timeline} words={words} />;
}

function Drawn({ id, timeline, words }: { readonly id: string; readonly timeline: Timeline; readonly words: TimelineWords }) {
  const [zoom, setZoom] = useState<Stretch>();
  const [pointed, setPointed] = useState<Pointed>();
  const [failed, setFailed] = useState(false);
  const shown = zoom ?? ([0, timeline.seconds] as const);
  const zoomBy = (factor: number): void => {
    const next = zoomed(shown, timeline.seconds, factor, (shown[0] + shown[1]) / 2);
    setZoom(next[1] - next[0] >= timeline.seconds ? undefined : next);
  };
  const svg = (): string => timelineSvg(timeline, shown, words, coloursNow());
  const savePng = async (): Promise<void> => {
    try {
      saveFile(`timeline-${id}.png`, await pngOf(svg()));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <div className="mt-2 grid gap-2 text-[0.8125rem]">
      <Legend timeline={timeline} words={words} />
      <div className="flex flex-wrap items-center gap-x-1">
        <button type="button" className="button-quiet" onClick={() => zoomBy(0.6)}>{words.zoomIn}</button>
        <button type="button" className="button-quiet" aria-disabled={zoom === undefined} onClick={() => zoomBy(1 / 0.6)}>{words.zoomOut}</button>
        <button type="button" className="button-quiet" aria-disabled={zoom === undefined} onClick={() => setZoom(undefined)}>{words.showAll}</button>
        <span className="grow" />
        <button type="button" className="button-quiet" onClick={() => saveFile(`timeline-${id}.svg`, new Blob([svg()], { type: "image/svg+xml" }))}>{words.saveSvg}</button>
        <button type="button" className="button-quiet" onClick={() => void savePng()}>{words.savePng}</button>
      </div>
      {failed && <p role="alert" className="text-alarm">{words.pngFailed}</p>}
      <TimelinePlot timeline={timeline} words={words} zoom={zoom} onZoom={setZoom} pointed={pointed} onPoint={setPointed} />
      <p id="timeline-keys" className="sr-only">{words.keys}</p>
      <PointedAt timeline={timeline} pointed={pointed} words={words} />
      <Disclosure name={`timeline-table ${id}`} title={words.table}><TimelineTable timeline={timeline} words={words} /></Disclosure>
    </div>
  );
}

/** What each mark means, with its seconds. The plot beside it holds the hatches, by their document-wide names. */
function Legend({ timeline: { spent }, words }: { readonly timeline: Timeline; readonly words: TimelineWords }) {
  const { short } = useNumbers();
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-quiet">
      {legendOf(words).map(({ paint, name, spent: kind }) => (
        <li key={name} className="inline-flex items-center gap-1.5">
          <svg aria-hidden="true" width="14" height="8"><rect x="1" y={1 + (6 - laneOf(paint).height) / 2} width="12" height={laneOf(paint).height} {...paintAttributes(paint, pagePalette)} /></svg>
          {name} <span className="text-ink tabular-nums">{short(spent[kind])} s</span>
        </li>
      ))}
      <li className="inline-flex items-center gap-1.5">
        <svg aria-hidden="true" width="8" height="12"><path d="M4 11V1M1 5L4 1L7 5" className="fill-none stroke-alarm" strokeWidth="1.25" /></svg>
        {words.rollback}
      </li>
    </ul>
  );
}

function PointedAt({ timeline, pointed, words }: { readonly timeline: Timeline; readonly pointed: Pointed | undefined; readonly words: TimelineWords }) {
  const { count, short } = useNumbers();
  if (pointed === undefined) return <output className="min-h-6 text-quiet">{words.nothing}</output>;
  const { steps } = rowsOf(timeline);
  const row = pointed.place === steps ? answerRow : pointed.place;
  const name = row === answerRow ? words.answer : words.row(count(pointed.place + 1));
  const { span } = pointed;
  const spans = row === answerRow ? timeline.answer : (timeline.rows[row] ?? []);
  const start = spans.reduce((least, { from, kind }) => (kind === "idle" ? least : Math.min(least, from)), Number.POSITIVE_INFINITY);
  const end = spans.reduce((most, { to }) => Math.max(most, to), 0);
  const parts = span === undefined
    ? [name, ...(spans.length === 0 ? [] : [words.span(short(start), short(end), short(end - start))])]
    : [name, words.kinds[span.kind], words.span(short(span.from), short(span.to), short(span.to - span.from)), ...(span.wasted ? [words.wasted] : []), ...(span.open === true ? [words.open] : [])];
  return <output className="min-h-6">{parts.join(" · ")}</output>;
}
