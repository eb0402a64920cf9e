import type { Run } from "../../reasoning/run.ts";
import { useRun } from "../app-run.ts";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { pricesOf, usePriceList } from "../settings/prices.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { CostSummary } from "./cost-summary.tsx";
import { Disclosure } from "./disclosure.tsx";
import { Figure, Figures } from "./figures.tsx";
import { useRunViewWords } from "./run-view-words.ts";
import { SpeculationSummary } from "./speculation-summary.tsx";
import { StepTokens } from "./step-tokens.tsx";
import { summarise } from "./summarise.ts";
import { OutsideText } from "../text/outside-text.tsx";

export function RunSummary() {
  const words = useWords();
  const run = useRun((state) => state.run);
  const coming = useRun(({ work }) => work.kind === "opening" || work.kind === "waiting");
  if (run === undefined && !coming) return null;
  return (
    // Its place is kept while the models are opened: what stands below does not move when the run begins.
    <section aria-labelledby="summary-title" className="grid content-start gap-4 lg:min-h-[30rem]">
      <h2 id="summary-title" className="section-title">{words.summary.label}</h2>
      {run !== undefined && <Summary run={run} />}
    </section>
  );
}

function Summary({ run }: { readonly run: Run }) {
  const words = useWords();
  const own = useRunViewWords();
  const prices = usePriceList();
  const { count, percent, seconds: inSeconds } = useNumbers();
  const { totals } = run;
  const summary = summarise(run);
  const seconds = (value: number | undefined): string =>
    value === undefined ? words.summary.none : words.summary.seconds(inSeconds(value));
  const share = summary.baseOnlyTokens === 0 ? 0 : summary.baseTokens / summary.baseOnlyTokens;
  const priced = pricesOf(prices, run.header.base.id) !== undefined;
  const worked = summary.deviceSeconds + summary.baseSeconds + (summary.networkSeconds ?? 0);
  const timeParts = worked === 0 ? [] : ([
    ["bg-edge", summary.deviceSeconds / worked], ["bg-cloud", summary.baseSeconds / worked], ["bg-border", (summary.networkSeconds ?? 0) / worked],
  ] as const);
  return (
    <>
      <Figures title={words.summary.steps}>
        <Figure name={words.summary.drafted} value={count(summary.drafted)} />
        <Figure name={words.summary.accepted} value={count(summary.accepted)} />
        <Figure name={words.summary.corrected} value={count(summary.corrected)} />
        <Figure name={words.summary.unverified} value={count(summary.unverified)} />
        <Figure name={words.summary.byBase} value={count(summary.byBase)} />
        <Figure name={words.summary.acceptance} value={summary.acceptance === undefined ? words.summary.none : percent(summary.acceptance)} />
      </Figures>
      <Figures title={words.summary.baseTokens}>
        <Figure name={words.summary.used} value={count(summary.baseTokens)} symbol={<AuthorSymbol author="base" />} />
        <Figure name={words.summary.baseOnly} value={count(summary.baseOnlyTokens)} />
        <div className="col-span-2 grid gap-1">
          <dt className="sr-only">{words.summary.shareName}</dt>
          <dd className="grid gap-1.5">
            <Bar parts={[["bg-cloud", Math.min(1, share)]]} />
            <span className="text-[0.8125rem] text-quiet">{words.summary.share(percent(share))}</span>
          </dd>
        </div>
      </Figures>
      <Figures title={words.summary.time} bar={<Bar parts={timeParts} />}>
        <Figure name={words.summary.device} value={seconds(summary.deviceSeconds)} symbol={<AuthorSymbol author="draft" />} />
        <Figure name={words.summary.base} value={seconds(summary.baseSeconds)} symbol={<AuthorSymbol author="base" />} />
        <Figure name={words.summary.network} value={seconds(summary.networkSeconds)} />
        <Figure name={words.summary.elapsed} value={seconds(run.seconds)} />
      </Figures>
      {priced && <CostSummary run={run} />}
      <SpeculationSummary run={run.header.id} />
      <Disclosure name="summary details" title={own.details}>
        <div className="mt-2 grid gap-4">
          <p className="text-xs leading-snug text-quiet">{words.summary.assumption}</p>
          <p className="text-xs leading-snug text-quiet">{words.summary.timeNote}</p>
          {!priced && <CostSummary run={run} />}
          <StepTokens run={run} />
          <Figures title={words.summary.work} wide>
            <Figure name={words.summary.scoreRequests} value={count(totals.scoreRequests)} />
            <Figure name={words.summary.rollbacks} value={count(totals.rollbacks)} />
            <Figure name={words.summary.generated} value={count(totals.draftTokens)} />
            <Figure name={words.summary.prefilled} value={words.summary.prefilledOf(count(totals.draftPrefilledTokens), count(totals.draftPromptTokens))} />
            <Figure name={words.summary.wastedDraft} value={count(totals.wastedDraftTokens)} />
            <Figure name={words.summary.wastedBase} value={count(totals.wastedBaseTokens)} />
          </Figures>
        </div>
      </Disclosure>
      <div className="grid gap-1 border-t border-line pt-2 text-[0.8125rem] text-quiet">
        <h3 className="sr-only">{words.summary.models}</h3>
        <p className="flex items-center gap-1.5"><AuthorSymbol author="draft" /><OutsideText text={run.header.draft.name} /><Device /></p>
        <p className="flex items-center gap-1.5"><AuthorSymbol author="base" />{run.header.base.name === "" ? words.summary.none : <OutsideText text={run.header.base.name} />}</p>
      </div>
    </>
  );
}

/** Shares of a whole, side by side; the figures beside it say the same. */
function Bar({ parts }: { readonly parts: readonly (readonly [colour: string, share: number])[] }) {
  return (
    <span aria-hidden="true" className="flex h-1.5 overflow-hidden rounded-full bg-line">
      {parts.map(([colour, share]) => <span key={colour} className={colour} style={{ width: `${share * 100}%` }} />)}
    </span>
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
