import { useState } from "react";
import { acceptedForCertainty, fewestOfEach, thresholdCost, type ThresholdChoice as Choice } from "../../evaluate/calibration.ts";
import type { JudgedStep } from "../../evaluate/judged-steps.ts";
import { TextField } from "../settings/field.tsx";
import { changePolicy, useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useCalibration, wantErrorRate } from "./calibrate-store.ts";
import { useCalibrateWords } from "./calibrate-words.ts";

/** Percent. */
const limits = { least: 0.1, most: 50 };

type ThresholdChoiceProps = { readonly steps: readonly JudgedStep[]; readonly choice: Choice; readonly weak: boolean };

/** The reader says how many of the accepted steps may be wrong; the threshold that meets it, what it costs, and how sure that is. */
export function ThresholdChoice({ steps, choice, weak }: ThresholdChoiceProps) {
  const { threshold: words } = useCalibrateWords();
  const { short } = useNumbers();
  const wanted = useCalibration((state) => state.wanted);
  const [used, setUsed] = useState(false);
  const own = useSettings(({ settings }) => settings.policy.threshold);
  const found = choice.kind === "found" ? choice.cost.threshold : undefined;
  return (
    <section aria-labelledby="threshold-title" className="grid max-w-[44rem] gap-3">
      <h3 id="threshold-title" className="font-medium">{words.title}</h3>
      <div className="max-w-56"><Wanted wanted={wanted} onChange={(share) => { setUsed(false); wantErrorRate(share); }} /></div>
      <output className="grid gap-1">
        <Finding choice={choice} wanted={wanted} />
        {weak && choice.kind !== "too-few" && <p className="text-[0.8125rem] text-quiet">{words.weakly}</p>}
        {found !== own && <Yours steps={steps} threshold={own} />}
      </output>
      {found !== undefined && (
        <div className="flex flex-wrap items-center gap-3">
          <button
            type="button" className="button button-main" aria-disabled={found === own}
            onClick={() => {
              if (found === own) return;
              changePolicy({ threshold: found });
              setUsed(true);
            }}
          >
            {words.use}
          </button>
          <output className="text-[0.8125rem] text-quiet">{(used || found === own) && words.used(short(own))}</output>
        </div>
      )}
    </section>
  );
}

/** What is typed stays as typed; it counts once it is a share. */
function Wanted({ wanted, onChange }: { readonly wanted: number; readonly onChange: (share: number) => void }) {
  const { threshold: words } = useCalibrateWords();
  const [typed, setTyped] = useState<string>();
  const read = (text: string): number | undefined => {
    const percent = text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
    return percent >= limits.least && percent <= limits.most ? percent / 100 : undefined;
  };
  const wrong = typed !== undefined && read(typed) === undefined;
  return (
    <TextField
      label={words.wanted} note={wrong ? words.outOf : words.wantedNote} alarm={wrong} value={typed ?? String(Math.round(wanted * 1000) / 10)}
      onChange={(text) => {
        setTyped(text);
        const share = read(text);
        if (share !== undefined) onChange(share);
      }}
    />
  );
}

function Finding({ choice, wanted }: { readonly choice: Choice; readonly wanted: number }) {
  const { threshold: words } = useCalibrateWords();
  const { count, exactPercent, percent, short } = useNumbers();
  switch (choice.kind) {
    case "too-few":
      return <p>{words.tooFew(choice.right, choice.wrong, fewestOfEach)}</p>;
    case "none":
      return <p>{words.none(exactPercent(choice.best?.errorRate ?? 1), short(choice.best?.threshold ?? 0))}</p>;
    case "found": {
      const { threshold, errorRate, interval, rejected, rightRejected } = choice.cost;
      const needed = acceptedForCertainty(errorRate, wanted);
      return (
        <>
          <p><strong className="font-medium">{words.found(short(threshold), exactPercent(errorRate))}</strong> {words.cost(percent(rejected), rightRejected)}</p>
          <p>{choice.sure ? words.sure(exactPercent(interval.high)) : words.unsure(exactPercent(interval.high), needed === undefined ? undefined : count(needed))}</p>
        </>
      );
    }
  }
}

function Yours({ steps, threshold }: { readonly steps: readonly JudgedStep[]; readonly threshold: number }) {
  const { threshold: words } = useCalibrateWords();
  const { exactPercent, percent, short } = useNumbers();
  const { errorRate, rejected } = thresholdCost(steps, threshold);
  return <p className="text-quiet">{words.yours(short(threshold), exactPercent(errorRate), percent(rejected))}</p>;
}
