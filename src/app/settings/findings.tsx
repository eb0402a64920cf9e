import type { Finding } from "../../models/endpoint/findings.ts";
import { useFindingWords } from "./finding-words.ts";
import { OutsideText } from "../text/outside-text.tsx";

/** What an endpoint can do, and what is used instead of what it cannot. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const words = useFindingWords();
  return (
    <ul aria-label={words.label} className="grid w-full gap-1 border-t border-line pt-2 text-[0.8125rem] leading-snug">
      {findings.map((finding) => (
        <li key={finding.capability} className="flex gap-2">
          <span aria-hidden="true" className={finding.works ? "text-cloud" : "text-quiet"}>{finding.works ? "✓" : "→"}</span>
          <span>
            <span className="sr-only">{finding.works ? words.works : words.instead} </span>
            <OutsideText text={words.say(finding)} />
          </span>
        </li>
      ))}
    </ul>
  );
}
