import { appRun, useRun } from "../app-run.ts";
import { useWords } from "../words/use-words.ts";

/** Which tab computes, and what can be done about it: there is one GPU, so one tab computes at a time. */
export function ElsewhereNote() {
  const words = useWords().tabs;
  const waiting = useRun(({ work }) => work.kind === "waiting");
  const elsewhere = useRun((state) => state.elsewhere);
  const idle = useRun(({ work }) => work.kind === "idle");
  let text: string | undefined;
  if (waiting) text = words.waiting;
  else if (elsewhere !== undefined && idle) text = words[elsewhere];
  const takesOver = waiting || (idle && elsewhere === "computing");
  return (
    <output className="block empty:hidden">
      {text !== undefined && (
        <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 rounded-md bg-sunken px-3.5 py-2">
          <span className="min-w-0 flex-1 basis-60">{text}</span>
          {takesOver && (
            <button type="button" className="button" onClick={() => { if (waiting) appRun.takeOver(); else void appRun.resume({ takeOver: true }); }}>
              {words.takeOver}
            </button>
          )}
        </span>
      )}
    </output>
  );
}
