import { useRun } from "../app-run.ts";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { RichText } from "../text/rich-text.tsx";
import { ScoreScale } from "./score-scale.tsx";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { Disclosure } from "./disclosure.tsx";

/** All that was drafted and rolled back, readable on demand. Not part of the list of steps: it is no longer reasoning. */
export function DroppedSteps() {
  const words = useWords();
  const numbers = useNumbers();
  const run = useRun((state) => state.run?.header.id ?? "");
  const dropped = useRun((state) => state.run?.dropped);
  const threshold = useRun((state) => state.run?.header.policy.threshold ?? 0);
  if (dropped === undefined || dropped.length === 0) return null;
  const inAll = dropped.reduce((sum, { steps }) => sum + steps.length, 0);
  return (
    <Disclosure name={`dropped ${run}`} title={words.droppedBranches(dropped.length, inAll)} className="open:basis-full open:border-b open:border-line open:pb-4">
      <div className="mt-2 grid gap-4">
        {dropped.map((branch) => (
          <section key={branch.at} className="step grid gap-1.5">
            <h3 className="text-[0.8125rem] text-quiet">{words.droppedFrom(branch.index + 1)}</h3>
            {branch.steps.map((step) => (
              <div key={step.id} className="flex gap-2 text-quiet">
                <AuthorSymbol author={step.author} className="mt-1.5" />
                <div className="reading min-w-0 grow text-base"><RichText text={step.text} /></div>
                {step.score !== undefined && (
                  <span className="inline-flex items-center gap-1.5 self-start text-[0.8125rem] tabular-nums" title={words.score(numbers.score(step.score))}>
                    <ScoreScale score={step.score} threshold={threshold} />{numbers.score(step.score)}
                  </span>
                )}
              </div>
            ))}
          </section>
        ))}
      </div>
    </Disclosure>
  );
}
