import type { Step } from "../../reasoning/run.ts";
import { secondsOf, type Span, type Timeline } from "../../reasoning/timeline.ts";
import { useRun } from "../app-run.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { rowsOf, spansOfRow } from "./draw-timeline.ts";
import type { TimelineWords } from "./timeline-words.ts";

const none: readonly Step[] = [];

/** What the plot shows, as numbers: seconds of each row. */
export function TimelineTable({ timeline, words }: { readonly timeline: Timeline; readonly words: TimelineWords }) {
  const run = useRun((state) => state.run?.steps ?? none);
  const { steps, all } = rowsOf(timeline);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <section className="mt-1 max-h-96 overflow-auto" tabIndex={0} aria-label={words.table}>
      <table className="w-full text-xs whitespace-nowrap tabular-nums">
        <thead className="text-quiet">
          <tr>{Object.values(words.columns).map((name) => <th key={name} scope="col" className="pe-3 pb-1 text-start align-bottom font-normal">{name}</th>)}</tr>
        </thead>
        <tbody>
          {Array.from({ length: all }, (_, place) => (
            <Row key={place} place={place} label={place === steps ? words.answer : undefined} step={run[place]} spans={spansOfRow(timeline, place, steps)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

type RowProps = { readonly place: number; readonly label: string | undefined; readonly step: Step | undefined; readonly spans: readonly Span[] };

function Row({ place, label, step, spans }: RowProps) {
  const words = useWords();
  const { count, score, short } = useNumbers();
  const spent = secondsOf(spans);
  const shown = (seconds: number): string => (seconds === 0 ? "" : short(seconds));
  const cells = [
    step === undefined || label !== undefined ? "" : words.author[step.author],
    step === undefined || label !== undefined ? "" : words.verdict[step.verdict],
    step?.score === undefined || label !== undefined ? "" : score(step.score),
    shown(spent.idle), shown(spent["draft-prefill"] + spent["draft-decode"]), shown(spent.network), shown(spent.score),
    shown(spent["base-prefill"] + spent["base-decode"]), shown(spent.wasted),
  ];
  return (
    <tr className="border-t border-line">
      <th scope="row" className="pe-3 py-0.5 text-start font-normal">{label ?? count(place + 1)}</th>
      {/* oxlint-disable-next-line react/no-array-index-key -- cells have no other name than their column's */}
      {cells.map((cell, column) => <td key={column} className="pe-3 py-0.5">{cell}</td>)}
    </tr>
  );
}
