import type { Branch } from "../../reasoning/branches.ts";
import { currentBranch } from "../../reasoning/branches.ts";
import type { Run, Step } from "../../reasoning/run.ts";
import { useRun } from "../app-run.ts";
import { authorColour, AuthorSymbol, VerdictSymbol } from "../frame/symbols.tsx";
import { useWords } from "../words/use-words.ts";
import { BranchAnswer } from "./branch-bar.tsx";
import { useBranchWords } from "./branch-words.ts";
import { SettledText } from "./settled-text.tsx";

/** A branch that is not the current one, to read or beside the current one from where they part. */
export function OldBranch({ branch, comparing }: { readonly branch: Branch; readonly comparing: boolean }) {
  const run = useRun((state) => state.run);
  if (run === undefined) return null;
  return comparing ? <Comparison run={run} branch={branch} /> : <BranchSteps branch={branch} other={run.steps} from={0} />;
}

function Comparison({ run, branch }: { readonly run: Run; readonly branch: Branch }) {
  const words = useBranchWords();
  const current = currentBranch(run);
  const parts = partingOf(branch.steps, current.steps);
  return (
    <div>
      <p className="py-2 text-[0.8125rem] text-quiet">{words.sharedSteps(parts)}</p>
      <div className="grid gap-6 md:grid-cols-2">
        {[branch, current].map((one) => (
          <div key={one.number} className="min-w-0">
            <h3 className="font-medium">{words.list(one.number)}{one === current && <span className="font-normal text-quiet"> ({words.current})</span>}</h3>
            <BranchSteps branch={one} other={one === branch ? current.steps : branch.steps} from={parts} marked={false} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** How many steps at their beginning two branches share. */
function partingOf(one: readonly Step[], other: readonly Step[]): number {
  const first = one.findIndex(({ id }, index) => other[index]?.id !== id);
  return first === -1 ? one.length : first;
}

type BranchStepsProps = { readonly branch: Branch; readonly other: readonly Step[]; readonly from: number; readonly marked?: boolean };

function BranchSteps({ branch, other, from, marked = true }: BranchStepsProps) {
  const words = useBranchWords();
  const { verdict, author, steps: say } = useWords();
  return (
    <>
      {branch.steps.length === from && <p className="py-3 text-quiet">{words.noMore}</p>}
      <ol aria-label={words.list(branch.number)} start={from + 1} className="divide-y divide-line">
        {branch.steps.slice(from).map((step, place) => {
          const index = from + place;
          const differs = marked && other[index]?.id !== step.id;
          return (
            <li key={step.id} className={`step py-2.5 ${differs ? "bg-sunken" : ""}`} data-differs={differs} data-author={step.author} data-verdict={step.verdict}>
              <div className="px-2.5">
                <div className="flex flex-wrap items-center gap-x-2 text-[0.8125rem]">
                  <span className="sr-only">{say.step(index + 1)}. </span>
                  <span aria-hidden="true" className="text-quiet tabular-nums">{index + 1}</span>
                  <span className={`inline-flex items-center gap-1.5 ${authorColour[step.author]}`}><AuthorSymbol author={step.author} />{author[step.author]}</span>
                  <span className="inline-flex items-center gap-1 text-quiet"><VerdictSymbol verdict={step.verdict} />{verdict[step.verdict]}</span>
                  {differs && <span className="ms-auto text-quiet">{words.differs}</span>}
                </div>
                <div className="reading mt-1"><SettledText text={step.text} grouped /></div>
              </div>
            </li>
          );
        })}
      </ol>
      <div className="border-t border-line px-2.5 pt-2"><BranchAnswer answer={branch.answer} /></div>
    </>
  );
}
