import type { ReactNode } from "react";
import { highestScore, histogram, thresholdCost } from "../../evaluate/calibration.ts";
import type { JudgedStep } from "../../evaluate/judged-steps.ts";
import { Disclosure } from "../run/disclosure.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useCalibrateWords } from "./calibrate-words.ts";

type CalibrationTablesProps = { readonly steps: readonly JudgedStep[]; readonly found: number | undefined };

/** What the plots show, as numbers: whole thresholds with the one that is found, and the histogram's bins. */
export function CalibrationTables({ steps, found }: CalibrationTablesProps) {
  const { table: words } = useCalibrateWords();
  const { count, exactPercent, percent, short } = useNumbers();
  const thresholds = [...new Set([...Array.from({ length: highestScore + 1 }, (_, threshold) => threshold), ...(found === undefined ? [] : [found])])].toSorted((one, other) => one - other);
  return (
    <Disclosure name="calibration tables" title={words.title}>
      <div className="mt-2 grid gap-5">
        <Table
          name={words.thresholds} columns={Object.values(words.columns)}
          rows={thresholds.map((threshold) => {
            const { accepted, wrongAccepted, errorRate, interval, rejected, rightRejected } = thresholdCost(steps, threshold);
            return [
              short(threshold), count(accepted), count(wrongAccepted), exactPercent(errorRate),
              words.range(exactPercent(interval.low), exactPercent(interval.high)), percent(rejected), count(rightRejected),
            ];
          })}
        />
        <Table
          name={words.scores} columns={Object.values(words.scoreColumns)}
          rows={histogram(steps).map(({ from, to, right, wrong }) => [words.range(short(from), short(to)), count(right), count(wrong)])}
        />
      </div>
    </Disclosure>
  );
}

function Table({ name, columns, rows }: { readonly name: string; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={name}>
      <table className="text-[0.8125rem] tabular-nums">
        <caption className="pb-1 text-start font-medium">{name}</caption>
        <thead className="text-quiet">
          <tr>{columns.map((column) => <th key={column} scope="col" className="pe-5 pb-1 text-start align-bottom font-normal whitespace-nowrap">{column}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map(([first = "", ...cells]) => (
            <tr key={first} className="border-t border-line">
              <th scope="row" className="py-0.5 pe-5 text-start font-normal whitespace-nowrap">{first}</th>
              {/* oxlint-disable-next-line react/no-array-index-key -- cells have no other name than their column's */}
              {cells.map((cell, column) => <td key={column} className="py-0.5 pe-5 whitespace-nowrap">{cell}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
