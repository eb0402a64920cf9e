import { useRun } from "../app-run.ts";
import { useWords } from "../words/use-words.ts";

/** Whether what was reasoned would survive the tab: every finished step is stored, or so many are not. */
export function SavedMark() {
  const words = useWords().saving;
  const shown = useRun(({ run }) => run !== undefined && (run.steps.length > 0 || run.status !== "running"));
  const unsaved = useRun((state) => state.unsaved.size);
  const trouble = useRun(({ savingTrouble }) => savingTrouble !== undefined);
  const elsewhere = useRun((state) => state.elsewhere === "computing");
  if (!shown || elsewhere) return null;
  if (trouble) return <span className="text-alarm">{words.notSaved(unsaved)}</span>;
  return <span>{unsaved === 0 ? words.saved : words.saving}</span>;
}
