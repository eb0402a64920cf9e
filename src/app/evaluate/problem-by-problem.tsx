import { useMemo, useState } from "react";
import type { Problem } from "../../evaluate/data-set.ts";
import { grouped } from "../../evaluate/grouped.ts";
import type { Evaluation } from "../../evaluate/kept/evaluation.ts";
import type { Outcome } from "../../evaluate/outcome.ts";
import { AlarmSymbol, VerdictSymbol } from "../frame/symbols.tsx";
import { Disclosure } from "../run/disclosure.tsx";
import { RichText } from "../text/rich-text.tsx";
import { visibleText } from "../text/visible-text.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useEvaluations, type Opened } from "./evaluate-store.ts";
import { useEvaluateWords, type EvaluateWords } from "./evaluate-words.ts";
import { useNaming } from "./naming.ts";
import { Choice } from "../settings/field.tsx";

type Filter = keyof EvaluateWords["problems"]["filters"];
type Judged = { readonly problem: Problem; readonly outcomes: readonly Outcome[] };

const page = 25;

/** Which problems, what was answered, how it was judged, and the run of each answer. */
export function ProblemByProblem({ evaluation }: { readonly evaluation: Evaluation }) {
  const opened = useEvaluations((state) => state.opened);
  if (opened?.id !== evaluation.id || opened.outcomes.length === 0) return null;
  return <Problems key={evaluation.id} opened={opened} />;
}

function Problems({ opened: { id, problems, outcomes } }: { readonly opened: Opened }) {
  const words = useEvaluateWords().problems;
  const [filter, setFilter] = useState<Filter>("all");
  const [limit, setLimit] = useState(page);
  const judged = useMemo(() => judgedProblems(problems, outcomes), [problems, outcomes]);
  const shown = judged.filter((one) => passes(one, filter));
  return (
    <section aria-labelledby="problems-title" className="grid gap-2">
      <h3 id="problems-title" className="section-title">{words.title}</h3>
      <div className="max-w-64">
        <Choice
          label={words.filter} value={filter} options={words.filters}
          onChange={(next) => {
            setFilter(next);
            setLimit(page);
          }}
        />
      </div>
      {shown.length === 0 && <p className="text-[0.8125rem] text-quiet">{words.noneSuch}</p>}
      <ul className="divide-y divide-line">
        {shown.slice(0, limit).map((one) => <li key={one.problem.id} className="py-1.5"><OneProblem evaluation={id} {...one} /></li>)}
      </ul>
      {shown.length > limit && <button type="button" className="button-quiet justify-self-start" onClick={() => setLimit(limit + page)}>{words.more}</button>}
    </section>
  );
}

function judgedProblems(problems: readonly Problem[], outcomes: readonly Outcome[]): readonly Judged[] {
  const byProblem = grouped(outcomes, ({ problem }) => problem);
  return problems.flatMap((problem) => {
    const own = byProblem.get(problem.id);
    return own === undefined ? [] : [{ problem, outcomes: own }];
  });
}

function passes({ outcomes }: Judged, filter: Filter): boolean {
  const wrong = outcomes.filter(({ right }) => !right).length;
  return filter === "all" || (wrong > 0 && (filter === "wrong" || wrong < outcomes.length));
}

/** Its beginning tells a problem from others; the whole is below. */
const titleLength = 160;

function OneProblem({ evaluation, problem, outcomes }: Judged & { readonly evaluation: string }) {
  const words = useEvaluateWords().problems;
  const { count } = useNumbers();
  const right = outcomes.filter((outcome) => outcome.right).length;
  const text = visibleText(problem.problem.trim());
  return (
    <Disclosure
      name={`evaluated ${evaluation} ${problem.id}`}
      title={(
        <span className="flex min-w-0 flex-wrap gap-x-3 text-start">
          <bdi className="text-ink">{text.length > titleLength ? `${text.slice(0, titleLength)}…` : text}</bdi>
          <span className={right < outcomes.length ? "text-alarm" : ""}>{words.count(count(right), count(outcomes.length))}</span>
        </span>
      )}
    >
      <div className="mt-2 grid gap-2 ps-5">
        <div className="reading"><RichText text={problem.problem.trim()} /></div>
        <div>
          <p className="text-[0.8125rem] text-quiet">{words.expected}</p>
          <Long text={visibleText(problem.answer)} label={words.expected} />
        </div>
        <Answers problem={problem} outcomes={outcomes} words={words} />
      </div>
    </Disclosure>
  );
}

/** A text of any length, as it is, in its own place. */
const Long = ({ text, label }: { readonly text: string; readonly label: string }) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role -- what scrolls has to be reached by keyboard, and is no landmark
  <div role="group" className="max-h-40 overflow-y-auto font-mono text-[0.8125rem] whitespace-pre-wrap" tabIndex={0} aria-label={label}><bdi>{text}</bdi></div>
);

type AnswersProps = Judged & { readonly words: EvaluateWords["problems"] };

function Answers({ problem, outcomes, words }: AnswersProps) {
  const naming = useNaming();
  const { count, seconds } = useNumbers();
  const several = outcomes.some(({ sample }) => sample > 0);
  const columns = Object.entries(words.columns).filter(([column]) => several || column !== "sample");
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role -- what scrolls has to be reached by keyboard, and is no landmark
    <div role="group" className="overflow-x-auto" tabIndex={0} aria-label={words.columns.given}>
      <table className="w-full min-w-[40rem] text-[0.8125rem] tabular-nums">
        <thead className="text-quiet">
          <tr>{columns.map(([column, name]) => <th key={column} scope="col" className="pe-4 pb-1 text-start font-normal">{name}</th>)}</tr>
        </thead>
        <tbody>
          {outcomes.map(({ key, mode, threshold, sample, right, given, foundBy, rung, seconds: took, run }) => {
            const setting = naming.setting({ mode, ...(threshold === undefined ? {} : { threshold }) });
            return (
              <tr key={key} className="border-t border-line align-top">
                <th scope="row" className="py-1 pe-4 text-start font-normal whitespace-nowrap">{setting}</th>
                {several && <td className="py-1 pe-4">{count(sample + 1)}</td>}
                <td className="py-1 pe-4 whitespace-nowrap">
                  <span className={`inline-flex items-center gap-1 ${right ? "" : "text-alarm"}`}>{right ? <VerdictSymbol verdict="accepted" /> : <AlarmSymbol />}{right ? words.right : words.wrong}</span>
                </td>
                <td className="max-w-96 py-1 pe-4">{given === undefined ? <span className="text-quiet">{words.noAnswer}</span> : <Given text={visibleText(given)} label={words.columns.given} />}</td>
                <td className="py-1 pe-4 text-quiet">{[...(foundBy === undefined ? [] : [words.foundBy[foundBy]]), ...(rung === undefined ? [] : [words.rungs[rung]])].join(" · ")}</td>
                <td className="py-1 pe-4">{seconds(took)}</td>
                <td className="py-1"><a className="text-link" href={`#run=${run}`} aria-label={words.openOf(problem.id, setting)}>{words.open}</a></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const Given = ({ text, label }: { readonly text: string; readonly label: string }) =>
  (text.length > titleLength ? <Long text={text} label={label} /> : <bdi className="font-mono whitespace-pre-wrap">{text}</bdi>);
