import { scaleLinear } from "d3-scale";
import { areaUnderRoc, rocCurve } from "../../evaluate/calibration.ts";
import type { JudgedStep } from "../../evaluate/judged-steps.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useCalibrateWords } from "./calibrate-words.ts";
import { PlotFrame, type Frame } from "./plot-frame.tsx";

const frame: Frame = { width: 340, height: 280, left: 44, right: 320, top: 24, bottom: 232 };

const shapes = { yours: "M-4.5-4.5h9v9h-9z", found: "M0-6.5L6.5 0L0 6.5L-6.5 0z" } as const;

type RocPlotProps = { readonly steps: readonly JudgedStep[]; readonly threshold: number; readonly found: number | undefined };

/** Of all thresholds, how many right and how many wrong steps each lets pass; a square where Settings has its own, a diamond at the one that is found. */
export function RocPlot({ steps, threshold, found }: RocPlotProps) {
  const { roc: words } = useCalibrateWords();
  const { percent, short } = useNumbers();
  const curve = rocCurve(steps);
  const area = areaUnderRoc(steps);
  if (area === undefined) return null;
  const across = scaleLinear().domain([0, 1]).range([frame.left, frame.right]);
  const up = scaleLinear().domain([0, 1]).range([frame.bottom, frame.top]);
  const path = curve.map(({ wrongAccepted, rightAccepted }, place) => `${place === 0 ? "M" : "L"}${across(wrongAccepted).toFixed(1)} ${up(rightAccepted).toFixed(1)}`).join("");
  const marks: readonly { readonly kind: keyof typeof shapes; readonly at: number }[] = [{ kind: "yours", at: threshold }, ...(found === undefined || found === threshold ? [] : [{ kind: "found", at: found } as const])];
  return (
    <figure className="grid content-start gap-2">
      <figcaption className="grid gap-1">
        <h3 className="font-medium">{words.title}</h3>
        <p className="flex flex-wrap gap-x-4 text-[0.8125rem] text-quiet" aria-hidden="true">
          {marks.map(({ kind, at }) => (
            <span key={kind} className="inline-flex items-center gap-1.5">
              <svg viewBox="-8 -8 16 16" className="size-3.5"><path d={shapes[kind]} className={looks[kind]} strokeWidth="1.75" /></svg>{short(at)}, {words[kind]}
            </span>
          ))}
        </p>
      </figcaption>
      <PlotFrame frame={frame} label={words.label(short(area))} across={across} up={up} names={{ across: words.wrong, up: words.right }} tick={{ across: percent, up: percent }}>
        <line x1={across(0)} y1={up(0)} x2={across(1)} y2={up(1)} className="stroke-border" strokeDasharray="3 4" />
        <path d={path} fill="none" className="stroke-ink" strokeWidth="1.75" />
        {marks.map(({ kind, at }) => {
          // The last threshold of the curve that accepts no more than this one.
          const point = curve.findLast((one) => one.threshold >= at);
          if (point === undefined) return null;
          return <path key={kind} d={shapes[kind]} transform={`translate(${across(point.wrongAccepted)} ${up(point.rightAccepted)})`} className={looks[kind]} strokeWidth="1.75" />;
        })}
      </PlotFrame>
    </figure>
  );
}

const looks = { yours: "fill-paper stroke-ink", found: "fill-ink stroke-ink" } as const;
