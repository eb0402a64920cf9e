import type { RejectedDraft } from "../../reasoning/run.ts";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { ScoreScale } from "./score-scale.tsx";
import { Disclosure } from "./disclosure.tsx";
import { SettledText } from "./settled-text.tsx";

/** Longer drafts are folded away until asked for. */
const short = 400;

type RejectedDraftNoteProps = { readonly run: string; readonly rejected: RejectedDraft; readonly threshold: number; readonly grouped?: boolean };

/** What the draft model had written in a step's place. */
export function RejectedDraftNote({ run, rejected, threshold, grouped = false }: RejectedDraftNoteProps) {
  const words = useWords();
  const numbers = useNumbers();
  const title = rejected.why === "repetition" ? words.rejectedForRepetition
    : words.rejectedDraft(rejected.score === undefined ? undefined : numbers.score(rejected.score));
  return (
    <Disclosure
      name={`rejected ${run} ${rejected.step}`}
      openAtFirst={rejected.text.length <= short}
      className="mt-2 font-sans"
      title={(
        <span className="inline-flex flex-wrap items-center gap-x-1.5">
          <AuthorSymbol author="draft" />
          {title}
          {rejected.score !== undefined && <ScoreScale score={rejected.score} threshold={threshold} />}
        </span>
      )}
    >
      <div className="reading mt-1 rounded-md bg-edge-soft px-3 py-1.5 text-base">
        <SettledText text={rejected.text} grouped={grouped} />
      </div>
    </Disclosure>
  );
}
