import { useEffect, useState } from "react";
import { useRun } from "../app-run.ts";
import { UpSymbol } from "../frame/symbols.tsx";
import { answerTitleId } from "./answer.tsx";
import { useRunViewWords } from "./run-view-words.ts";

/** Leads back up to the answer once there is one and the reader is further down. */
export function useAnswerAbove(): boolean {
  const run = useRun((state) => (state.run?.answer === undefined ? undefined : state.run.header.id));
  const [above, setAbove] = useState(false);
  useEffect(() => {
    const title = document.getElementById(answerTitleId);
    if (run === undefined || title === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => setAbove(entry !== undefined && !entry.isIntersecting && entry.boundingClientRect.top < 0));
    observer.observe(title);
    return () => observer.disconnect();
  }, [run]);
  return run !== undefined && above;
}

export function AnswerLink() {
  const words = useRunViewWords();
  return (
    <button
      type="button" className="button-quiet -my-1 text-ink"
      onClick={() => {
        const title = document.getElementById(answerTitleId);
        title?.scrollIntoView({ block: "start" });
        title?.focus({ preventScroll: true });
      }}
    >
      <UpSymbol />{words.toAnswer}
    </button>
  );
}
