import { useState } from "react";
import type { RunSummary } from "../../runs/list-runs.ts";
import { appRun, useRun } from "../app-run.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { removeRun, renameRun, showMore, undoRemove, useHistory } from "./history-store.ts";

export function RunHistory() {
  const words = useWords();
  const runs = useHistory((state) => state.runs);
  const more = useHistory((state) => state.more);
  const trouble = useHistory((state) => state.trouble);
  return (
    <section aria-labelledby="history-title" className="grid gap-2">
      <h2 id="history-title" className="section-title">{words.history.label}</h2>
      <Removed />
      {trouble !== undefined && <p role="alert" className="text-alarm">{words.problems[trouble.kind].what} {words.problems[trouble.kind].todo}</p>}
      {(runs === undefined || runs.length === 0) && <p className="text-[0.8125rem] text-quiet">{words.history.empty}</p>}
      <ul className="divide-y divide-line">
        {runs?.map((run) => <RunRow key={run.id} run={run} />)}
      </ul>
      {more && <button type="button" className="button-quiet justify-self-start" onClick={showMore}>{words.history.more}</button>}
    </section>
  );
}

function Removed() {
  const words = useWords();
  const removed = useHistory((state) => state.removed);
  return (
    <output className="block empty:hidden">
      {removed !== undefined && (
        <span className="flex items-center justify-between gap-2 rounded-md bg-sunken px-3 py-1.5 text-[0.8125rem]">
          <span className="min-w-0 truncate">{words.history.deleted(removed.title)}</span>
          <button type="button" className="button-quiet text-ink" onClick={() => void undoRemove()}>{words.history.undo}</button>
        </span>
      )}
    </output>
  );
}

function RunRow({ run }: { readonly run: RunSummary }) {
  const words = useWords();
  const numbers = useNumbers();
  const current = useRun((state) => state.run?.header.id === run.id);
  const running = useRun((state) => state.run?.header.id === run.id && state.work.kind === "reasoning");
  const [naming, setNaming] = useState(false);
  if (naming) return <li className="py-2"><RenameForm run={run} onDone={() => setNaming(false)} /></li>;
  const status = running ? words.summary.status.running : words.history.status[run.status];
  return (
    <li className="grid py-1.5">
      <button
        type="button"
        aria-label={words.history.open(run.title)}
        aria-current={current}
        className={`truncate rounded px-1 text-start hover:underline ${current ? "font-semibold" : ""}`}
        onClick={() => { if (!current) void appRun.show(run.id); }}
      >
        {run.title}
      </button>
      <div className="flex flex-wrap items-center gap-x-2 px-1 text-[0.8125rem] text-quiet">
        <span className="grow tabular-nums">{numbers.date(run.updatedAt)} · {words.history.steps(run.steps)} · {status}</span>
        <span className="-me-1.5 flex">
          <button type="button" className="button-quiet px-1.5" aria-label={words.history.renameOf(run.title)} onClick={() => setNaming(true)}>{words.history.rename}</button>
          <button
            type="button"
            className="button-quiet px-1.5"
            aria-label={words.history.deleteOf(run.title)}
            aria-disabled={running}
            onClick={() => {
              if (running) return;
              if (current) void appRun.clear();
              void removeRun(run.id, run.title);
            }}
          >
            {words.history.delete}
          </button>
        </span>
      </div>
    </li>
  );
}

function RenameForm({ run, onDone }: { readonly run: RunSummary; readonly onDone: () => void }) {
  const words = useWords();
  const [title, setTitle] = useState(run.title);
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void renameRun(run.id, title);
        onDone();
      }}
    >
      <label className="grid gap-1 text-[0.8125rem] text-quiet">
        {words.history.name}
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the reader has just asked to write here */}
        <input autoFocus className="field" value={title} onChange={(event) => setTitle(event.target.value)} />
      </label>
      <div className="flex gap-2">
        <button type="submit" className="button">{words.history.save}</button>
        <button type="button" className="button-quiet" onClick={onDone}>{words.history.cancel}</button>
      </div>
    </form>
  );
}
