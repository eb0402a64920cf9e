import { useStore } from "zustand";
import { useRun } from "../app-run.ts";
import { useOfflineWords } from "./offline-words.ts";
import { startUpdate, updateStore, useUpdate } from "./app-update.ts";

/** A calm line: the reader decides when, and not while a run is at work here. */
export function UpdateOffer() {
  const words = useOfflineWords();
  const update = useUpdate();
  const oldTabs = useStore(updateStore, (state) => state.oldTabs);
  const working = useRun(({ work }) => work.kind !== "idle");
  return (
    <output className="grid gap-1 empty:hidden">
      {oldTabs && <span className="rounded-md bg-sunken px-3.5 py-1.5 text-[0.8125rem]">{words.oldTabs}</span>}
      {update.kind !== "none" && (
        <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 rounded-md bg-sunken px-3.5 py-1.5 text-[0.8125rem]">
          <span>{update.kind === "offered" ? words.offered : words.startedElsewhere} {working && words.afterRun}</span>
          <button type="button" className="button-quiet text-ink" aria-disabled={working} onClick={() => { if (!working) startUpdate(); }}>
            {update.kind === "offered" ? words.update : words.reload}
          </button>
        </span>
      )}
    </output>
  );
}
