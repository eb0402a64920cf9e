import type { RunEvent } from "../reasoning/events.ts";

/** The streaming parts of what is not finished yet, each stream's joined into one: what a late follower needs beside the kept events. */
export function nextLiveText(live: readonly RunEvent[], event: RunEvent): readonly RunEvent[] {
  switch (event.kind) {
    case "draft-text":
    case "base-text":
    case "answer-text": {
      const before = live.find((one) => isSameStream(one, event));
      // The latest last, so that the clock of the fold does not go back.
      const others = live.filter((one) => one !== before);
      return [...others, before !== undefined && "text" in before ? { ...event, text: before.text + event.text } : event];
    }
    case "drafted":
    case "end-drafted":
    case "draft-dropped":
      return live.filter((one) => !(one.kind === "draft-text" && one.step === event.step));
    case "base-step":
      return live.filter((one) => !(one.kind === "base-text" && one.request === event.request && one.index <= event.index));
    case "base-ended":
      return live.filter((one) => !(one.kind === "base-text" && one.request === event.request));
    case "answered":
      return live.filter((one) => one.kind !== "answer-text");
    case "started":
    case "resumed":
    case "stopped":
    case "failed":
    case "finished":
    case "switched":
      return [];
    case "draft-started":
    case "score-requested":
    case "scored":
    case "score-answered":
    case "score-dropped":
    case "accepted":
    case "rejected":
    case "unverified":
    case "rolled-back":
    case "branched":
    case "edited":
    case "base-started":
    case "base-lost":
    case "base-back":
    case "link-measured":
    case "thinking-ended":
    case "answer-started":
      return live;
  }
}

function isSameStream(one: RunEvent, other: RunEvent): boolean {
  if (one.kind === "draft-text" && other.kind === "draft-text") return one.step === other.step;
  if (one.kind === "base-text" && other.kind === "base-text") return one.request === other.request && one.index === other.index;
  return one.kind === "answer-text" && other.kind === "answer-text";
}
