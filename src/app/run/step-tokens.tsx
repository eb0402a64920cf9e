import { memo, type ReactNode } from "react";
import type { Run, Step } from "../../reasoning/run.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { Disclosure } from "./disclosure.tsx";
import { useStepTokensWords } from "./step-tokens-words.ts";

/** What each step made the two models read and write. */
export function StepTokens({ run }: { readonly run: Run }) {
  const words = useStepTokensWords();
  if (run.steps.length === 0) return null;
  return (
    <Disclosure name={`tokens ${run.header.id}`} title={words.title}>
      <table className="mt-1 w-full text-xs tabular-nums">
        <thead className="text-quiet">
          <tr>
            {[words.step, words.draft, words.score, words.base].map((name) => (
              <th key={name} scope="col" className="pe-2 text-start font-normal">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {run.steps.map((step, index) => <StepRow key={step.id} step={step} index={index} />)}
          {run.answer !== undefined && <AnswerRow answer={run.answer} />}
        </tbody>
      </table>
      <p className="mt-1 text-xs leading-snug text-quiet">{words.note}</p>
    </Disclosure>
  );
}

const StepRow = memo(function StepRow({ step, index }: { readonly step: Step; readonly index: number }) {
  const words = useStepTokensWords();
  const { count } = useNumbers();
  // A correction's draft, and the request that scored it, went before it.
  const { draft, score } = (step.author === "draft" ? step.usage : step.rejected?.usage) ?? {};
  const base = step.usage?.base;
  const cached = ({ promptTokens, cachedTokens }: { readonly promptTokens: number; readonly cachedTokens?: number }): readonly string[] =>
    cachedTokens === undefined ? [count(promptTokens)] : [count(promptTokens), words.cached(count(cachedTokens))];
  return (
    <Row name={count(index + 1)}>
      <Cell lines={draft === undefined ? [] : [count(draft.promptTokens), words.fresh(count(draft.prefilledTokens)), words.written(count(draft.generatedTokens))]} />
      <Cell lines={score === undefined ? [] : [...cached(score), ...(score.steps > 1 ? [words.shared(count(score.steps))] : [])]} />
      <Cell lines={step.author !== "base" ? [] : [...(base === undefined ? [] : cached(base)), words.written(count(step.tokens))]} />
    </Row>
  );
});

function AnswerRow({ answer: { by, promptTokens, tokens } }: { readonly answer: NonNullable<Run["answer"]> }) {
  const words = useStepTokensWords();
  const { count } = useNumbers();
  const lines = [...(promptTokens === 0 ? [] : [count(promptTokens)]), words.written(count(tokens))];
  return (
    <Row name={words.answer}>
      <Cell lines={by === "draft" ? lines : []} />
      <Cell lines={[]} />
      <Cell lines={by === "base" ? lines : []} />
    </Row>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <tr className="border-t border-line align-top">
      <th scope="row" className="py-0.5 pe-2 text-start font-normal text-quiet">{name}</th>
      {children}
    </tr>
  );
}

function Cell({ lines }: { readonly lines: readonly string[] }) {
  return <td className="py-0.5 pe-2">{lines.length === 0 ? "–" : lines.map((line) => <span key={line} className="block whitespace-nowrap">{line}</span>)}</td>;
}
