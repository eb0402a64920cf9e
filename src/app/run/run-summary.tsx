import { useRun } from "../app-run.ts";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { CostSummary } from "./cost-summary.tsx";
import { Figure, Figures } from "./figures.tsx";
import { SpeculationSummary } from "./speculation-summary.tsx";
import { StepTokens } from "./step-tokens.tsx";
import { summarise } from "./summarise.ts";

export function RunSummary() {
  const words = useWords();
  const { count, percent, seconds: inSeconds } = useNumbers();
  const run = useRun((state) => state.run);
  if (run === undefined) return null;
  const { totals } = run;
  const summary = summarise(run);
  const seconds = (value: number | undefined): string =>
    value === undefined ? words.summary.notMeasured : words.summary.seconds(inSeconds(value));
  const share = summary.baseOnlyTokens === 0 ? 0 : summary.baseTokens / summary.baseOnlyTokens;
  return (
    <section aria-labelledby="summary-title" className="grid gap-4">
      <h2 id="summary-title" className="section-title">{words.summary.label}</h2>
      <Figures title={words.summary.steps}>
        <Figure name={words.summary.drafted} value={count(summary.drafted)} />
        <Figure name={words.summary.accepted} value={count(summary.accepted)} />
        <Figure name={words.summary.corrected} value={count(summary.corrected)} />
        <Figure name={words.summary.unverified} value={count(summary.unverified)} />
        <Figure name={words.summary.byBase} value={count(summary.byBase)} />
        <Figure name={words.summary.acceptance} value={summary.acceptance === undefined ? words.summary.none : percent(summary.acceptance)} />
      </Figures>
      <Figures title={words.summary.baseTokens} note={words.summary.assumption}>
        <Figure name={words.summary.used} value={count(summary.baseTokens)} />
        <Figure name={words.summary.baseOnly} value={count(summary.baseOnlyTokens)} />
        <div className="col-span-2 grid gap-1">
          <dt className="sr-only">{words.summary.shareName}</dt>
          <dd className="grid gap-1.5">
            <span aria-hidden="true" className="block h-1.5 overflow-hidden rounded-full bg-line">
              <span className="block h-full rounded-full bg-cloud" style={{ width: `${Math.min(100, share * 100)}%` }} />
            </span>
            <span className="text-[0.8125rem] text-quiet">{words.summary.share(percent(share))}</span>
          </dd>
        </div>
      </Figures>
      <CostSummary run={run} />
      <StepTokens run={run} />
      <SpeculationSummary run={run.header.id} />
      <Figures title={words.summary.time} note={words.summary.timeNote}>
        <Figure name={words.summary.device} value={seconds(summary.deviceSeconds)} />
        <Figure name={words.summary.network} value={seconds(summary.networkSeconds)} />
        <Figure name={words.summary.base} value={seconds(summary.baseSeconds)} />
        <Figure name={words.summary.elapsed} value={seconds(run.seconds)} />
      </Figures>
      <Figures title={words.summary.work} wide>
        <Figure name={words.summary.scoreRequests} value={count(totals.scoreRequests)} />
        <Figure name={words.summary.rollbacks} value={count(totals.rollbacks)} />
        <Figure name={words.summary.generated} value={count(totals.draftTokens)} />
        <Figure name={words.summary.prefilled} value={words.summary.prefilledOf(count(totals.draftPrefilledTokens), count(totals.draftPromptTokens))} />
        <Figure name={words.summary.wastedDraft} value={count(totals.wastedDraftTokens)} />
        <Figure name={words.summary.wastedBase} value={count(totals.wastedBaseTokens)} />
      </Figures>
      <div className="grid gap-1 border-t border-line pt-2 text-[0.8125rem] text-quiet">
        <h3 className="sr-only">{words.summary.models}</h3>
        <p className="flex items-center gap-1.5"><AuthorSymbol author="draft" />{run.header.draft.name}<Device /></p>
        <p className="flex items-center gap-1.5"><AuthorSymbol author="base" />{run.header.base.name === "" ? words.summary.none : run.header.base.name}</p>
      </div>
    </section>
  );
}

/** What the draft model really computes on, once it is open. */
function Device() {
  const words = useWords();
  const device = useRun((state) => state.device);
  if (device === undefined) return null;
  const threads = device.computesOn === "cpu" ? Number.parseInt(device.device, 10) : Number.NaN;
  return <span>· {Number.isNaN(threads) ? device.device : words.summary.threads(threads)}</span>;
}
