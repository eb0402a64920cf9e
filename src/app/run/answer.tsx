import { useEffect } from "react";
import { useRun } from "../app-run.ts";
import { authorColour, AuthorSymbol } from "../frame/symbols.tsx";
import { loadKatex } from "../text/formula.tsx";
import { RichText } from "../text/rich-text.tsx";
import { useWords } from "../words/use-words.ts";
import { AnswerChangeNote } from "./late-rejection-note.tsx";
import { LiveText } from "./live-steps.tsx";

export function Answer() {
  const words = useWords();
  const answer = useRun(({ run }) => run?.answer);
  const live = useRun(({ run }) => run?.liveAnswer);
  const ended = useRun(({ run }) => run?.thinkingEnded);
  const by = answer?.by ?? live?.by;
  useEffect(() => {
    // The first formula is usually the answer's.
    loadKatex().catch(() => undefined);
  }, []);
  // A box waiting below the steps would be pushed down by each new one.
  if (answer === undefined && live === undefined && ended === undefined) return null;
  return (
    <section aria-labelledby="answer-title" className="rounded-lg border border-line bg-raised px-4 py-3">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 id="answer-title" className="section-title">{words.answer.label}</h2>
        {by !== undefined && (
          <span className={`inline-flex items-center gap-1.5 self-center text-[0.8125rem] ${authorColour[by]}`}>
            <AuthorSymbol author={by} />{words.answer.by[by]}
          </span>
        )}
      </div>
      <div className="reading mt-1 min-h-9 text-xl">
        {answer !== undefined ? <RichText text={answer.text.trim()} />
          : live !== undefined ? <LiveText text={live.text.trimStart()} />
            : <p className="font-sans text-base text-quiet">{words.answer.waiting}</p>}
      </div>
      <AnswerChangeNote />
      {answer?.cut === true && <p className="text-quiet">{words.answer.cut}</p>}
      {ended !== undefined && ended !== "model" && <p className="text-quiet">{words.answer.ended[ended]}</p>}
    </section>
  );
}
