import { useState } from "react";
import { useNumbers } from "../words/use-numbers.ts";
import { collect, stopCollecting, useCalibration, type Collecting } from "./calibrate-store.ts";
import { useCalibrateWords } from "./calibrate-words.ts";

const counts = [10, 25, 50, 100, 200] as const;

/** Solves problems so that there are scores to look at. */
export function CollectForm() {
  const { collect: words } = useCalibrateWords();
  const { count } = useNumbers();
  const collecting = useCalibration((state) => state.collecting);
  const [problems, setProblems] = useState<number>(25);
  return (
    <section aria-labelledby="collect-title" className="grid max-w-[44rem] gap-2">
      <h3 id="collect-title" className="font-medium">{words.title}</h3>
      <p className="text-[0.8125rem] text-quiet">{words.intro}</p>
      <form
        className="flex flex-wrap items-center gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (collecting === undefined) void collect(problems);
          else stopCollecting();
        }}
      >
        <label className="inline-flex items-center gap-2">
          {words.problems}
          <select className="field w-auto" value={problems} disabled={collecting !== undefined} onChange={(event) => setProblems(Number(event.target.value))}>
            {counts.map((one) => <option key={one} value={one}>{count(one)}</option>)}
          </select>
        </label>
        <button type="submit" className={collecting === undefined ? "button button-main" : "button"}>{collecting === undefined ? words.start : words.stop}</button>
      </form>
      {collecting !== undefined && <Progress collecting={collecting} />}
    </section>
  );
}

function Progress({ collecting: { state, done, of, steps, left } }: { readonly collecting: Collecting }) {
  const { collect: words } = useCalibrateWords();
  const { count } = useNumbers();
  const figures = [
    words.states[state], words.done(count(done), count(of)), words.steps(steps),
    ...(left === undefined ? [] : [left < 90 ? words.seconds(count(Math.ceil(left))) : words.minutes(count(left / 60))]),
  ];
  return (
    <div className="grid gap-1">
      <progress aria-label={words.label} className="h-1.5 w-full text-ink" value={done} max={of} />
      <p className="text-[0.8125rem] text-quiet tabular-nums">{figures.join(" · ")}</p>
    </div>
  );
}
