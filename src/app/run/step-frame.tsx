import type { ReactNode } from "react";
import type { Author, Verdict } from "../../reasoning/run.ts";
import { authorColour, AuthorSymbol, VerdictSymbol } from "../frame/symbols.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { ScoreScale } from "./score-scale.tsx";

type StepFrameProps = {
  /** From 0. */
  readonly index: number;
  readonly author: Author;
  readonly verdict: Verdict;
  /** What the verdict's word is while nothing is judged yet. */
  readonly state?: string;
  /** Said beside the author. */
  readonly remark?: string | undefined;
  readonly score?: number | undefined;
  readonly threshold: number;
  /** What can be done with it, at the end of its first line. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

const rails: Readonly<Record<Author, string>> = { draft: "border-edge", base: "border-cloud", reader: "border-ink" };

/** One step of the list: who, what verdict, what score, and below it the text. */
export function StepFrame({ index, author, verdict, state, remark, score, threshold, actions, children }: StepFrameProps) {
  const words = useWords();
  const numbers = useNumbers();
  const shownScore = score === undefined ? undefined : numbers.score(score);
  const pending = verdict === "pending";
  // The score of a corrected step is its draft's, and stands beside that.
  const showsScore = score !== undefined && verdict !== "corrected";
  return (
    <li
      className="step py-3"
      data-author={author}
      data-verdict={verdict}
      {...(score === undefined ? {} : { "data-score": String(Math.round(score * 100) / 100) })}
    >
      <div className={`border-s-[3px] ps-3.5 ${rails[author]} ${pending ? "border-dashed" : "border-solid"}`}>
        <div className="flex min-h-6 flex-wrap items-center gap-x-1.5 text-[0.8125rem] sm:gap-x-3">
          <span className="sr-only">{words.steps.step(index + 1)}. </span>
          <span aria-hidden="true" className="min-w-3 text-quiet sm:min-w-4 tabular-nums">{index + 1}</span>
          <span className={`inline-flex items-center gap-1.5 font-medium ${authorColour[author]}`}>
            <AuthorSymbol author={author} />
            {words.author[author]}
          </span>
          <span className={`inline-flex items-center gap-1 ${pending ? "text-quiet italic" : ""}`}>
            <VerdictSymbol verdict={verdict} />
            {state ?? words.verdict[verdict]}
          </span>
          {remark !== undefined && <span className="text-quiet">{remark}</span>}
          {showsScore && shownScore !== undefined && (
            <span className="ms-auto inline-flex items-center gap-1.5 text-quiet">
              <ScoreScale score={score} threshold={threshold} />
              <span className="sr-only">{words.score(shownScore)}</span>
              <span aria-hidden="true" className="w-6 text-end text-ink tabular-nums">{shownScore}</span>
            </span>
          )}
          {actions !== undefined && <span className={showsScore ? "" : "ms-auto"}>{actions}</span>}
        </div>
        <div className="reading mt-1">{children}</div>
      </div>
    </li>
  );
}
