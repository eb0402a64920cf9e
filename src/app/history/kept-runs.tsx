import { useRef } from "react";
import { useNumbers } from "../words/use-numbers.ts";
import { askToKeep, removeAll, useHistory } from "./history-store.ts";
import { useHistoryWords } from "./history-words.ts";
import { importFile } from "./importing.ts";
import { exportAll } from "./sharing.ts";

/** What the runs take in storage, and what can be done with all of them. */
export function KeptRuns() {
  const words = useHistoryWords();
  const picker = useRef<HTMLInputElement>(null);
  const usage = useHistory((state) => state.usage);
  const some = usage !== undefined && usage.runs > 0;
  return (
    <div className="grid gap-1 text-[0.8125rem] text-quiet">
      {usage !== undefined && <Usage />}
      <div className="-ms-2 flex flex-wrap items-center">
        {some && <button type="button" className="button-quiet" onClick={() => void exportAll()}>{words.exportAll}</button>}
        {some && <button type="button" className="button-quiet" onClick={() => void removeAll()}>{words.deleteAll}</button>}
        <span>
          <button type="button" className="button-quiet" onClick={() => picker.current?.click()}>{words.import}</button>
          {words.importHint}
        </span>
        <input
          ref={picker} type="file" accept=".json,application/json" hidden aria-label={words.import}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file !== undefined) void importFile(file);
          }}
        />
      </div>
    </div>
  );
}

function Usage() {
  const words = useHistoryWords();
  const numbers = useNumbers();
  const usage = useHistory((state) => state.usage);
  if (usage === undefined) return null;
  const { runs, runBytes, usedBytes, quotaBytes, kept } = usage;
  return (
    <p>
      {runs > 0 && words.storage(runs, size(runBytes, numbers.short))}
      {usedBytes !== undefined && quotaBytes !== undefined && words.quota(size(usedBytes, numbers.short), size(quotaBytes, numbers.short))}
      {runs > 0 && kept === "not-asked" && <>{words.mayBeCleared}<button type="button" className="text-link" onClick={() => void askToKeep()}>{words.keepForGood}</button></>}
      {kept === "refused" && words.notGranted}
    </p>
  );
}

const units = ["B", "kB", "MB", "GB", "TB"] as const;

export function size(bytes: number, short: (value: number) => string): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${short(bytes / 1000 ** power)} ${units[power] ?? "B"}`;
}
