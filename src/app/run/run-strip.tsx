import { memo, type ReactNode } from "react";
import type { Author, Step } from "../../reasoning/run.ts";
import { useRun } from "../app-run.ts";
import { authorColour, AuthorSymbol, VerdictSymbol } from "../frame/symbols.tsx";
import { useRunViewWords } from "./run-view-words.ts";

const none: readonly Step[] = [];
const authors = ["draft", "base", "reader"] as const;

/** How the answer was reached, at a glance: a block for each step in its author's colour, hollow until it is judged, and the counts in words. */
export function RunStrip() {
  const words = useRunViewWords();
  const steps = useRun(({ run }) => run?.steps ?? none);
  const counted = (author: Author): number => steps.reduce((sum, step) => sum + (step.author === author ? 1 : 0), 0);
  const pending = steps.reduce((sum, { verdict }) => sum + (verdict === "pending" ? 1 : 0), 0);
  const unverified = steps.reduce((sum, { verdict }) => sum + (verdict === "unverified" ? 1 : 0), 0);
  return (
    <div className="grid gap-1.5">
      <Blocks steps={steps} />
      <p className="flex min-h-5 flex-wrap gap-x-3 text-[0.8125rem] text-quiet tabular-nums">
        {authors.map((author) => {
          const count = counted(author);
          return count > 0 && <Part key={author} count={count} text={words.by[author](count)}><AuthorSymbol author={author} /></Part>;
        })}
        {unverified > 0 && <Part count={unverified} text={words.unverified(unverified)}><VerdictSymbol verdict="unverified" /></Part>}
        {pending > 0 && <Part count={pending} text={words.pending(pending)}><VerdictSymbol verdict="pending" /></Part>}
      </p>
    </div>
  );
}

type PartProps = { readonly count: number; readonly text: string; readonly children: ReactNode };

/** On a narrow screen the symbol and the number say it: a second line would push the steps down. */
const Part = ({ count, text, children }: PartProps) => (
  <span className="inline-flex items-center gap-1.5">
    {children}<span aria-hidden="true" className="sm:hidden">{count}</span><span className="max-sm:sr-only">{text}</span>
  </span>
);

/** Steps of one stretch of blocks: what a new step leaves as it was is not drawn anew. */
const stretch = 64;

function Blocks({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <svg
      aria-hidden="true" viewBox={`0 0 ${Math.max(1, steps.length)} 8`} preserveAspectRatio="none" className="h-2 max-w-full"
      style={{ width: `${steps.length * 1.75}rem` }} fill="currentColor"
    >
      {Array.from({ length: Math.ceil(steps.length / stretch) }, (_, place) => {
        const first = place * stretch;
        return <Stretch key={first} first={first} steps={steps.slice(first, first + stretch)} />;
      })}
    </svg>
  );
}

type StretchProps = { readonly first: number; readonly steps: readonly Step[] };

/** Drawn as one path for each look: a run may have a thousand steps. */
const Stretch = memo(function Stretch({ first, steps }: StretchProps) {
  const path = (author: Author, judged: boolean): string =>
    steps.map((step, place) => (step.author === author && (step.verdict !== "pending" && step.verdict !== "unverified") === judged ? `M${first + place + 0.06} ${judged ? 0 : 5}h.88v${judged ? 8 : 3}h-.88z` : "")).join("");
  return authors.flatMap((author) => [true, false].map((judged) => <path key={`${author} ${judged}`} className={authorColour[author]} d={path(author, judged)} />));
}, (before, { steps }) => before.steps.length === steps.length && before.steps.every((step, place) => step === steps[place]));
