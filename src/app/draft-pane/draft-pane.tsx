import { useStore } from "zustand";
import { useRun } from "../app-run.ts";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { perSecond, type ModelSpeed } from "../models/kept-speeds.ts";
import { draftPaneStore, type DraftPaneState } from "../models/draft-pane-store.ts";
import { Disclosure } from "../run/disclosure.tsx";
import { Figure, Figures } from "../run/figures.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useDraftPaneWords, type DraftPaneWords } from "./draft-pane-words.ts";
import { OutsideText } from "../text/outside-text.tsx";

/** What runs where: the draft model's engine, what really computes, its speed, and what its KV cache saved. */
export function DraftPane() {
  const words = useDraftPaneWords();
  const pane = useStore(draftPaneStore);
  if (pane.info === undefined && pane.loading === undefined) return null;
  return (
    <section aria-labelledby="draft-pane-title" className="grid gap-2">
      <h2 id="draft-pane-title" className="section-title flex items-center gap-1.5"><AuthorSymbol author="draft" />{words.title}</h2>
      {pane.info === undefined ? <p className="text-quiet">{words.opening}</p> : <Opened pane={pane} info={pane.info} words={words} />}
    </section>
  );
}

type OpenedProps = { readonly pane: DraftPaneState; readonly info: NonNullable<DraftPaneState["info"]>; readonly words: DraftPaneWords };

function Opened({ pane, info, words }: OpenedProps) {
  const { count, short } = useNumbers();
  const rollbacks = useRun(({ run }) => run?.totals.rollbacks);
  const { reused, prefilled, speed, counts, loading, noHalfFloats, appending, atRest } = pane;
  // WebLLM's own counts time each forward; of llama.cpp the calls are timed.
  const measured = counts === undefined ? speed : { prefill: { tokens: counts.prefilledTokens, seconds: counts.prefillSeconds }, decode: { tokens: counts.decodedTokens, seconds: counts.decodeSeconds } };
  const rate = (of: ModelSpeed["prefill"]): string => {
    const found = perSecond(of);
    return found === undefined ? words.none : short(found);
  };
  const tokens = (kind: "prefill" | "decode"): string => {
    const shown = measured === undefined ? words.none : rate(measured[kind]);
    return shown === words.none ? shown : words.speed(shown);
  };
  const loss = pane.losses.at(-1);
  const device = info.computesOn === "webgpu" ? words.gpu(info.device) : words.threads(Number.parseInt(info.device, 10) || 1);
  const decode = tokens("decode");
  return (
    <>
      <div>
        <p><OutsideText text={info.name} /></p>
        <p className="text-[0.8125rem] text-quiet tabular-nums">{[words.engines[info.engine], device, ...(decode === words.none ? [] : [decode])].join(" · ")}</p>
      </div>
      {noHalfFloats && <p className="text-xs leading-snug text-quiet">{words.noHalf}</p>}
      {loading !== undefined && <output className="text-quiet">{words.again}</output>}
      {loss !== undefined && <output className="rounded-md bg-alarm-soft px-2.5 py-1.5 text-[0.8125rem]">{words.losses[loss]}</output>}
      {appending !== undefined && (appending.append !== "prefill" || appending.rollback !== "exact") && <AppendFinding appending={appending} words={words} />}
      <Disclosure name="draft pane" title={words.details}>
        <div className="mt-2 grid gap-2">
          <Figures title={<OutsideText text={info.name} />} note={words.note} wide>
            <Figure name={words.engine} value={words.engines[info.engine]} />
            <Figure name={words.computes} value={device} />
            <Figure name={words.prefill} value={tokens("prefill")} />
            <Figure name={words.decode} value={decode} />
            {atRest !== undefined && <Figure name={words.atRest} value={words.bothSpeeds(rate(atRest.prefill), rate(atRest.decode))} />}
            <Figure name={words.reused} value={count(counts?.reusedTokens ?? reused)} />
            <Figure name={words.prefilled} value={count(counts?.prefilledTokens ?? prefilled)} />
            {rollbacks !== undefined && <Figure name={words.rollbacks} value={count(rollbacks)} />}
            {counts !== undefined && <Figure name={words.takenBack} value={counts.rolledBackTokens === 0 ? count(0) : words.takenBackIn(count(counts.rolledBackTokens), short(counts.rollbackSeconds * 1000))} />}
            {counts !== undefined && counts.resets > 0 && <Figure name={words.resets} value={count(counts.resets)} />}
          </Figures>
          {appending !== undefined && <AppendCheck appending={appending} words={words} />}
        </div>
      </Disclosure>
    </>
  );
}

type AppendProps = { readonly appending: NonNullable<DraftPaneState["appending"]>; readonly words: DraftPaneWords };

const AppendFinding = ({ appending: { append, rollback }, words }: AppendProps) => (
  <p className="text-[0.8125rem]">{words.append[append]} {rollback === "unavailable" && words.noRollback}</p>
);

/** How WebLLM's library was found to append at load. What is as it should be is said here only, the rest also in sight. */
function AppendCheck({ appending, words }: AppendProps) {
  const { short } = useNumbers();
  const { differences, tolerance } = appending;
  return (
    <div className="grid gap-1 text-quiet">
      <h3 className="text-[0.8125rem] font-medium text-ink">{words.check}</h3>
      <AppendFinding appending={appending} words={words} />
      <p className="text-xs leading-snug">{words.differences(short(differences.inParts), short(differences.tokenByToken), short(tolerance))}</p>
    </div>
  );
}
