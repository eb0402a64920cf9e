import type { BranchReason, RunEventBody, StepId } from "./events.ts";
import type { Run } from "./run.ts";

/** What the reader does to a transcript at rest. */
export type Change =
  /** Writes the step; reasoning goes on from it. */
  | { readonly kind: "edit"; readonly step: StepId; readonly text: string }
  /** Has the base model write it. */
  | { readonly kind: "ask-base"; readonly step: StepId }
  /** Has the draft model write another one. */
  | { readonly kind: "draft-again"; readonly step: StepId }
  /** Does without it and all that follows. */
  | { readonly kind: "drop"; readonly step: StepId }
  /** Takes up another branch. */
  | { readonly kind: "switch"; readonly branch: number };

const reasons = { edit: "edited", "ask-base": "base-asked", "draft-again": "drafted-again", drop: "dropped" } as const;

/** The transcript as it stands becomes an old branch, and what stands from `index` on leaves it. */
export const branchedAt = (run: Run, toIndex: number, why: BranchReason) =>
  ({ kind: "branched", toIndex, why, steps: run.steps.slice(toIndex).map(({ id }) => id) }) as const;

/** The events that make the change; none where the step or branch is gone. reason() goes on from the run after them. */
export function eventsOfChange(run: Run, change: Change): readonly RunEventBody[] {
  if (change.kind === "switch") {
    const chosen = run.branches.find(({ number }) => number === change.branch);
    if (chosen === undefined) return [];
    // Who takes up a branch in spite of a rejected step keeps the step.
    const { threshold } = run.header.policy;
    const kept = chosen.steps.filter((step) => step.verdict === "unverified" && step.unverifiedBecause !== "kept" && step.score !== undefined && step.score < threshold);
    return [
      { kind: "switched", branch: chosen.number, finished: chosen.finished },
      ...kept.map(({ id }) => ({ kind: "unverified", step: id, why: "kept" }) as const),
    ];
  }
  const index = run.steps.findIndex(({ id }) => id === change.step);
  if (index === -1) return [];
  // Who changes what comes after a step that was rejected late keeps that step.
  const kept = run.rejected !== undefined && run.rejected.index < index ? [{ kind: "unverified", step: run.rejected.step, why: "kept" } as const] : [];
  const branched = branchedAt(run, index, reasons[change.kind]);
  if (change.kind !== "edit") return [...kept, branched];
  const text = asStep(change.text);
  return text === "" ? [] : [...kept, branched, { kind: "edited", step: run.nextStep, index, text }];
}

/** Whether a text is more than one step: a blank line ends a step. */
export const holdsBlankLine = (text: string): boolean => /\n[^\S\n]*\n/.test(text.trim());

/** A step as models write one: without blank lines. */
const asStep = (text: string): string => text.replaceAll("\r\n", "\n").trim().replaceAll(/\n(?:[^\S\n]*\n)+/g, "\n");
