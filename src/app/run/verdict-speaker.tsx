import { useRun } from "../app-run.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";

/** Tells a screen reader the verdicts and the end, never the text that streams by. */
export function VerdictSpeaker() {
  const words = useWords();
  const numbers = useNumbers();
  const said = useRun(({ announcement }) => announcement);
  let sentence = "";
  if (said?.kind === "accepted") sentence = words.announce.accepted(said.number, said.score === undefined ? undefined : numbers.score(said.score));
  else if (said?.kind === "corrected" || said?.kind === "unverified" || said?.kind === "branched") sentence = words.announce[said.kind](said.number);
  else if (said !== undefined) sentence = words.announce[said.kind];
  return <output className="sr-only">{sentence}</output>;
}
