import type { Evaluation } from "../../evaluate/kept/evaluation.ts";
import type { PlotAxis } from "../../evaluate/plot.ts";
import type { SettingSummary } from "../../evaluate/statistics.ts";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { AccuracyPlot } from "./accuracy-plot.tsx";
import { useEvaluations } from "./evaluate-store.ts";
import { useEvaluateWords, type EvaluateWords } from "./evaluate-words.ts";
import { saveEvaluation } from "./save-evaluation.ts";

const none: readonly SettingSummary[] = [];

/** What came out so far: a line for each mode and threshold, drawn against what it costs, and as files. */
export function EvaluationResults({ evaluation }: { readonly evaluation: Evaluation }) {
  const words = useEvaluateWords();
  const opened = useEvaluations((state) => state.opened);
  const rows = opened?.id === evaluation.id ? opened.rows : none;
  if (rows.length === 0) return <p className="text-[0.8125rem] text-quiet">{words.results.none}</p>;
  const swept = new Set(rows.flatMap(({ threshold }) => threshold ?? [])).size > 1;
  const axes: readonly PlotAxis[] = ["seconds", "baseTokens", ...(swept ? ["threshold"] as const : [])];
  return (
    <>
      <div className="grid gap-2">
        <div className="flex flex-wrap items-center gap-x-1">
          <h3 className="section-title me-auto">{words.results.title}</h3>
          <span className="text-[0.8125rem] text-quiet">{words.results.save}</span>
          {(["json", "csv", "markdown"] as const).map((format) => (
            <button key={format} type="button" className="button-quiet" onClick={() => { if (opened !== undefined) saveEvaluation(format, evaluation, opened); }}>{words.results[format]}</button>
          ))}
        </div>
        <ResultTable rows={rows} words={words.results} />
      </div>
      <section aria-labelledby="plots-title" className="grid gap-2">
        <h3 id="plots-title" className="section-title">{words.plots.title}</h3>
        <div className="grid grid-cols-[repeat(auto-fit,minmax(min(20rem,100%),1fr))] gap-4">
          {axes.map((axis) => <AccuracyPlot key={axis} rows={rows} axis={axis} />)}
        </div>
        <p className="text-[0.8125rem] text-quiet">{words.plots.best}</p>
      </section>
    </>
  );
}

function ResultTable({ rows, words }: { readonly rows: readonly SettingSummary[]; readonly words: EvaluateWords["results"] }) {
  const { modes } = useWords().settings.policy;
  const { count, short, exactPercent } = useNumbers();
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard */}
      <section className="overflow-x-auto" tabIndex={0} aria-label={words.title}>
        <table className="w-full whitespace-nowrap tabular-nums">
          <thead className="text-[0.8125rem] text-quiet">
            <tr>{Object.values(words.columns).map((name) => <th key={name} scope="col" className="pe-4 pb-1 text-start align-bottom font-normal">{name}</th>)}</tr>
          </thead>
          <tbody>
            {rows.map(({ mode, threshold, accuracy, interval, runs, seconds, draftTokens, baseTokens, baseRequests, acceptance }) => (
              <tr key={`${mode} ${threshold ?? ""}`} className="border-t border-line">
                <th scope="row" className="py-1.5 pe-4 text-start font-medium">
                  <span className="flex items-center gap-1.5">
                    {mode !== "base" && <AuthorSymbol author="draft" />}
                    {mode !== "draft" && <AuthorSymbol author="base" />}
                    {modes[mode]}
                  </span>
                </th>
                <td className="pe-4">{threshold === undefined ? words.nothing : short(threshold)}</td>
                <td className="pe-4 font-medium">{exactPercent(accuracy)}</td>
                <td className="pe-4 text-quiet">{`${exactPercent(interval.low)} – ${exactPercent(interval.high)}`}</td>
                <td className="pe-4">{count(runs)}</td>
                <td className="pe-4">{short(seconds)}</td>
                <td className="pe-4">{short(draftTokens)}</td>
                <td className="pe-4">{short(baseTokens)}</td>
                <td className="pe-4">{short(baseRequests)}</td>
                <td className="pe-4">{acceptance === undefined ? words.nothing : exactPercent(acceptance)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="text-[0.8125rem] text-quiet">{words.note} {rows.some(({ interval }) => interval.by === "bootstrap") ? words.byBootstrap : words.byWilson}</p>
    </>
  );
}
