import { HistoryLink } from "../history/history-link.tsx";
import { draftContextTokens } from "../models/draft-source.ts";
import { usesDraft } from "../models/open-pair.ts";
import { useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { solveProblem, useProblem, writeProblem } from "./problem-store.ts";
import { charactersPerToken, problemFits, roughTokens } from "./problem-size.ts";

export function ProblemForm() {
  const words = useWords();
  const { text, refused } = useProblem();
  return (
    <form id="problem-form" noValidate onSubmit={(event) => { event.preventDefault(); solveProblem(); }}>
      <div className="grid gap-1.5">
        <label htmlFor="problem" className="section-title">{words.problem.label}</label>
        <textarea
          id="problem"
          dir="auto"
          className="field reading field-sizing-content max-h-[40vh] min-h-24 resize-y px-3.5 py-2.5"
          placeholder={words.problem.placeholder}
          value={text}
          aria-invalid={refused !== undefined}
          aria-describedby="problem-note"
          onChange={(event) => writeProblem(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            solveProblem();
          }}
        />
        <div className="flex gap-3">
          <p id="problem-note" className="min-h-5 text-[0.8125rem] text-quiet"><ProblemNote text={text} refused={refused} /></p>
          <HistoryLink />
        </div>
      </div>
    </form>
  );
}

function ProblemNote({ text, refused }: { readonly text: string; readonly refused: "empty" | "too-long" | undefined }) {
  const words = useWords();
  const { count } = useNumbers();
  const room = useSettings(({ settings }) => (usesDraft(settings.policy) ? draftContextTokens(settings.draft) : Infinity));
  const perToken = useSettings(({ settings }) => charactersPerToken(settings.draft.source));
  if (refused === "empty") return <span className="text-alarm">{words.problem.empty}</span>;
  // Short texts are not worth counting with every key.
  const fits = text.length < room / 8 ? "well" : problemFits(text, room, perToken);
  if (fits === "never") return <span className="text-alarm">{words.problem.tooLong(roughTokens(text, perToken), room)}</span>;
  if (fits === "tight") return words.problem.size(count(roughTokens(text, perToken)), room);
  return words.problem.keys;
}
