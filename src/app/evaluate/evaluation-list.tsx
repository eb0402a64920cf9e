import type { Evaluation } from "../../evaluate/kept/evaluation.ts";
import { OutsideText, Saying } from "../text/outside-text.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { removeEvaluation, selectEvaluation, undoRemove, useEvaluations } from "./evaluate-store.ts";
import { useEvaluateWords } from "./evaluate-words.ts";
import { useNaming } from "./naming.ts";

export function EvaluationList() {
  const words = useEvaluateWords().list;
  const list = useEvaluations((state) => state.list);
  return (
    <section aria-labelledby="evaluations-title" className="grid content-start gap-2">
      <h3 id="evaluations-title" className="section-title">{words.title}</h3>
      <Removed />
      {list?.length === 0 && <p className="text-[0.8125rem] text-quiet">{words.none}</p>}
      <ul className="divide-y divide-line">
        {list?.map((evaluation) => <Entry key={evaluation.id} evaluation={evaluation} />)}
      </ul>
    </section>
  );
}

function Entry({ evaluation }: { readonly evaluation: Evaluation }) {
  const { list: words, progress } = useEvaluateWords();
  const { count, date } = useNumbers();
  const name = useNaming().evaluation(evaluation);
  const current = useEvaluations(({ selected }) => selected === evaluation.id);
  const { id, createdAt, done, tasks } = evaluation;
  return (
    <li className="grid py-1.5">
      <button
        type="button" aria-label={words.show(name)} aria-current={current}
        className={`truncate rounded px-1 text-start hover:underline ${current ? "font-semibold" : ""}`} onClick={() => selectEvaluation(id)}
      >
        <OutsideText text={name} />
      </button>
      <div className="flex flex-wrap items-center gap-x-2 px-1 text-[0.8125rem] text-quiet">
        <span className="grow tabular-nums">{date(createdAt)} · {done >= tasks ? progress.finished : progress.done(count(done), count(tasks))}</span>
        <button type="button" className="button-quiet -me-1.5 px-1.5" aria-label={words.deleteOf(name)} onClick={() => void removeEvaluation(evaluation)}>{words.delete}</button>
      </div>
    </li>
  );
}

function Removed() {
  const words = useEvaluateWords().list;
  const naming = useNaming();
  const removed = useEvaluations((state) => state.removed);
  return (
    <output className="block empty:hidden">
      {removed !== undefined && (
        <span className="flex flex-wrap items-center justify-between gap-x-2 rounded-md bg-sunken px-3 py-1.5 text-[0.8125rem]">
          <span className="min-w-0 basis-48 grow"><Saying say={(name = "") => words.deleted(name)} names={[naming.evaluation(removed.evaluation)]} /></span>
          <button type="button" className="button-quiet text-ink" onClick={() => void undoRemove()}>{words.undo}</button>
        </span>
      )}
    </output>
  );
}
