import { useEffect, useMemo, type ReactNode } from "react";
import { areaInterval, areaUnderRoc, chooseThreshold } from "../../evaluate/calibration.ts";
import { TroubleNote } from "../frame/trouble-alert.tsx";
import { ViewHeading } from "../frame/view-heading.tsx";
import { Figure, Figures } from "../run/figures.tsx";
import { Choice } from "../settings/field.tsx";
import { useSettings } from "../settings/settings-store.ts";
import { Saying } from "../text/outside-text.tsx";
import { isolatedLine } from "../text/visible-text.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { choosePair, chooseTruth, readCalibration, shownPair, shownTruth, useCalibration } from "./calibrate-store.ts";
import { useCalibrateWords } from "./calibrate-words.ts";
import { CalibrationTables } from "./calibration-tables.tsx";
import { CollectForm } from "./collect-form.tsx";
import type { Pair, Truth } from "./judged-runs.ts";
import { RocPlot } from "./roc-plot.tsx";
import { ScoreHistogram } from "./score-histogram.tsx";
import { ThresholdChoice } from "./threshold-choice.tsx";

export function CalibrateView() {
  const words = useCalibrateWords();
  const { count } = useNumbers();
  const reading = useCalibration((state) => state.reading);
  const trouble = useCalibration((state) => state.trouble);
  const pair = useCalibration(shownPair);
  const chosenTruth = useCalibration((state) => state.truth);
  useEffect(readCalibration, []);
  return (
    <div className="grid gap-6">
      <ViewHeading title={words.title} intro={words.intro} />
      <CollectForm />
      <div role="alert" className="empty:hidden">{trouble !== undefined && <TroubleNote trouble={trouble} name="calibration" />}</div>
      <output className="text-quiet empty:hidden">{reading !== undefined && words.reading(count(reading.done), count(reading.of))}</output>
      {pair === undefined && reading === undefined && <p className="max-w-[44rem]">{words.nothing}</p>}
      {pair !== undefined && <Calibration pair={pair} truth={shownTruth(pair, chosenTruth)} />}
    </div>
  );
}

function Calibration({ pair, truth }: { readonly pair: Pair; readonly truth: Truth }) {
  const wanted = useCalibration((state) => state.wanted);
  const threshold = useSettings(({ settings }) => settings.policy.threshold);
  const { steps } = pair.byTruth[truth];
  const choice = useMemo(() => chooseThreshold(steps, wanted), [steps, wanted]);
  const found = choice.kind === "found" ? choice.cost.threshold : undefined;
  return (
    <>
      <Sources pair={pair} truth={truth} />
      <Summary pair={pair} truth={truth} />
      <div className="grid gap-x-10 gap-y-6 border-t border-line pt-5 lg:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)]">
        <ScoreHistogram steps={steps} threshold={threshold} />
        <RocPlot steps={steps} threshold={threshold} found={found} />
      </div>
      <div className="grid gap-5 border-t border-line pt-5">
        <ThresholdChoice steps={steps} choice={choice} weak={truth === "answer"} />
        <CalibrationTables steps={steps} found={found} />
      </div>
    </>
  );
}

/** Which models' scores these are, and what is taken for right. */
function Sources({ pair, truth }: { readonly pair: Pair; readonly truth: Truth }) {
  const words = useCalibrateWords();
  const pairs = useCalibration((state) => state.pairs);
  const nameOf = ({ draft, base, scoring }: Pair): string => `${words.pairOf(draft, base)} (${words.scorings[scoring]})`;
  const both = pair.byTruth.arithmetic.runs > 0 && pair.byTruth.answer.runs > 0;
  return (
    <div className="grid max-w-[44rem] gap-3 border-t border-line pt-5">
      {pairs.length > 1
        ? <Choice label={words.pair} value={pair.key} options={Object.fromEntries(pairs.map((one) => [one.key, nameOf({ ...one, draft: isolatedLine(one.draft), base: isolatedLine(one.base) })]))} onChange={choosePair} />
        : <Said name={words.pair}><Saying say={(draft = "", base = "") => nameOf({ ...pair, draft, base })} names={[pair.draft, pair.base]} /></Said>}
      {both && <Choice label={words.truth} value={truth} options={words.truths} onChange={chooseTruth} />}
      {!both && <Said name={words.truth}>{words.truths[truth]}</Said>}
      {truth === "answer" && <p className="text-[0.8125rem] text-quiet">{words.weak}</p>}
    </div>
  );
}

const Said = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => <p><span className="section-title block">{name}</span>{children}</p>;

function Summary({ pair, truth }: { readonly pair: Pair; readonly truth: Truth }) {
  const words = useCalibrateWords();
  const { count, short } = useNumbers();
  const { steps, runs, undecided } = pair.byTruth[truth];
  const area = useMemo(() => areaUnderRoc(steps), [steps]);
  const interval = useMemo(() => areaInterval(steps), [steps]);
  const right = steps.filter((step) => step.right).length;
  return (
    <div className="max-w-[44rem]">
      <Figures title={words.figures.title} wide note={area === undefined ? words.noArea : words.areaNote}>
        {area !== undefined && <Figure name={words.figures.area} value={`${short(area)} · ${words.interval(short(interval.low), short(interval.high))}`} />}
        <Figure name={words.figures.right} value={count(right)} />
        <Figure name={words.figures.wrong} value={count(steps.length - right)} />
        <Figure name={words.figures.runs} value={count(runs)} />
        {undecided > 0 && <Figure name={words.figures.undecided} value={count(undecided)} />}
      </Figures>
    </div>
  );
}
