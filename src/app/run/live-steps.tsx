import { useRun } from "../app-run.ts";
import { useWords } from "../words/use-words.ts";
import { RejectedDraftNote } from "./rejected-draft-note.tsx";
import { StepFrame } from "./step-frame.tsx";
import { visibleText } from "../text/visible-text.ts";

type LiveProps = { readonly run: string; readonly threshold: number };

/** The steps being written, after those that are. Only these are drawn again with each token. */
export function LiveSteps(props: LiveProps) {
  return <><LiveBase {...props} /><LiveDraft {...props} /></>;
}

function LiveDraft({ threshold }: LiveProps) {
  const words = useWords();
  const live = useRun(({ run }) => run?.liveDraft);
  if (live === undefined) return null;
  return (
    <StepFrame index={live.index} author="draft" verdict="pending" state={words.writing} threshold={threshold}>
      <LiveText text={live.text} />
    </StepFrame>
  );
}

function LiveBase({ run, threshold }: LiveProps) {
  const words = useWords();
  const live = useRun((state) => state.run?.liveBase);
  // One rejected after the answer still stands.
  const rejected = useRun((state) => (state.run?.rejected?.index === state.run?.steps.length ? state.run?.rejected : undefined));
  if (live === undefined && rejected === undefined) return null;
  const index = live?.index ?? rejected?.index ?? 0;
  return (
    <StepFrame
      index={index} author="base" verdict="pending" threshold={threshold}
      state={live === undefined ? words.verdict.pending : words.writing}
      remark={live === undefined ? undefined : words.why[live.why]}
    >
      {live === undefined ? <p className="font-sans text-quiet">{words.rejectedNow}</p> : <LiveText text={live.text} />}
      {rejected !== undefined && rejected.index === index && <RejectedDraftNote run={run} rejected={rejected} threshold={threshold} />}
    </StepFrame>
  );
}

export const LiveText = ({ text }: { readonly text: string }) => <p className="live-text min-h-7">{visibleText(text)}</p>;
