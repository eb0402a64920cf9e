import { useEffect, useRef, useState } from "react";
import type { RunSummary } from "../../runs/list-runs.ts";
import { longestTitle } from "../../runs/title.ts";
import { appRun, useRun } from "../app-run.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { removeForGood, removeRun, renameRun, searchHistory, showMore, undoRemove, useHistory } from "./history-store.ts";
import { useHistoryWords } from "./history-words.ts";
import { ImportPanel } from "./import-panel.tsx";
import { importFile } from "./importing.ts";
import { KeptRuns, size } from "./kept-runs.tsx";
import { exportRun, shareRun, useSharing } from "./sharing.ts";
import { OutsideText, Saying } from "../text/outside-text.tsx";

const titleId = "history-title";

/** Where the focus goes when what had it leaves the list. */
const focusTitle = (): void => document.getElementById(titleId)?.focus({ preventScroll: true });

export function RunHistory() {
  const words = useWords();
  const runs = useHistory((state) => state.runs);
  const more = useHistory((state) => state.more);
  const trouble = useHistory((state) => state.trouble);
  const [dropping, setDropping] = useState(false);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dropping a file is a second way to the button below
    <section
      aria-labelledby={titleId}
      className={`-m-2 grid gap-2 rounded-lg p-2 ${dropping ? "outline-2 outline-cloud outline-dashed" : ""}`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => { if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setDropping(false); }}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        const file = event.dataTransfer.files[0];
        if (file !== undefined) void importFile(file);
      }}
    >
      <h2 id={titleId} tabIndex={-1} className="section-title">{words.history.label}</h2>
      <Search />
      <Removed />
      <ImportPanel />
      {trouble !== undefined && <p role="alert" className="text-alarm">{words.problems[trouble.kind].what} {words.problems[trouble.kind].todo}</p>}
      {(runs === undefined || runs.length === 0) && trouble === undefined && <NoRuns />}
      <ul className="divide-y divide-line">
        {runs?.map((run) => <RunRow key={run.id} run={run} />)}
      </ul>
      {more && <button type="button" className="button-quiet justify-self-start" onClick={showMore}>{words.history.more}</button>}
      <KeptRuns />
    </section>
  );
}

function NoRuns() {
  const words = useWords();
  const own = useHistoryWords();
  const searching = useHistory((state) => state.search.trim() !== "");
  return <p className="text-[0.8125rem] text-quiet">{searching ? own.noneFound : words.history.empty}</p>;
}

function Search() {
  const words = useHistoryWords();
  const search = useHistory((state) => state.search);
  const some = useHistory((state) => (state.usage?.runs ?? 0) > 0);
  if (!some && search === "") return null;
  return (
    <input
      type="search" className="field" aria-label={words.search} placeholder={words.search} value={search}
      onChange={(event) => searchHistory(event.target.value)}
    />
  );
}

function Removed() {
  const words = useWords();
  const own = useHistoryWords();
  const removed = useHistory((state) => state.removed);
  return (
    <output className="block empty:hidden">
      {removed !== undefined && (
        <span className="flex flex-wrap items-center justify-between gap-x-2 rounded-md bg-sunken px-3 py-1.5 text-[0.8125rem]">
          <span className="max-w-full min-w-0 truncate">
            {removed.titles.length === 1 ? <Saying say={(title = "") => words.history.deleted(title)} names={removed.titles} /> : own.deletedAll(removed.titles.length)}
          </span>
          <span>
            <button type="button" className="button-quiet text-ink" onClick={() => { focusTitle(); void undoRemove(); }}>{words.history.undo}</button>
            {removed.titles.length > 1 && <button type="button" className="button-quiet" onClick={() => { focusTitle(); void removeForGood(); }}>{own.forGood}</button>}
          </span>
        </span>
      )}
    </output>
  );
}

function RunRow({ run }: { readonly run: RunSummary }) {
  const words = useWords();
  const { unnamed } = useHistoryWords();
  const title = run.title.trim() === "" ? unnamed : run.title;
  const numbers = useNumbers();
  const current = useRun((state) => state.run?.header.id === run.id);
  const running = useRun((state) => state.run?.header.id === run.id && state.work.kind === "reasoning");
  const [naming, setNaming] = useState(false);
  const rename = useRef<HTMLButtonElement>(null);
  const wasNaming = useRef(false);
  useEffect(() => {
    if (wasNaming.current && !naming) rename.current?.focus();
    wasNaming.current = naming;
  }, [naming]);
  if (naming) return <li className="py-2"><RenameForm run={run} onDone={() => setNaming(false)} /></li>;
  const status = running ? words.summary.status.running : words.history.status[run.status];
  return (
    <li className="grid py-1.5">
      <button
        type="button"
        aria-label={words.history.open(title)}
        aria-current={current}
        className={`truncate rounded px-1 text-start hover:underline ${current ? "font-semibold" : ""}`}
        onClick={() => { if (!current) void appRun.show(run.id); }}
      >
        <OutsideText text={title} />
      </button>
      <div className="flex flex-wrap items-center gap-x-2 px-1 text-[0.8125rem] text-quiet">
        <span className="grow tabular-nums">{numbers.date(run.updatedAt)} · {words.history.steps(run.steps)} · {size(run.bytes, numbers.short)} · {status}</span>
        <span className="-me-1.5 flex">
          <button ref={rename} type="button" className="button-quiet px-1.5" aria-label={words.history.renameOf(title)} onClick={() => setNaming(true)}>{words.history.rename}</button>
          <button
            type="button"
            className="button-quiet px-1.5"
            aria-label={words.history.deleteOf(title)}
            aria-disabled={running}
            onClick={() => {
              if (running) return;
              focusTitle();
              void removeRun({ id: run.id, title });
            }}
          >
            {words.history.delete}
          </button>
        </span>
      </div>
      {current && <Passing run={run} />}
    </li>
  );
}

/** Ways to hand on the run on the page. */
function Passing({ run }: { readonly run: RunSummary }) {
  const words = useHistoryWords();
  const sharing = useSharing(run.id);
  const file = (text: string) => (
    <button type="button" className="button-quiet px-1.5" aria-label={words.exportOf(run.title)} onClick={() => void exportRun(run.id, run.title)}>{text}</button>
  );
  return (
    <div className="text-[0.8125rem]">
      <div className="-ms-0.5 flex flex-wrap">
        <button type="button" className="button-quiet px-1.5" aria-label={words.shareOf(run.title)} onClick={() => void shareRun(run.id)}>{words.share}</button>
        {sharing?.kind !== "too-large" && file(words.exportRun)}
      </div>
      <output className="block px-1 empty:hidden">
        {sharing?.kind === "copied" && words.copied}
        {sharing?.kind === "too-large" && <>{words.tooLarge} {file(words.asFile)}</>}
        {sharing?.kind === "not-copied" && (
          <label className="grid gap-1">
            {words.copyYourself}
            <input readOnly className="field" aria-label={words.link} value={sharing.link} onFocus={(event) => event.target.select()} />
          </label>
        )}
      </output>
    </div>
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
        <input autoFocus
          className="field" dir="auto" maxLength={longestTitle} value={title} onChange={(event) => setTitle(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            // It would stop the run.
            event.nativeEvent.stopPropagation();
            onDone();
          }}
        />
      </label>
      <div className="flex gap-2">
        <button type="submit" className="button">{words.history.save}</button>
        <button type="button" className="button-quiet" onClick={onDone}>{words.history.cancel}</button>
      </div>
    </form>
  );
}
