import { useStore } from "zustand";
import { speculationStore } from "../app-run.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { Figure, Figures } from "./figures.tsx";
import { useSpeculationWords } from "./speculation-words.ts";

/** How well the server's own speculation went during a run, where it tells. */
export function SpeculationSummary({ run }: { readonly run: string }) {
  const words = useSpeculationWords();
  const { percent, short } = useNumbers();
  const latest = useStore(speculationStore, (state) => state.latest);
  if (latest?.run !== run) return null;
  return (
    <Figures title={words.title} note={words.note} wide>
      <Figure name={words.acceptance} value={percent(latest.speculation.acceptance)} />
      <Figure name={words.length} value={short(latest.speculation.meanAcceptedLength)} />
    </Figures>
  );
}
