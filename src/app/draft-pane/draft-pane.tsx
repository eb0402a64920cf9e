import { useStore } from "zustand";
import { useRun } from "../app-run.ts";
import { perSecond } from "../models/kept-speeds.ts";
import { draftPaneStore, type DraftPaneState } from "../models/draft-pane-store.ts";
import { Disclosure } from "../run/disclosure.tsx";
import { Figure, Figures } from "../run/figures.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useDraftPaneWords, type DraftPaneWords } from "./draft-pane-words.ts";

/** What runs where: the draft model's engine, what really computes, its speed, and what its KV cache saved. */
export function DraftPane() {
  const words = useDraftPaneWords();
  const pane = useStore(draftPaneStore);
  if (pane.info === undefined && pane.loading === undefined) return null;
  return (
    <section aria-labelledby="draft-pane-title" className="grid gap-2">
      <h2 id="draft-pane-title" className="section-title">{words.title}</h2>
      {pane.info === undefined ? <p className="text-quiet">{words.opening}</p> : <Opened pane={pane} info={pane.info} words={words} />}
    </section>
  );
}

type OpenedProps = { readonly pane: DraftPaneState; readonly info: NonNullable<DraftPaneState["info"]>; readonly words: DraftPaneWords };

function Opened({ pane, info, words }: OpenedProps) {
  const { count, short } = useNumbers();
  const rollbacks = useRun(({ run }) => run?.totals.rollbacks);
  const { reused, prefilled, speed, counts, loading, noHalfFloats } = pane;
  // WebLLM's own counts time each forward; of llama.cpp the calls are timed.
  const measured = counts === undefined ? speed : { prefill: { tokens: counts.prefilledTokens, seconds: counts.prefillSeconds }, decode: { tokens: counts.decodedTokens, seconds: counts.decodeSeconds } };
  const tokens = (kind: "prefill" | "decode"): string => {
    const rate = measured === undefined ? undefined : perSecond(measured[kind]);
    return rate === undefined ? words.none : words.speed(short(rate));
  };
  const loss = pane.losses.at(-1);
  return (
    <>
      <Figures title={info.name} note={words.note} wide>
        <Figure name={words.engine} value={words.engines[info.engine]} />
        <Figure name={words.computes} value={info.computesOn === "webgpu" ? words.gpu(info.device) : words.threads(Number.parseInt(info.device, 10) || 1)} />
        <Figure name={words.prefill} value={tokens("prefill")} />
        <Figure name={words.decode} value={tokens("decode")} />
        <Figure name={words.reused} value={count(counts?.reusedTokens ?? reused)} />
        <Figure name={words.prefilled} value={count(counts?.prefilledTokens ?? prefilled)} />
        {rollbacks !== undefined && <Figure name={words.rollbacks} value={count(rollbacks)} />}
        {counts !== undefined && <Figure name={words.takenBack} value={count(counts.rolledBackTokens)} />}
        {counts !== undefined && counts.resets > 0 && <Figure name={words.resets} value={count(counts.resets)} />}
      </Figures>
      {noHalfFloats && <p className="text-xs leading-snug text-quiet">{words.noHalf}</p>}
      {loading !== undefined && <output className="text-quiet">{words.again}</output>}
      {loss !== undefined && <output className="rounded-md bg-alarm-soft px-2.5 py-1.5 text-[0.8125rem]">{words.losses[loss]}</output>}
      <AppendCheck pane={pane} words={words} />
    </>
  );
}

function AppendCheck({ pane: { appending }, words }: Pick<OpenedProps, "pane" | "words">) {
  const { short } = useNumbers();
  if (appending === undefined) return null;
  const { append, rollback, differences, tolerance } = appending;
  return (
    <div className="grid gap-1 text-[0.8125rem]">
      <p className={append === "prefill" && rollback === "exact" ? "text-quiet" : ""}>{words.append[append]} {rollback === "unavailable" && words.noRollback}</p>
      <Disclosure name="append check" title={words.check}>
        <p className="mt-1 text-xs leading-snug text-quiet">{words.differences(short(differences.inParts), short(differences.tokenByToken), short(tolerance))}</p>
      </Disclosure>
    </div>
  );
}
