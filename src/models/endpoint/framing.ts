import { createParser } from "eventsource-parser";

/** A single event of a completion is far smaller. */
const longestEvent = 4_000_000;

/** Cuts a stream of text into the texts of its events. */
export type Framing = {
  readonly contentType: RegExp;
  /** The events that are whole now. @throws RangeError where one is endless */
  feed(text: string): readonly string[];
  /** What stands behind the last line's end. */
  rest(): readonly string[];
};

export function serverSentEvents(): Framing {
  const events: string[] = [];
  let broken = false;
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent: ({ data }) => events.push(data),
    onError: ({ type }) => {
      broken ||= type === "max-buffer-size-exceeded";
    },
  });
  return {
    contentType: /^text\/event-stream\b/i,
    feed(text) {
      parser.feed(text);
      if (broken) throw new RangeError("An event without end.");
      return events.splice(0);
    },
    // The format has no half events: one without its blank line is none.
    rest: () => [],
  };
}

/** One JSON text a line, as Ollama streams. */
export function jsonLines(): Framing {
  let held = "";
  return {
    contentType: /^application\/(x-)?(ndjson|jsonl?)\b/i,
    feed(text) {
      const end = text.lastIndexOf("\n");
      if (end === -1) held += text;
      if (held.length > longestEvent) throw new RangeError("A line without end.");
      if (end === -1) return [];
      const lines = (held + text.slice(0, end)).split("\n");
      held = text.slice(end + 1);
      return lines.filter((line) => line.trim() !== "");
    },
    rest() {
      const line = held.trim();
      held = "";
      return line === "" ? [] : [line];
    },
  };
}
