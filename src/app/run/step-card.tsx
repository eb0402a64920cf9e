import { memo } from "react";
import type { Step } from "../../reasoning/run.ts";
import { useWords } from "../words/use-words.ts";
import { LateRejectionNote } from "./late-rejection-note.tsx";
import { RejectedDraftNote } from "./rejected-draft-note.tsx";
import { useStepChanges } from "./step-changes.ts";
import { StepEditor } from "./step-editor.tsx";
import { SettledText } from "./settled-text.tsx";
import { StepMenuButton } from "./step-menu.tsx";
import { StepFrame } from "./step-frame.tsx";

type StepCardProps = {
  readonly run: string;
  readonly step: Step;
  readonly index: number;
  readonly threshold: number;
  /** Only what stays unsaved is marked: a step is usually stored before it could be read. */
  readonly unsaved?: boolean;
  readonly rejectedLate?: boolean;
  readonly grouped?: boolean;
  /** Of a run that is only looked at, before it is kept. */
  readonly readOnly?: boolean;
};

/**
 * A written step. The fold keeps a step's object while nothing about it changes, so a settled one is drawn once. It asks the
 * run for nothing itself: whoever does is asked back at each token, and a run has a thousand steps.
 */
export const StepCard = memo(function StepCard({ run, step, index, threshold, unsaved = false, rejectedLate = false, grouped = false, readOnly = false }: StepCardProps) {
  const words = useWords();
  const remark = step.unverifiedBecause === undefined
    ? step.author === "base" && step.verdict !== "corrected" && step.why !== undefined ? words.why[step.why] : undefined
    : words.unverifiedBecause[step.unverifiedBecause];
  const editing = useStepChanges((state) => state.editing?.run === run && state.editing.step === step.id);
  return (
    <StepFrame
      index={index} author={step.author} verdict={step.verdict} score={step.score} threshold={threshold} remark={remark}
      {...(readOnly ? {} : { actions: <StepMenuButton run={run} step={step.id} index={index} /> })}
    >
      {editing ? <StepEditor step={step} index={index} /> : <SettledText text={step.text} grouped={grouped} />}
      {step.end === "cut" && <p className="font-sans text-[0.8125rem] text-quiet">… {words.cut}</p>}
      {unsaved && <p className="font-sans text-[0.8125rem] text-alarm">{words.saving.stepNotSaved}</p>}
      {rejectedLate && <LateRejectionNote />}
      {step.rejected !== undefined && <RejectedDraftNote run={run} rejected={step.rejected} threshold={threshold} grouped={grouped} />}
    </StepFrame>
  );
});
