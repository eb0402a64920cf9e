import { useEffect, type ReactNode } from "react";
import { useRun } from "../app-run.ts";
import { authorColour, AuthorSymbol } from "../frame/symbols.tsx";
import { loadKatex } from "../text/formula.tsx";
import { parseText } from "../text/parse-text.ts";
import { RichText } from "../text/rich-text.tsx";
import { useWords } from "../words/use-words.ts";
import { AnswerChangeNote } from "./late-rejection-note.tsx";
import { LiveText } from "./live-steps.tsx";
import { RunStrip } from "./run-strip.tsx";
import { useRunViewWords } from "./run-view-words.ts";

export const answerTitleId = "answer-title";

/** Above the steps, where it is found at once; its place is kept from the first moment, so that what follows never moves for it. */
export function AnswerCard() {
  return (
    <div className="grid gap-2.5 rounded-lg border border-line bg-raised px-4 py-3">
      <Answer />
      <RunStrip />
    </div>
  );
}

function Answer() {
  const words = useWords();
  const answer = useRun(({ run }) => run?.answer);
  const live = useRun(({ run }) => run?.liveAnswer);
  const ended = useRun(({ run }) => run?.thinkingEnded);
  const by = answer?.by ?? live?.by;
  useEffect(() => {
    // The first formula is usually the answer's.
    loadKatex().catch(() => undefined);
    // The first text costs the lexer many times what others do: not in the frame that draws a step.
    const soon = setTimeout(() => parseText("**a** $b$"));
    return () => clearTimeout(soon);
  }, []);
  return (
    <section aria-labelledby={answerTitleId}>
      <div className="flex min-h-6 flex-wrap items-center gap-x-3">
        <h2 id={answerTitleId} tabIndex={-1} className="section-title">{words.answer.label}</h2>
        {by !== undefined && (
          <span className={`inline-flex items-center gap-1.5 text-[0.8125rem] ${authorColour[by]}`}>
            <AuthorSymbol author={by} />{words.answer.by[by]}
          </span>
        )}
      </div>
      <div className="reading mt-1 min-h-16 text-xl sm:min-h-12">
        {answer !== undefined ? <RichText text={answer.text.trim()} />
          // Its last lines, until it is whole.
          : live !== undefined ? <div className="flex max-h-16 flex-col-reverse overflow-hidden sm:max-h-12"><LiveText text={live.text.trimStart()} /></div>
            : <Waiting />}
      </div>
      <AnswerChangeNote />
      {answer?.cut === true && <p className="text-quiet">{words.answer.cut}</p>}
      {ended !== undefined && ended !== "model" && <p className="text-quiet">{words.answer.ended[ended]}</p>}
    </section>
  );
}

const Note = ({ children }: { readonly children: ReactNode }) => <p className="font-sans text-[0.9375rem] leading-snug text-quiet">{children}</p>;

/** In the answer's place while there is none. */
function Waiting() {
  const words = useWords();
  const own = useRunViewWords();
  const status = useRun(({ run }) => run?.status);
  const away = useRun(({ run }) => run?.status === "running" && run.baseAway !== undefined);
  const thought = useRun(({ run }) => run?.thinkingEnded !== undefined);
  if (away) return <Note><strong className="font-medium text-ink">{words.away.title}</strong> {words.away.text}</Note>;
  if (status !== "running") return <Note>{own.noAnswer}</Note>;
  return <Note>{thought ? words.answer.waiting : own.answerBelow}</Note>;
}
