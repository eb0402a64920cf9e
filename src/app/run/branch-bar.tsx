import { useState } from "react";
import { allBranches, type Branch } from "../../reasoning/branches.ts";
import { appRun, useRun } from "../app-run.ts";
import { RichText } from "../text/rich-text.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useBranchWords } from "./branch-words.ts";
import { useViewedBranch, viewBranch, viewCurrent } from "./step-changes.ts";
import { focusSteps } from "./step-menu.tsx";

const noteId = "branches-note";

/** Walks the branches of a run. */
export function BranchBar() {
  const words = useBranchWords();
  const run = useRun((state) => (state.run !== undefined && state.run.branches.length > 0 ? state.run : undefined));
  const elsewhere = useRun((state) => state.elsewhere === "computing");
  const running = useRun(({ work }) => work.kind !== "idle");
  const viewed = useViewedBranch();
  const [said, say] = useState("");
  if (run === undefined) return null;
  const all = allBranches(run);
  const shown = viewed?.branch ?? all.find(({ number }) => number === run.branch.number);
  if (shown === undefined) return null;
  const hindrance = elsewhere ? words.elsewhere : running ? words.takeUpStops : undefined;
  const go = (number: number): void => {
    if (number < 1 || number > all.length) return;
    if (number === run.branch.number) viewCurrent();
    else viewBranch(run.header.id, number, viewed?.comparing);
    say(words.place(number, all.length));
  };
  return (
    <section aria-label={words.bar} className="mt-2 grid gap-1.5 rounded-md bg-sunken px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <button type="button" className="button-quiet px-2" aria-label={words.previous} aria-disabled={shown.number === 1} onClick={() => go(shown.number - 1)}>‹</button>
        <span className="font-medium tabular-nums">{words.place(shown.number, all.length)}</span>
        {viewed === undefined && <span className="text-quiet">({words.current})</span>}
        <button type="button" className="button-quiet px-2" aria-label={words.next} aria-disabled={shown.number === all.length} onClick={() => go(shown.number + 1)}>›</button>
        {viewed !== undefined && (
          <span className="ms-auto flex flex-wrap gap-2">
            <button type="button" className="button-quiet" aria-pressed={viewed.comparing} onClick={() => viewBranch(run.header.id, shown.number, !viewed.comparing)}>
              {viewed.comparing ? words.closeComparison : words.compare}
            </button>
            <button
              type="button" className="button" aria-disabled={elsewhere} {...(hindrance === undefined ? {} : { "aria-describedby": noteId })}
              onClick={() => {
                if (elsewhere) return;
                viewCurrent();
                focusSteps();
                void appRun.change({ kind: "switch", branch: shown.number });
              }}
            >
              {words.takeUp}
            </button>
          </span>
        )}
      </div>
      <Origin branch={shown} answered={viewed !== undefined} />
      {viewed !== undefined && hindrance !== undefined && <p id={noteId} className="text-[0.8125rem] text-quiet">{hindrance}</p>}
      {viewed !== undefined && !viewed.comparing && <p className="text-[0.8125rem] text-quiet">{words.readOnly}</p>}
      <output className="sr-only">{said}</output>
    </section>
  );
}

/** Why and when a branch began, and what an old one came to: the current one's answer stands below its steps. */
function Origin({ branch: { parted, answer }, answered }: { readonly branch: Branch; readonly answered: boolean }) {
  const words = useBranchWords();
  const numbers = useNumbers();
  return (
    <div className="text-[0.8125rem] text-quiet">
      {parted === undefined ? words.first : `${words.parted[parted.why](parted.index + 1, parted.from)}${words.when(numbers.seconds(parted.at))}`}{" "}
      {answered && <BranchAnswer answer={answer} />}
    </div>
  );
}

export function BranchAnswer({ answer }: { readonly answer: Branch["answer"] | undefined }) {
  const words = useBranchWords();
  if (answer === undefined) return <span>{words.noAnswer}</span>;
  return <div className="mt-0.5 flex gap-x-1.5 text-ink"><span className="text-quiet">{words.answer}</span><RichText text={answer.text.trim()} /></div>;
}
