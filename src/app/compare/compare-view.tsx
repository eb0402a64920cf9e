import { useEffect, useState, type ReactNode } from "react";
import type { Run } from "../../reasoning/run.ts";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { TroubleNote } from "../frame/trouble-alert.tsx";
import { ViewHeading } from "../frame/view-heading.tsx";
import { useProblem, writeProblem } from "../problem/problem-store.ts";
import { costOfRun } from "../run/cost-of-run.ts";
import { summarise } from "../run/summarise.ts";
import { pricesOf, usePriceList } from "../settings/prices.ts";
import { RichText } from "../text/rich-text.tsx";
import { visibleLine, visibleText } from "../text/visible-text.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { compare, restoreComparison, stopComparing, useComparison, type Entry } from "./compare-store.ts";
import { useCompareWords, type CompareWords } from "./compare-words.ts";
import { comparedModes, sharedSteps, stepsSideBySide, type ComparedMode } from "./comparison.ts";

export function CompareView() {
  const words = useCompareWords();
  const working = useComparison((state) => state.working);
  const trouble = useComparison((state) => state.trouble);
  const entries = useComparison((state) => state.entries);
  useEffect(() => { restoreComparison().catch(() => undefined); }, []);
  const shown = comparedModes.flatMap((mode) => {
    const entry = entries[mode];
    return entry === undefined ? [] : [{ mode, entry }];
  });
  return (
    <div className="grid gap-5">
      <ViewHeading title={words.title} intro={words.intro} />
      <ComparisonForm working={working} words={words} />
      <div role="alert" className="empty:hidden">{trouble !== undefined && <TroubleNote trouble={trouble} name="comparison" />}</div>
      {shown.length > 0 && <ComparedProblem />}
      {shown.length > 0 && <Measures shown={shown} words={words} />}
      <Differences shown={shown} words={words} />
    </div>
  );
}

function ComparisonForm({ working, words }: { readonly working: boolean; readonly words: CompareWords }) {
  const { text } = useProblem();
  const [refused, setRefused] = useState(false);
  return (
    <form
      noValidate className="grid max-w-[44rem] gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (working) return stopComparing();
        setRefused(text.trim() === "");
        if (text.trim() !== "") void compare(text.trim());
      }}
    >
      <label htmlFor="compared-problem" className="section-title">{words.problem}</label>
      <textarea
        id="compared-problem" dir="auto" className="field reading field-sizing-content max-h-[40vh] min-h-20 px-3.5 py-2.5" value={text}
        aria-invalid={refused} aria-describedby="compared-problem-note"
        onChange={(event) => {
          setRefused(false);
          writeProblem(event.target.value);
        }}
      />
      <div className="flex flex-wrap items-center gap-3">
        <button type="submit" className={working ? "button" : "button button-main"}>{working ? words.stop : words.compare}</button>
        <p id="compared-problem-note" className="text-[0.8125rem] text-alarm">{refused ? words.empty : ""}</p>
      </div>
    </form>
  );
}

/** What was compared, where the form says something else by now. */
function ComparedProblem() {
  const compared = useComparison((state) => state.problem);
  const { text } = useProblem();
  return text.trim() === compared ? null : <p dir="auto" className="reading max-h-32 max-w-[44rem] overflow-y-auto whitespace-pre-wrap">{visibleText(compared)}</p>;
}

type Shown = { readonly mode: ComparedMode; readonly entry: Entry };

function Measures({ shown, words }: { readonly shown: readonly Shown[]; readonly words: CompareWords }) {
  const { count, percent, seconds, short } = useNumbers();
  const list = usePriceList();
  const baseSeconds = shown.find(({ mode, entry }) => mode === "base" && entry.run?.status === "finished")?.entry.run?.seconds;
  const of = (value: (run: Run) => string | undefined) => (run: Run): ReactNode => value(run) ?? words.none;
  const priced = shown.some(({ entry: { run } }) => run !== undefined && pricesOf(list, run.header.base.id) !== undefined);
  const rows: readonly (readonly [string, (run: Run, mode: ComparedMode) => ReactNode])[] = [
    [words.rows.answer, (run) => (run.answer === undefined ? words.none : <div className="reading"><RichText text={run.answer.text.trim()} /></div>)],
    [words.rows.seconds, of((run) => seconds(run.seconds))],
    [words.rows.speedUp, of((run) => (baseSeconds === undefined || run.status !== "finished" ? undefined : short(baseSeconds / run.seconds)))],
    [words.rows.steps, of((run) => count(run.steps.length))],
    [words.rows.acceptance, of((run) => {
      const { acceptance } = summarise(run);
      return acceptance === undefined ? undefined : percent(acceptance);
    })],
    [words.rows.draftTokens, of((run) => count(run.totals.draftTokens))],
    [words.rows.baseTokens, of((run) => count(summarise(run).baseTokens))],
    [words.rows.prompt, of((run) => count(run.totals.basePromptTokens))],
    ...(priced ? [[words.rows.cost, of((run) => {
      const prices = pricesOf(list, run.header.base.id);
      return prices === undefined ? undefined : short(costOfRun(run, prices).cost);
    })] as const] : []),
    [words.rows.run, (run, mode) => <a className="text-link" href={`#run=${run.header.id}`} aria-label={words.openOf(words.modes[mode])}>{words.open}</a>],
  ];
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={words.title}>
      <table className="w-full min-w-[40rem] table-fixed tabular-nums">
        <thead>
          <tr className="align-bottom">
            <th scope="col" className="w-40 pe-4 pb-2 text-start text-[0.8125rem] font-normal text-quiet">{words.measure}</th>
            {shown.map(({ mode, entry }) => (
              <th key={mode} scope="col" className="pe-4 pb-2 text-start font-medium">
                <span className="flex items-center gap-1.5"><ModeSymbols mode={mode} />{words.modes[mode]}</span>
                <output className="block min-h-5 text-[0.8125rem] font-normal text-quiet">{stateOf(entry, words)}</output>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, cell]) => (
            <tr key={name} className="border-t border-line align-top">
              <th scope="row" className="py-1.5 pe-4 text-start text-[0.8125rem] font-normal text-quiet">{name}</th>
              {shown.map(({ mode, entry: { run } }) => <td key={mode} className="py-1.5 pe-4">{run === undefined ? words.none : cell(run, mode)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const ModeSymbols = ({ mode }: { readonly mode: ComparedMode }) => (
  <>
    {mode !== "base" && <AuthorSymbol author="draft" />}
    {mode !== "draft" && <AuthorSymbol author="base" />}
  </>
);

function stateOf({ state, run }: Entry, words: CompareWords): string {
  if (state === "running") return words.states.running(run?.steps.length ?? 0);
  if (state !== "ended") return words.states[state];
  if (run?.status === "failed") return run.failure === undefined ? words.states.failed : visibleLine(run.failure.message);
  return run?.status === "stopped" ? words.states.stopped : "";
}

/** The steps of all finished runs by their place, from the first that differs. */
function Differences({ shown, words }: { readonly shown: readonly Shown[]; readonly words: CompareWords }) {
  const { count } = useNumbers();
  const finished = shown.flatMap(({ mode, entry: { run } }) => (run?.status === "finished" ? [{ mode, run }] : []));
  if (finished.length < 2) return null;
  const rows = stepsSideBySide(finished.map(({ run }) => run));
  const shared = sharedSteps(rows);
  return (
    <section aria-labelledby="differences-title" className="grid gap-2">
      <h3 id="differences-title" className="section-title">{words.difference}</h3>
      <p>{shared === rows.length ? words.same : shared === 0 ? words.fromFirst : words.from(count(shared))}</p>
      {shared < rows.length && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
        <section className="overflow-x-auto" tabIndex={0} aria-label={words.difference}>
          <table className="w-full min-w-[40rem] table-fixed">
            <thead className="text-[0.8125rem] text-quiet">
              <tr>
                <th scope="col" className="w-14 pb-1 text-start font-normal">{words.step}</th>
                {finished.map(({ mode }) => <th key={mode} scope="col" className="pe-4 pb-1 text-start font-normal">{words.modes[mode]}</th>)}
              </tr>
            </thead>
            <tbody>
              {rows.slice(shared).map(({ texts, alike }, offset) => (
                // oxlint-disable-next-line react/no-array-index-key -- a step's place is its name here
                <tr key={offset} className={`border-t border-line align-top ${alike ? "text-quiet" : ""}`}>
                  <th scope="row" className="py-1.5 text-start text-[0.8125rem] font-normal text-quiet tabular-nums">{count(shared + offset + 1)}</th>
                  {finished.map(({ mode }, column) => {
                    const text = texts[column];
                    return (
                      <td key={mode} dir="auto" className="reading py-1.5 pe-4 whitespace-pre-wrap">
                        {text === undefined ? <span className="font-sans text-[0.8125rem] text-quiet">{words.noStep}</span> : visibleText(text)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
