import type { ReactNode } from "react";
import { useRun } from "../app-run.ts";
import { AuthorSymbol, VerdictSymbol } from "../frame/symbols.tsx";
import { useShared } from "../history/shared-run-store.ts";
import { ScoreScale } from "../run/score-scale.tsx";
import { openSettings } from "../settings/settings-dialog.tsx";
import { useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useLanguage, useWords } from "../words/use-words.ts";
import { examples } from "./examples.ts";
import { useFirstLookWords } from "./first-look-words.ts";
import { writeProblem } from "./problem-store.ts";

/** Where no run is shown: what this is, in a few words, and problems to try it with. */
export function FirstLook() {
  const fresh = useRun(({ run, work }) => run === undefined && work.kind === "idle");
  const shared = useShared().kind !== "none";
  if (!fresh || shared) return null;
  return (
    <div className="mt-4 grid gap-7">
      <HowItWorks />
      <Examples />
    </div>
  );
}

function HowItWorks() {
  const words = useFirstLookWords();
  const { short } = useNumbers();
  const threshold = useSettings(({ settings }) => settings.policy.threshold);
  return (
    <section aria-labelledby="how-title" className="grid gap-2">
      <h2 id="how-title" className="section-title">{words.title}</h2>
      <ol className="grid gap-x-5 gap-y-3 sm:grid-cols-3">
        <Move symbols={<AuthorSymbol author="draft" />} rail="border-edge" name={words.draft.name} text={words.draft.text} />
        <Move symbols={<><AuthorSymbol author="base" /><ScoreScale score={8.6} threshold={threshold} /></>} rail="border-cloud" name={words.score.name} text={words.score.text} />
        <Move
          symbols={<><span className="inline-flex text-edge"><VerdictSymbol verdict="accepted" /></span><span className="inline-flex text-cloud"><VerdictSymbol verdict="corrected" /></span></>}
          rail="border-border" name={words.keep.name} text={words.keep.text(short(threshold))}
        />
      </ol>
    </section>
  );
}

type MoveProps = { readonly symbols: ReactNode; readonly rail: string; readonly name: string; readonly text: string };

const Move = ({ symbols, rail, name, text }: MoveProps) => (
  <li className={`border-s-[3px] ps-3 ${rail}`}>
    <p className="flex items-center gap-2"><strong className="font-medium">{name}</strong>{symbols}</p>
    <p className="text-[0.8125rem] leading-snug text-quiet">{text}</p>
  </li>
);

function Examples() {
  const words = useWords().problem;
  const own = useFirstLookWords();
  const language = useLanguage();
  // The built-in pair reads only English, and only such problems.
  const embedded = useSettings(({ settings }) => settings.draft.source === "embedded");
  return (
    <section aria-labelledby="examples-title" className="grid gap-1.5">
      <h2 id="examples-title" className="section-title">{words.examples}</h2>
      <ul className="divide-y divide-line border-y border-line">
        {(embedded ? examples : own.larger).map((example) => (
          <li key={example} lang={embedded || language === "en" ? "en" : "zh-Hans"}>
            <button
              type="button"
              className="reading w-full px-1 py-2 text-start text-base leading-snug hover:bg-sunken"
              onClick={() => {
                writeProblem(example);
                document.getElementById("problem")?.focus();
              }}
            >
              {example}
            </button>
          </li>
        ))}
      </ul>
      {embedded && (
        <p className="max-w-[44rem] text-[0.8125rem] text-quiet">
          {words.builtIn}
          <button type="button" className="text-link text-ink" onClick={openSettings}>{words.builtInLink}</button>{words.builtInEnd}
        </p>
      )}
    </section>
  );
}
