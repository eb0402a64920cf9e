import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Span, Timeline } from "../../reasoning/timeline.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { labelWidth, markOf, moved, rollbackPath, rowHeight, rowsOf, scaleOf, spanAt, spansOfRow, zoomed, type Stretch, type TimeScale } from "./draw-timeline.ts";
import { Hatches, pagePalette, paintAttributes } from "./paints.tsx";
import type { TimelineWords } from "./timeline-words.ts";

const axisHeight = 22;
const mostHeight = 400;
/** Rows drawn beyond those on screen. */
const margin = 6;

export type Pointed = { readonly place: number; readonly span?: Span };

type TimelinePlotProps = {
  readonly timeline: Timeline;
  readonly words: TimelineWords;
  /** Undefined: all of the run, growing with it. */
  readonly zoom: Stretch | undefined;
  readonly onZoom: (zoom: Stretch | undefined) => void;
  readonly pointed: Pointed | undefined;
  readonly onPoint: (pointed: Pointed | undefined) => void;
};

export function TimelinePlot({ timeline, words, zoom, onZoom, pointed, onPoint }: TimelinePlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [scrolled, setScrolled] = useState(0);
  const [dragged, setDragged] = useState<{ readonly x: number; readonly from: Stretch }>();
  const { steps, all } = rowsOf(timeline);
  const seconds = Math.max(timeline.seconds, 0.001);
  const shown = zoom ?? ([0, seconds] as const);
  const scale = scaleOf(shown, width);
  const height = Math.min(mostHeight, all * rowHeight);
  const first = Math.max(0, Math.floor(scrolled / rowHeight) - margin);
  const last = Math.min(all, Math.ceil((scrolled + height) / rowHeight) + margin);

  const zoomBy = (factor: number, about: number): void => {
    const next = zoomed(shown, seconds, factor, about);
    onZoom(next[1] - next[0] >= seconds ? undefined : next);
  };
  useControlWheel(frame, (event) => zoomBy(event.deltaY > 0 ? 1.25 : 0.8, scale.invert(event.clientX - (frame.current?.getBoundingClientRect().left ?? 0))));

  const pressed = (event: KeyboardEvent): void => {
    const middle = (shown[0] + shown[1]) / 2;
    const choose = (place: number): void => {
      const chosen = Math.min(all - 1, Math.max(0, place));
      onPoint({ place: chosen });
      const top = chosen * rowHeight;
      const box = frame.current;
      if (box !== null && (top < box.scrollTop || top + rowHeight > box.scrollTop + height)) box.scrollTop = top - height / 2;
    };
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => { if (zoom !== undefined) onZoom(moved(zoom, seconds, (zoom[0] - zoom[1]) / 8)); },
      ArrowRight: () => { if (zoom !== undefined) onZoom(moved(zoom, seconds, (zoom[1] - zoom[0]) / 8)); },
      ArrowUp: () => choose((pointed?.place ?? all) - 1),
      ArrowDown: () => choose((pointed?.place ?? -1) + 1),
      "+": () => zoomBy(0.8, middle),
      "=": () => zoomBy(0.8, middle),
      "-": () => zoomBy(1.25, middle),
      "0": () => onZoom(undefined),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  const placeOf = ({ currentTarget, clientX, clientY }: PointerEvent): { readonly x: number; readonly y: number } => {
    const box = currentTarget.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  };
  const point = (event: PointerEvent): void => {
    const { x, y } = placeOf(event);
    if (dragged !== undefined) {
      onZoom(moved(dragged.from, seconds, scale.invert(dragged.x) - scale.invert(x)));
      return;
    }
    const place = Math.floor(y / rowHeight);
    if (place < 0 || place >= all) return;
    const span = spanAt(spansOfRow(timeline, place, steps), x, y - place * rowHeight, scale);
    onPoint({ place, ...(span === undefined ? {} : { span }) });
  };

  return (
    <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-raised">
      <Axis scale={scale} width={width} />
      {/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- an application takes keys of its own */}
      <div
        ref={frame} role="application" aria-label={words.plot} aria-describedby="timeline-keys" tabIndex={0}
        className="relative overflow-x-hidden overflow-y-auto" style={{ height }}
        onKeyDown={pressed} onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop)}
      >
        <svg
          aria-hidden="true" width={width} height={all * rowHeight} className={`block touch-pan-y ${zoom === undefined ? "" : "cursor-grab"}`}
          onPointerMove={point}
          onPointerLeave={() => { if (dragged === undefined) onPoint(undefined); }}
          onPointerDown={(event) => {
            if (zoom === undefined || event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setDragged({ x: placeOf(event).x, from: zoom });
          }}
          onPointerUp={() => setDragged(undefined)}
          onPointerCancel={() => setDragged(undefined)}
        >
          <Hatches />
          {timeline.pauses.map(({ from, to }) => (
            <rect key={from} x={scale(from)} y={0} width={Math.max(0, scale(to) - scale(from))} height={all * rowHeight} className="fill-sunken" />
          ))}
          {scale.ticks(Math.max(2, Math.floor(width / 90))).map((tick) => <path key={tick} d={`M${scale(tick)} 0V${all * rowHeight}`} className="stroke-line" strokeWidth="1" />)}
          {Array.from({ length: last - first }, (_, offset) => first + offset).map((place) => (
            <Row
              key={place} place={place} label={place === steps ? undefined : place + 1} words={words}
              spans={spansOfRow(timeline, place, steps)} scale={scale} width={width}
              pointed={pointed?.place === place ? pointed : undefined}
            />
          ))}
          {timeline.rollbacks.filter(({ at, toRow, fromRow }) => at >= shown[0] && at <= shown[1] && fromRow >= first && toRow < last).map((rollback) => (
            <path key={`${rollback.at} ${rollback.toRow}`} d={rollbackPath(rollback, scale)} className="fill-none stroke-alarm" strokeWidth="1.25" />
          ))}
        </svg>
      </div>
    </div>
  );
}

type RowProps = {
  readonly place: number;
  /** None for the answer's row. */
  readonly label: number | undefined;
  readonly words: TimelineWords;
  readonly spans: readonly Span[];
  readonly scale: TimeScale;
  readonly width: number;
  readonly pointed: Pointed | undefined;
};

function Row({ place, label, words, spans, scale, width, pointed }: RowProps) {
  const top = place * rowHeight;
  return (
    <g>
      {pointed !== undefined && <rect x={0} y={top} width={width} height={rowHeight} className="fill-sunken" />}
      {spans.map((span) => {
        const mark = markOf(span, place, scale);
        if (mark === undefined) return null;
        const { paint, ...box } = mark;
        return <rect key={`${span.kind} ${span.from}`} {...box} {...paintAttributes(paint, pagePalette)} strokeWidth={pointed?.span === span ? 2 : 1} />;
      })}
      <rect x={0} y={top} width={labelWidth - 4} height={rowHeight} className={pointed === undefined ? "fill-raised" : "fill-sunken"} />
      <text x={labelWidth - 8} y={top + 14} textAnchor="end" className="fill-quiet text-[0.6875rem] tabular-nums">{label ?? words.answer}</text>
    </g>
  );
}

function Axis({ scale, width }: { readonly scale: TimeScale; readonly width: number }) {
  const { short } = useNumbers();
  return (
    <svg aria-hidden="true" width={width} height={axisHeight} className="block border-b border-line">
      {scale.ticks(Math.max(2, Math.floor(width / 90))).map((tick) => (
        <text key={tick} x={scale(tick)} y={14} textAnchor={scale(tick) > width - 30 ? "end" : "middle"} className="fill-quiet text-[0.6875rem] tabular-nums">{short(tick)} s</text>
      ))}
    </svg>
  );
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => { if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width)); });
    observer.observe(current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

/** With Ctrl a wheel zooms; React's own listener could not keep the browser from zooming the page. */
function useControlWheel(box: { readonly current: HTMLElement | null }, turned: (event: WheelEvent) => void): void {
  const latest = useRef(turned);
  useEffect(() => { latest.current = turned; });
  useEffect(() => {
    const { current } = box;
    const listener = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      latest.current(event);
    };
    current?.addEventListener("wheel", listener, { passive: false });
    return () => current?.removeEventListener("wheel", listener);
  }, [box]);
}
