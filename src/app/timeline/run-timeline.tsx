import { lazy, Suspense } from "react";
import { useRun } from "../app-run.ts";
import { Disclosure } from "../run/disclosure.tsx";
import { useTimelineWords } from "./timeline-words.ts";

const TimelinePanel = lazy(async () => ({ default: (await import("./timeline-panel.tsx")).TimelinePanel }));

/** Below the run, closed at first: where its time went. */
export function RunTimeline() {
  const words = useTimelineWords();
  const id = useRun(({ run }) => run?.header.id);
  if (id === undefined) return null;
  return (
    <section aria-label={words.title} className="border-t border-line pt-3">
      <Disclosure name="timeline" title={words.title}>
        <Suspense fallback={<p className="text-quiet">{words.loading}</p>}><TimelinePanel id={id} /></Suspense>
      </Disclosure>
    </section>
  );
}
