import { useRun } from "../app-run.ts";
import { useWords } from "../words/use-words.ts";
import { BranchBar } from "./branch-bar.tsx";
import { DroppedSteps } from "./dropped-steps.tsx";
import { OldBranch } from "./old-branch.tsx";
import { useViewedBranch } from "./step-changes.ts";
import { StepList } from "./step-list.tsx";
import { StepMenu } from "./step-menu.tsx";

const none: readonly never[] = [];

export function Steps() {
  const words = useWords();
  const run = useRun((state) => state.run?.header.id ?? "");
  const steps = useRun((state) => state.run?.steps ?? none);
  const threshold = useRun((state) => state.run?.header.policy.threshold ?? 0);
  const live = useRun((state) => state.run?.liveDraft !== undefined || state.run?.liveBase !== undefined);
  const viewed = useViewedBranch();
  const status = useRun((state) => state.run?.status);
  return (
    <section aria-labelledby="steps-title">
      <div className="flex min-h-6 flex-wrap items-center justify-between gap-x-4">
        <h2 id="steps-title" tabIndex={-1} className="section-title">{words.steps.label}</h2>
        <DroppedSteps />
      </div>
      <BranchBar />
      {viewed !== undefined && <OldBranch {...viewed} />}
      {viewed === undefined && steps.length === 0 && !live && (
        <p className="py-3 text-quiet">{status === "running" ? words.steps.waitingForFirst : words.steps.none}</p>
      )}
      {viewed === undefined && <StepList key={run} run={run} steps={steps} threshold={threshold} />}
      <StepMenu />
    </section>
  );
}
