import { useEffect, useId, useRef, useState } from "react";
import { holdsBlankLine } from "../../reasoning/changes.ts";
import type { Step } from "../../reasoning/run.ts";
import { appRun } from "../app-run.ts";
import { useBranchWords } from "./branch-words.ts";
import { stepChanges } from "./step-changes.ts";
import { focusSteps } from "./step-menu.tsx";

/** The reader's own text for a step. */
export function StepEditor({ step, index }: { readonly step: Step; readonly index: number }) {
  const words = useBranchWords();
  const [text, setText] = useState(step.text);
  const field = useRef<HTMLTextAreaElement>(null);
  const noteId = useId();
  const wrong = text.trim() === "" ? words.empty : holdsBlankLine(text) ? words.blankLine : undefined;
  useEffect(() => field.current?.focus(), []);
  const leave = (): void => {
    stepChanges.setState({ editing: undefined });
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-step-menu="${step.id}"]`)?.focus());
  };
  const save = (): void => {
    if (wrong !== undefined) {
      field.current?.focus();
      return;
    }
    if (text.trim() === step.text.trim()) {
      leave();
      // There is no other step to go on from.
      if (appRun.store.getState().run?.status !== "finished") void appRun.resume();
      return;
    }
    stepChanges.setState({ editing: undefined });
    focusSteps();
    void appRun.change({ kind: "edit", step: step.id, text });
  };
  return (
    <div className="grid gap-2 pe-1 pt-1 font-sans">
      <textarea
        ref={field} dir="auto" aria-label={words.editor(index + 1)} value={text} rows={Math.min(14, 2 + Math.ceil(text.length / 70))}
        className="field reading" aria-invalid={wrong !== undefined} {...(wrong === undefined ? {} : { "aria-describedby": noteId })}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.nativeEvent.stopPropagation();
            leave();
          } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
        }}
      />
      {wrong !== undefined && <p id={noteId} className="text-[0.8125rem] text-alarm">{wrong}</p>}
      <div className="flex flex-wrap gap-2 text-[0.9375rem]">
        <button type="button" className="button button-main" aria-disabled={wrong !== undefined} onClick={save}>{words.save}</button>
        <button type="button" className="button-quiet" onClick={leave}>{words.cancel}</button>
      </div>
    </div>
  );
}
