import { useRun } from "../app-run.ts";
import { useWords } from "../words/use-words.ts";
import { useHistory } from "./history-store.ts";

/** On a narrow screen, where they stand below all else, the way to the earlier runs. */
export function HistoryLink() {
  const words = useWords().history;
  const some = useHistory(({ runs }) => runs !== undefined && runs.length > 0);
  const working = useRun(({ work }) => work.kind !== "idle");
  if (!some || working) return null;
  return (
    <button
      type="button" className="text-link ms-auto shrink-0 text-[0.8125rem] text-quiet lg:hidden"
      onClick={() => {
        const title = document.getElementById("history-title");
        title?.scrollIntoView({ block: "start" });
        title?.focus({ preventScroll: true });
      }}
    >
      {words.label}
    </button>
  );
}
