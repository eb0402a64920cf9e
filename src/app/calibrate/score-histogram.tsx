import { scaleLinear } from "d3-scale";
import type { ReactNode } from "react";
import { highestScore, histogram } from "../../evaluate/calibration.ts";
import type { JudgedStep } from "../../evaluate/judged-steps.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useCalibrateWords } from "./calibrate-words.ts";
import { PlotFrame, type Frame } from "./plot-frame.tsx";

const frame: Frame = { width: 440, height: 280, left: 44, right: 430, top: 24, bottom: 232 };
/** What is there at all is to be seen beside hundreds. */
const leastHeight = 2.5;

type ScoreHistogramProps = { readonly steps: readonly JudgedStep[]; readonly threshold: number };

/** Right steps plain, wrong ones hatched on top of them; a dashed line where Settings has its threshold. */
export function ScoreHistogram({ steps, threshold }: ScoreHistogramProps) {
  const { histogram: words } = useCalibrateWords();
  const { count, short } = useNumbers();
  const bins = histogram(steps);
  const across = scaleLinear().domain([0, highestScore]).range([frame.left, frame.right]);
  const up = scaleLinear().domain([0, Math.max(4, ...bins.map(({ right, wrong }) => right + wrong))]).range([frame.bottom, frame.top]).nice(4);
  const heightOf = (many: number): number => (many === 0 ? 0 : Math.max(leastHeight, frame.bottom - up(many)));
  const right = steps.filter((step) => step.right).length;
  return (
    <figure className="grid content-start gap-2">
      <figcaption className="grid gap-1">
        <h3 className="font-medium">{words.title}</h3>
        <p className="flex flex-wrap gap-x-4 text-[0.8125rem] text-quiet" aria-hidden="true">
          <Key><rect x="1" y="3" width="12" height="8" className="fill-quiet" /></Key>{words.right}
          <Key><rect x="1" y="3" width="12" height="8" fill="url(#wrong-hatch)" className="stroke-alarm" /></Key>{words.wrong}
        </p>
      </figcaption>
      <PlotFrame
        frame={frame} label={words.label(right, steps.length - right)} across={across} up={up}
        names={{ across: words.score, up: words.steps }} tick={{ across: short, up: count }}
      >
        <defs>
          <pattern id="wrong-hatch" width="4" height="4" patternUnits="userSpaceOnUse">
            <rect width="4" height="4" className="fill-alarm-soft" />
            <path d="M-1 1L1 -1M0 4L4 0M3 5L5 3" className="stroke-alarm" strokeWidth="1.4" />
          </pattern>
        </defs>
        {bins.map((bin) => {
          const x = across(bin.from) + 1;
          const width = across(bin.to) - across(bin.from) - 2;
          const [rightHeight, wrongHeight] = [heightOf(bin.right), heightOf(bin.wrong)];
          return (
            <g key={bin.from}>
              <title>{words.bin(short(bin.from), short(bin.to), bin.right, bin.wrong)}</title>
              {bin.right > 0 && <rect x={x} width={width} y={frame.bottom - rightHeight} height={rightHeight} className="fill-quiet" />}
              {bin.wrong > 0 && <rect x={x} width={width} y={frame.bottom - rightHeight - wrongHeight} height={wrongHeight} fill="url(#wrong-hatch)" className="stroke-alarm" />}
            </g>
          );
        })}
        <line x1={across(threshold)} x2={across(threshold)} y1={frame.top} y2={frame.bottom} className="stroke-ink" strokeDasharray="4 3" strokeWidth="1.25" />
      </PlotFrame>
    </figure>
  );
}

const Key = ({ children }: { readonly children: ReactNode }) => <svg aria-hidden="true" viewBox="0 0 14 14" className="-me-2.5 size-3.5 self-center">{children}</svg>;
