import { useRef } from "react";
import { useRun } from "../app-run.ts";
import { useWords } from "../words/use-words.ts";
import { Answer } from "./answer.tsx";
import { Steps } from "./steps.tsx";
import { useFollowEnd } from "./use-follow-end.ts";

export function RunView() {
  const words = useWords();
  const end = useRef<HTMLDivElement>(null);
  const shown = useRun(({ run }) => run !== undefined);
  const active = useRun(({ work }) => work.kind === "reasoning");
  const problem = useRun(({ run }) => run?.header.problem);
  const away = useRun(({ run }) => run?.status === "running" && run.baseAway !== undefined);
  useFollowEnd(end, active && shown);
  if (!shown) return null;
  return (
    <article className="grid gap-5" aria-label={problem}>
      <p className="reading max-h-40 overflow-y-auto text-lg whitespace-pre-wrap">{problem}</p>
      <Steps />
      {away && (
        <p className="rounded-md bg-cloud-soft px-3 py-2">
          <strong className="font-medium">{words.away.title}</strong> {words.away.text}
        </p>
      )}
      <Answer />
      <div ref={end} />
    </article>
  );
}
