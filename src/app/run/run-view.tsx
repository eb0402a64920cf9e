import { useRef } from "react";
import { useRun } from "../app-run.ts";
import { useProblem } from "../problem/problem-store.ts";
import { RunTimeline } from "../timeline/run-timeline.tsx";
import { AnswerCard } from "./answer.tsx";
import { useViewedBranch } from "./step-changes.ts";
import { Steps } from "./steps.tsx";
import { useFollowEnd } from "./use-follow-end.ts";
import { visibleText } from "../text/visible-text.ts";

/** A run: its answer, and below it how it was reached. */
export function RunView() {
  const end = useRef<HTMLDivElement>(null);
  const shown = useRun(({ run }) => run !== undefined);
  const active = useRun(({ work }) => work.kind === "reasoning");
  const problem = useRun(({ run }) => run?.header.problem);
  const viewed = useViewedBranch();
  useFollowEnd(end, active && shown);
  if (!shown) return null;
  return (
    <article className="grid gap-5" aria-label={problem}>
      <RunProblem />
      {viewed === undefined && <AnswerCard />}
      <Steps />
      <div ref={end} />
      {/* Each new step would push it on: it comes when they are done. */}
      {!active && <RunTimeline />}
    </article>
  );
}

/** The run's problem, where the textbox above says something else by now. */
function RunProblem() {
  const problem = useRun(({ run }) => run?.header.problem);
  const written = useProblem().text.trim();
  if (written === problem) return null;
  return <p dir="auto" className="reading max-h-40 overflow-y-auto whitespace-pre-wrap">{visibleText(problem ?? "")}</p>;
}
