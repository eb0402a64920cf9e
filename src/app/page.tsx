import { Suspense, useEffect } from "react";
import { useRun } from "./app-run.ts";
import { DraftPane } from "./draft-pane/draft-pane.tsx";
import { Masthead } from "./frame/masthead.tsx";
import { Troubles } from "./frame/trouble-alert.tsx";
import { useView } from "./frame/view-address.ts";
import { views } from "./frame/views.ts";
import { RunHistory } from "./history/run-history.tsx";
import { SharedRun } from "./history/shared-run.tsx";
import { UpdateOffer } from "./offline/update-offer.tsx";
import { FirstLook } from "./problem/first-look.tsx";
import { LeavesThisDevice } from "./problem/leaves-this-device.tsx";
import { ProblemForm } from "./problem/problem-form.tsx";
import { ElsewhereNote } from "./run/elsewhere-note.tsx";
import { RunBar } from "./run/run-bar.tsx";
import { RunSummary } from "./run/run-summary.tsx";
import { RunView } from "./run/run-view.tsx";
import { VerificationPanel } from "./verification/verification-panel.tsx";
import { VerdictSpeaker } from "./run/verdict-speaker.tsx";
import { WhatIfPanel } from "./simulation/what-if-panel.tsx";
import { SettingsDialog } from "./settings/settings-dialog.tsx";
import { useSettings } from "./settings/settings-store.ts";
import { languageTag, useLanguage, useWords } from "./words/use-words.ts";

export function Page() {
  useDocumentLook();
  const words = useWords();
  const view = useView();
  const Other = views.find(({ name }) => name === view)?.View;
  return (
    <div className="mx-auto max-w-[74rem] px-4 pb-16 sm:px-6">
      {/* The fragment names the run or the page that is shown: a link to a place would lose it. */}
      <button type="button" className="sr-only focus:not-sr-only" onClick={() => document.getElementById(Other === undefined ? "problem" : "view")?.focus()}>
        {words.skipToContent}
      </button>
      <Masthead />
      {Other === undefined ? <SolveView /> : (
        <main id="view" tabIndex={-1} className="mt-5 min-w-0">
          <Suspense fallback={<p className="text-quiet">{words.views.loading}</p>}><Other /></Suspense>
        </main>
      )}
      <VerdictSpeaker />
      <SettingsDialog />
    </div>
  );
}

function SolveView() {
  const computing = useRun(({ work }) => work.kind === "opening" || work.kind === "reasoning");
  return (
    <div className="mt-5 grid gap-x-14 gap-y-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <main className="grid min-w-0 content-start gap-3">
        <UpdateOffer />
        <ProblemForm />
        <RunBar />
        <ElsewhereNote />
        <LeavesThisDevice />
        <Troubles />
        <SharedRun />
        <FirstLook />
        <RunView />
      </main>
      {/* On a narrow screen it stands below the steps, which would push it on while they grow: there it comes when they are done. */}
      <aside className={`grid min-w-0 content-start gap-8 ${computing ? "max-lg:hidden" : ""}`}>
        <RunSummary />
        <VerificationPanel />
        <DraftPane />
        <WhatIfPanel />
        <RunHistory />
      </aside>
    </div>
  );
}

function useDocumentLook(): void {
  const language = useLanguage();
  const theme = useSettings(({ settings }) => settings.theme);
  useEffect(() => { document.documentElement.lang = languageTag[language]; }, [language]);
  useEffect(() => {
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
}
