import type { Evaluation, Pause } from "../../evaluate/kept/evaluation.ts";
import { TroubleNote } from "../frame/trouble-alert.tsx";
import type { ProblemKind } from "../trouble.ts";
import { OutsideText } from "../text/outside-text.tsx";
import { isolatedLine } from "../text/visible-text.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { continueEvaluation, pauseEvaluation, useEvaluations } from "./evaluate-store.ts";
import { useEvaluateWords } from "./evaluate-words.ts";
import { useNaming } from "./naming.ts";

/** How far one is, what it does now, and what makes it go on or rest. */
export function EvaluationProgress({ evaluation }: { readonly evaluation: Evaluation }) {
  const { progress: words } = useEvaluateWords();
  const { count, date, short } = useNumbers();
  const naming = useNaming();
  const work = useEvaluations((state) => state.work);
  const elsewhere = useEvaluations((state) => state.elsewhere);
  const { id, done, tasks, seconds, paused, createdAt } = evaluation;
  const here = work?.id === id;
  const going = here || elsewhere;
  const finished = done >= tasks;
  const perRun = done === 0 ? undefined : seconds / done;
  const figures = [
    words.done(count(done), count(tasks)),
    ...(perRun === undefined || finished ? [] : [words.speed(short(60 / perRun))]),
    ...(perRun === undefined || finished || !going ? [] : [words.left(naming.duration(perRun * (tasks - done)))]),
  ];
  return (
    <section aria-labelledby="evaluation-title" className="grid gap-2 border-t border-line pt-4">
      <h3 id="evaluation-title" className="font-medium">
        <OutsideText text={naming.evaluation(evaluation)} /> <span className="text-[0.8125rem] font-normal text-quiet">{date(createdAt)}</span>
      </h3>
      <progress aria-label={words.label} className="h-1.5 w-full text-ink" value={Math.min(done, tasks)} max={Math.max(1, tasks)} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {!finished && !elsewhere && (
          <button
            type="button" className={here ? "button" : "button button-main"} aria-disabled={!here && work !== undefined}
            onClick={() => {
              if (here) pauseEvaluation();
              else void continueEvaluation(id);
            }}
          >
            {here ? words.pause : done === 0 ? words.start : words.resume}
          </button>
        )}
        {!finished && elsewhere && work === undefined && <button type="button" className="button" onClick={() => void continueEvaluation(id, true)}>{words.takeOver}</button>}
        <span className="text-[0.8125rem] text-quiet tabular-nums">{figures.join(" · ")}</span>
      </div>
      {here ? <Doing /> : <Rest elsewhere={elsewhere} finished={finished} begun={done > 0} paused={paused} />}
    </section>
  );
}

function Doing() {
  const { progress: words } = useEvaluateWords();
  const naming = useNaming();
  const doing = useEvaluations(({ work }) => work?.doing);
  const text = doing === undefined ? words.states.starting
    : doing.kind === "solving" ? words.solving(isolatedLine(firstLine(doing.task.problem.problem)), naming.setting(doing.task)) : words.states[doing.kind];
  // It changes with each step: no live region.
  return <p className="min-h-6 truncate text-[0.8125rem] text-quiet">{text}</p>;
}

const firstLine = (text: string): string => text.trim().split("\n", 1)[0]?.slice(0, 200) ?? "";

type RestProps = { readonly elsewhere: boolean; readonly finished: boolean; readonly begun: boolean; readonly paused: Pause | undefined };

function Rest({ elsewhere, finished, begun, paused }: RestProps) {
  const { progress: words } = useEvaluateWords();
  const { problems } = useWords();
  // It may have been stored by a tab of another version.
  const isKnown = (kind: string): kind is ProblemKind => Object.hasOwn(problems, kind);
  if (!elsewhere && !finished && paused?.kind === "failure") {
    const { kind, message } = paused.failure;
    return <div role="alert"><TroubleNote trouble={{ kind: isKnown(kind) ? kind : "unexpected", message, kept: "outcomes" }} name="evaluation" /></div>;
  }
  const text = elsewhere ? words.elsewhere
    : finished ? words.finished
    : paused === undefined ? words.interrupted
    : paused.kind === "models" ? words.models(paused.began, paused.chosen)
    : begun ? words.paused : words.notBegun;
  return <output className="block min-h-6 text-[0.8125rem] text-quiet">{text}</output>;
}
