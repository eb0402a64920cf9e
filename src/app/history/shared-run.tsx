import { TroubleNote } from "../frame/trouble-alert.tsx";
import { StepCard } from "../run/step-card.tsx";
import { RichText } from "../text/rich-text.tsx";
import { useWords } from "../words/use-words.ts";
import { useHistoryWords } from "./history-words.ts";
import { Repairs } from "./import-panel.tsx";
import { closeSharedRun, keepSharedRun, useShared, type SharedRun as Shared } from "./shared-run-store.ts";
import { visibleText } from "../text/visible-text.ts";

/** A run that came with a link, to read, and to keep if the reader wants it. */
export function SharedRun() {
  const shared = useShared();
  if (shared.kind === "none") return null;
  if (shared.kind === "unreadable") return <div role="alert"><TroubleNote trouble={shared.trouble} name="shared" onDismiss={closeSharedRun} /></div>;
  return <Offered shared={shared} />;
}

function Offered({ shared: { run, title, repairs, trouble } }: { readonly shared: Shared & { readonly kind: "offered" } }) {
  const words = useWords();
  const own = useHistoryWords();
  return (
    <article aria-labelledby="shared-title" className="mt-3 grid gap-4">
      <header className="grid gap-2 rounded-lg bg-sunken px-4 py-3">
        <h2 id="shared-title" className="section-title">{own.shared}</h2>
        <p dir="auto" className="reading max-h-40 overflow-y-auto font-medium whitespace-pre-wrap">{visibleText(run.header.problem || title)}</p>
        <p className="text-[0.8125rem] text-quiet">{own.sharedNote}</p>
        {repairs.length > 0 && <Repairs title={own.linkMended(repairs.length)} repairs={repairs} />}
        {trouble !== undefined && <div role="alert"><TroubleNote trouble={trouble} name="shared" /></div>}
        <div className="flex flex-wrap gap-2">
          <button type="button" className="button" onClick={() => void keepSharedRun()}>{own.keepIt}</button>
          <button type="button" className="button-quiet" onClick={closeSharedRun}>{own.dontKeep}</button>
        </div>
      </header>
      {run.answer !== undefined && (
        <section aria-labelledby="shared-answer" className="rounded-lg border border-line bg-raised px-4 py-3">
          <h2 id="shared-answer" className="section-title">{words.answer.label}</h2>
          <div className="reading mt-1 text-xl"><RichText text={run.answer.text.trim()} /></div>
        </section>
      )}
      <ol aria-label={words.steps.label} className="divide-y divide-line">
        {run.steps.map((step, index) => <StepCard key={step.id} run={`shared ${run.header.id}`} step={step} index={index} threshold={run.header.policy.threshold} readOnly />)}
      </ol>
    </article>
  );
}
