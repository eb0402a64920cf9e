import { useState } from "react";
import type { ConflictChoice, ImportConflict } from "../../runs/import-runs.ts";
import type { Repair } from "../../runs/repair.ts";
import { Disclosure } from "../run/disclosure.tsx";
import type { Trouble } from "../trouble.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { useHistoryWords } from "./history-words.ts";
import { chooseForConflicts, closeImport, useImporting } from "./importing.ts";
import { OutsideText } from "../text/outside-text.tsx";

/** What an import brought, what it left as it was, what it could not read, and what it wants to be told. */
export function ImportPanel() {
  const words = useHistoryWords();
  const importing = useImporting();
  return (
    <output className="block empty:hidden">
      {importing.kind !== "none" && (
        <span className="grid gap-2 rounded-md bg-sunken px-3 py-2 text-[0.8125rem]">
          {importing.kind === "reading" && words.reading}
          {importing.kind === "failed" && <Failure trouble={importing.trouble} />}
          {importing.kind === "report" && (
            <>
              {importing.imported.length > 0 && <span>{words.imported(importing.imported.length)}</span>}
              {importing.unchanged > 0 && <span>{words.unchanged(importing.unchanged)}</span>}
              {importing.imported.length + importing.unchanged + importing.conflicts.length === 0 && <span>{words.noRuns}</span>}
              {importing.failure !== undefined && <Failure trouble={importing.failure} />}
              {importing.problems.length > 0 && <Repairs title={words.mended(importing.problems.length)} repairs={importing.problems} />}
              {importing.conflicts.length > 0 && <Conflicts key={importing.conflicts.map(({ run }) => run).join()} conflicts={importing.conflicts} />}
            </>
          )}
          {importing.kind !== "reading" && <button type="button" className="button-quiet justify-self-start" onClick={closeImport}>{words.close}</button>}
        </span>
      )}
    </output>
  );
}

function Failure({ trouble }: { readonly trouble: Trouble }) {
  const words = useWords();
  const { what, todo } = words.problems[trouble.kind];
  return (
    <span className="text-alarm">
      {what} {todo} <span lang="en" className="block text-ink"><OutsideText text={trouble.message} /></span>
    </span>
  );
}

const mostShown = 12;

export function Repairs({ title, repairs }: { readonly title: string; readonly repairs: readonly Repair[] }) {
  const words = useHistoryWords();
  return (
    <Disclosure name="import repairs" title={title} openAtFirst>
      <ul className="mt-1 grid gap-1 ps-5" lang="en">
        {repairs.slice(0, mostShown).map(({ path, message }) => <li key={`${path} ${message}`}><code><OutsideText text={path} /></code>: <OutsideText text={message} /></li>)}
        {repairs.length > mostShown && <li lang="">{words.andMore(repairs.length - mostShown)}</li>}
      </ul>
    </Disclosure>
  );
}

function Conflicts({ conflicts }: { readonly conflicts: readonly ImportConflict[] }) {
  const words = useHistoryWords();
  const numbers = useNumbers();
  const [choices, setChoices] = useState<ReadonlyMap<string, ConflictChoice>>(new Map(conflicts.map(({ run }) => [run, "keep-both"])));
  const options: Readonly<Record<ConflictChoice, string>> = { "keep-both": words.keepBoth, "keep-mine": words.keepMine, "take-theirs": words.takeTheirs };
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void chooseForConflicts(choices);
      }}
    >
      <p>{words.conflicts(conflicts.length)}</p>
      {conflicts.map(({ run, title, mine, theirs }) => (
        <fieldset key={run} className="grid gap-0.5">
          <legend className="font-medium"><OutsideText text={title} /><span className="sr-only">. {words.choice(title)}</span></legend>
          <span className="text-quiet">{words.mine(mine.events, numbers.date(mine.updatedAt))}</span>
          <span className="text-quiet">{words.theirs(theirs.events, numbers.date(theirs.updatedAt))}</span>
          <span className="flex flex-wrap gap-x-3">
            {(["keep-both", "keep-mine", "take-theirs"] as const).map((choice) => (
              <label key={choice} className="inline-flex min-h-7 items-center gap-1">
                <input type="radio" name={run} checked={choices.get(run) === choice} onChange={() => setChoices(new Map([...choices, [run, choice]]))} />
                {options[choice]}
              </label>
            ))}
          </span>
        </fieldset>
      ))}
      <button type="submit" className="button justify-self-start">{words.apply}</button>
    </form>
  );
}
