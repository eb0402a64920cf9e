import { appRun, useRun } from "../app-run.ts";
import type { Opening } from "../models/open-pair.ts";
import { solveProblem, writeProblem } from "../problem/problem-store.ts";
import { useSettings } from "../settings/settings-store.ts";
import type { Words } from "../words/en.ts";
import { AuthorSymbol, PlusSymbol } from "../frame/symbols.tsx";
import { AnswerLink, useAnswerAbove } from "./answer-link.tsx";
import { SavedMark } from "./saved-mark.tsx";
import { leaveRun } from "./run-address.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";

/** What can be done with the run; stays in sight while the steps scroll by. */
export function RunBar() {
  const words = useWords();
  const busy = useRun(({ work }) => work.kind === "waiting" || work.kind === "opening" || work.kind === "reasoning");
  const status = useRun(({ run }) => run?.status);
  const elsewhere = useRun((state) => state.elsewhere === "computing");
  const shown = status !== undefined;
  return (
    <div className="sticky top-0 z-10 -mx-4 flex flex-wrap items-center gap-2 bg-paper px-4 py-2 sm:-mx-1 sm:px-1">
      <button type="button" className="button button-main" aria-disabled={busy} onClick={solveProblem}>{words.solve}</button>
      {busy && <button type="button" className="button" onClick={() => void appRun.stop()}>{words.stop}</button>}
      {!busy && (status === "stopped" || status === "failed") && (
        <button type="button" className="button" onClick={() => void appRun.resume()}>{words.resume}</button>
      )}
      {!busy && shown && !elsewhere && <RunAgain />}
      {!busy && shown && (
        <button
          type="button"
          className="button-quiet"
          aria-label={words.newProblem}
          onClick={() => {
            leaveRun();
            writeProblem("");
            void appRun.clear();
            document.getElementById("problem")?.focus();
          }}
        >
          <PlusSymbol /><span className="max-sm:hidden">{words.newProblem}</span>
        </button>
      )}
      <RunStatus />
    </div>
  );
}

function RunAgain() {
  const words = useWords();
  const problem = useRun(({ run }) => run?.header.problem ?? "");
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        writeProblem(problem);
        solveProblem();
      }}
    >
      {words.runAgain}
    </button>
  );
}

function openingWords(words: Words["opening"], { what, loading }: Opening, baseOnDevice: boolean): string {
  const percent = loading?.kind === "download" ? Math.round(100 * loading.share) : undefined;
  if (what === "draft") return percent !== undefined ? words.download(percent) : loading === undefined ? words.draft : words.preparing;
  if (!baseOnDevice) return words.base;
  return percent === undefined ? words.deviceBase : words.baseDownload(percent);
}

function RunStatus() {
  const words = useWords();
  const numbers = useNumbers();
  const work = useRun((state) => state.work);
  const baseOnDevice = useSettings(({ settings }) => settings.base.where === "device");
  const status = useRun(({ run }) => run?.status);
  const seconds = useRun(({ run }) => (run === undefined ? 0 : Math.floor(run.seconds * 10) / 10));
  const answerAbove = useAnswerAbove();
  if (work.kind === "opening") {
    const { opening } = work;
    return (
      // Beside the buttons also on a narrow screen: a line of its own would push the page down, and pull it up when it goes.
      <p className="ms-auto flex min-w-0 flex-1 basis-0 items-center justify-end gap-1.5 text-[0.8125rem] leading-tight text-quiet tabular-nums sm:text-[0.9375rem]">
        <AuthorSymbol author={opening.what} />{openingWords(words.opening, opening, baseOnDevice)}
      </p>
    );
  }
  if (work.kind === "waiting") return <p className="ms-auto text-quiet">{words.tabs.next}</p>;
  if (status === undefined) return null;
  return (
    <p className="ms-auto flex items-center gap-x-3 text-quiet tabular-nums">
      {answerAbove && work.kind === "idle" ? <AnswerLink /> : (
        <>
          <span className="max-sm:hidden"><SavedMark /></span>
          <span><span className="max-sm:hidden">{words.summary.status[status]} · </span>{words.summary.seconds(numbers.seconds(seconds))}</span>
        </>
      )}
    </p>
  );
}
