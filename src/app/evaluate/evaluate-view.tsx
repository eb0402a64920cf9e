import { useEffect } from "react";
import { TroubleNote } from "../frame/trouble-alert.tsx";
import { ViewHeading } from "../frame/view-heading.tsx";
import { openEvaluations, useEvaluations } from "./evaluate-store.ts";
import { useEvaluateWords } from "./evaluate-words.ts";
import { EvaluationForm } from "./evaluation-form.tsx";
import { EvaluationList } from "./evaluation-list.tsx";
import { EvaluationProgress } from "./evaluation-progress.tsx";
import { EvaluationResults } from "./evaluation-results.tsx";
import { ProblemByProblem } from "./problem-by-problem.tsx";

export function EvaluateView() {
  const words = useEvaluateWords();
  const trouble = useEvaluations((state) => state.trouble);
  const shown = useEvaluations(({ list, selected }) => list?.find(({ id }) => id === selected));
  useEffect(() => { void openEvaluations(); }, []);
  return (
    <div className="grid gap-6">
      <ViewHeading title={words.title} intro={words.intro} />
      <div role="alert" className="empty:hidden">{trouble !== undefined && <TroubleNote trouble={trouble} name="evaluations" />}</div>
      <div className="grid gap-x-14 gap-y-6 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <EvaluationForm />
        <EvaluationList />
      </div>
      {shown !== undefined && (
        <>
          <EvaluationProgress evaluation={shown} />
          <EvaluationResults evaluation={shown} />
          <ProblemByProblem evaluation={shown} />
        </>
      )}
    </div>
  );
}
