import { useEffect, useState } from "react";
import { createTimeline, type Timeline } from "../../reasoning/timeline.ts";
import { followRun } from "../app-run.ts";

/** Milliseconds between two drawings while the run goes on. */
const pace = 250;

/** A stored run's timeline, growing while the run goes on, in this tab or another one. Undefined while it is being read. */
export function useTimeline(id: string): Timeline | "unavailable" | undefined {
  const [shown, setShown] = useState<{ readonly of: string; readonly timeline: Timeline | "unavailable" }>();
  useEffect(() => {
    let timeline = createTimeline();
    let due: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      due = undefined;
      setShown({ of: id, timeline: timeline.read() });
    };
    const stop = followRun(id, (update) => {
      if (update.kind === "reset") {
        timeline = createTimeline();
        for (const event of update.events) timeline.add(event);
        clearTimeout(due);
        draw();
        return;
      }
      timeline.add(update.event);
      due ??= setTimeout(draw, pace);
    }, () => setShown({ of: id, timeline: "unavailable" }));
    return () => {
      stop();
      clearTimeout(due);
    };
  }, [id]);
  return shown?.of === id ? shown.timeline : undefined;
}
