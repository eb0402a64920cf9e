import { memo } from "react";
import type { StepId } from "../../reasoning/events.ts";
import type { Step } from "../../reasoning/run.ts";
import { useRun } from "../app-run.ts";
import { useWords } from "../words/use-words.ts";
import { LateRejectionNote } from "./late-rejection-note.tsx";
import { RejectedDraftNote } from "./rejected-draft-note.tsx";
import { useStepChanges } from "./step-changes.ts";
import { StepEditor } from "./step-editor.tsx";
import { SettledText } from "./settled-text.tsx";
import { StepMenuButton } from "./step-menu.tsx";
import { StepFrame } from "./step-frame.tsx";

type StepCardProps = { readonly run: string; readonly step: Step; readonly index: number; readonly threshold: number; readonly grouped?: boolean };

/** A written step. The fold keeps a step's object while nothing about it changes, so a settled one is drawn once. */
export const StepCard = memo(function StepCard({ run, step, index, threshold, grouped = false }: StepCardProps) {
  const words = useWords();
  const remark = step.unverifiedBecause === undefined
    ? step.author === "base" && step.verdict !== "corrected" && step.why !== undefined ? words.why[step.why] : undefined
    : words.unverifiedBecause[step.unverifiedBecause];
  const editing = useStepChanges((state) => state.editing?.run === run && state.editing.step === step.id);
  return (
    <StepFrame
      index={index} author={step.author} verdict={step.verdict} score={step.score} threshold={threshold} remark={remark}
      actions={<StepMenuButton run={run} step={step.id} index={index} />}
    >
      {editing ? <StepEditor step={step} index={index} /> : <SettledText text={step.text} grouped={grouped} />}
      {step.end === "cut" && <p className="font-sans text-[0.8125rem] text-quiet">… {words.cut}</p>}
      <UnsavedMark step={step.id} />
      <LateRejectionNote step={step.id} />
      {step.rejected !== undefined && <RejectedDraftNote run={run} rejected={step.rejected} grouped={grouped} />}
    </StepFrame>
  );
});

/** Only what stays unsaved is marked: a step is usually stored before it could be read. */
function UnsavedMark({ step }: { readonly step: StepId }) {
  const words = useWords().saving;
  const unsaved = useRun((state) => state.unsaved.has(step) && state.savingTrouble !== undefined);
  if (!unsaved) return null;
  return <p className="font-sans text-[0.8125rem] text-alarm">{words.stepNotSaved}</p>;
}
