import { memo, useRef, useState } from "react";
import type { StepId } from "../../reasoning/events.ts";
import type { Step } from "../../reasoning/run.ts";
import { appRun, useRun } from "../app-run.ts";
import { lateRejection } from "./late-rejection.ts";
import { LiveSteps } from "./live-steps.tsx";
import { StepCard } from "./step-card.tsx";
import { useGroup } from "./use-near.ts";

const groupSize = 32;
const listId = "steps";
const none: ReadonlySet<StepId> = new Set();

type StepListProps = { readonly run: string; readonly steps: readonly Step[]; readonly threshold: number };

/**
 * The steps of a run. Of a long one all but the last stand in groups: while a group is far from the window it costs
 * each frame no more than one step would, and the browser still finds its words.
 */
export function StepList({ run, steps, threshold }: StepListProps) {
  const groups = useGroups(steps.length);
  const single = groups * groupSize;
  const marks: Marks = {
    unsaved: useRun((state) => (state.savingTrouble === undefined ? none : state.unsaved)),
    rejectedLate: useRun((state) => (state.run === undefined ? undefined : lateRejection(state.run)?.step)),
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-redundant-roles -- said outright, a list may have groups between it and its items
    <ol id={listId} role="list" aria-labelledby="steps-title" className="divide-y divide-line">
      {Array.from({ length: groups }, (_, group) => (
        <StepGroup key={`group ${group}`} run={run} steps={steps.slice(group * groupSize, (group + 1) * groupSize)} first={group * groupSize} threshold={threshold} marks={marks} />
      ))}
      {steps.slice(single).map((step, place) => <StepCard key={step.id} run={run} step={step} index={single + place} threshold={threshold} {...markOf(marks, step)} />)}
      <LiveSteps run={run} threshold={threshold} />
    </ol>
  );
}

/** How many whole groups there are. Steps are drawn anew when they join one: not while the reader is at work among them. */
function useGroups(steps: number): number {
  const due = steps <= 2 * groupSize ? 0 : Math.floor(steps / groupSize) - 1;
  const [groups, setGroups] = useState(due);
  if (due < groups || (due > groups && !readerAtWork())) setGroups(due);
  return Math.min(groups, Math.floor(steps / groupSize));
}

/** Has the focus or selects text among the steps. */
function readerAtWork(): boolean {
  const among = (node: Node | null | undefined): boolean => document.getElementById(listId)?.contains(node ?? null) === true;
  const selection = getSelection();
  return among(document.activeElement) || (selection?.isCollapsed === false && among(selection.anchorNode));
}

/** What is said at some steps beyond what the fold holds of them. */
type Marks = { readonly unsaved: ReadonlySet<StepId>; readonly rejectedLate: StepId | undefined };

const markOf = ({ unsaved, rejectedLate }: Marks, { id }: Step) => ({ unsaved: unsaved.has(id), rejectedLate: rejectedLate === id });

const sameMark = (one: Marks, other: Marks, { id }: Step): boolean =>
  one.unsaved.has(id) === other.unsaved.has(id) && (one.rejectedLate === id) === (other.rejectedLate === id);

type StepGroupProps = StepListProps & { readonly first: number; readonly marks: Marks };

const StepGroup = memo(function StepGroup({ run, steps, first, threshold, marks }: StepGroupProps) {
  const place = useRef<HTMLDivElement>(null);
  // What the reader sees first, and what was drawn before it became a group, is drawn at once.
  const drawn = useGroup(place, () => first < groupSize || appRun.store.getState().work.kind === "reasoning");
  const height = `${steps.reduce((sum, { text }) => sum + rems(text), 0)}rem`;
  return (
    <div ref={place} role="none" data-group={first} className="step-group divide-y divide-line" style={{ containIntrinsicHeight: `auto ${height}`, ...(drawn ? {} : { minHeight: height }) }}>
      {drawn && steps.map((step, index) => <StepCard key={step.id} run={run} step={step} index={first + index} threshold={threshold} grouped {...markOf(marks, step)} />)}
    </div>
  );
}, (before, { run, steps, first, threshold, marks }) =>
  before.run === run && before.first === first && before.threshold === threshold
  && before.steps.length === steps.length && before.steps.every((step, index) => step === steps[index] && sameMark(before.marks, marks, step)));

/** About how high a step is, until it is drawn. */
const rems = (text: string): number => 3.4 + 1.7 * text.split("\n").reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / 80)), 0);
