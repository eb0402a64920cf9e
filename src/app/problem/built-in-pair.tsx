import { useRun } from "../app-run.ts";
import { openSettings } from "../settings/settings-dialog.tsx";
import { useSettings } from "../settings/settings-store.ts";
import { useWords } from "../words/use-words.ts";
import { examples } from "./examples.ts";
import { writeProblem } from "./problem-store.ts";

/** What the embedded pair can and cannot do, and problems to try it with. */
export function BuiltInPair() {
  const words = useWords();
  const embedded = useSettings(({ settings }) => settings.draft.source === "embedded");
  const fresh = useRun(({ run, work }) => run === undefined && work.kind === "idle");
  if (!embedded) return null;
  return (
    <>
      <p className="max-w-[44rem] text-[0.8125rem] text-quiet">
        {words.problem.builtIn}
        <button type="button" className="text-link text-ink" onClick={openSettings}>{words.problem.builtInLink}</button>{words.problem.builtInEnd}
      </p>
      {fresh && <Examples />}
    </>
  );
}

function Examples() {
  const words = useWords();
  return (
    <section aria-labelledby="examples-title" className="mt-5 grid gap-1.5">
      <h2 id="examples-title" className="section-title">{words.problem.examples}</h2>
      <ul className="divide-y divide-line border-y border-line">
        {examples.map((example) => (
          <li key={example} lang="en">
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
    </section>
  );
}
