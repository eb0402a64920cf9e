import { isPassing, type RunEvent } from "../reasoning/events.ts";
import { nextLiveText } from "./live-text.ts";
import type { LoadedRun, RunJournal } from "./run-journal.ts";
import { parseRunMessage, type RunMessage } from "./run-message.ts";

/** The tab that computes a run gives each event here, in order; it is shown in the other tabs at once and stored. */
export type RunRecorder = {
  /** Resolves when the event is stored, at once for a streaming part; rejects as `RunJournal.append` does, the event being kept in memory. */
  readonly record: (event: RunEvent) => Promise<void>;
  readonly stop: () => void;
};

export type RunUpdate =
  /** Start the fold anew from these. `live`: another tab has just told them, for it works on the run. */
  | { readonly kind: "reset"; readonly run: LoadedRun; readonly events: readonly RunEvent[]; readonly live: boolean }
  | { readonly kind: "event"; readonly event: RunEvent };

export type RunBroadcast = {
  /** `next` is the sequence number of the run's next event: 0 for one just created, `LoadedRun.next` for one that goes on. */
  readonly recordRun: (run: string, next: number) => RunRecorder;
  /** Shows a run as stored, then live while another tab works on it; returns what stops it. */
  readonly followRun: (run: string, show: (update: RunUpdate) => void, fail: (thrown: unknown) => void) => () => void;
};

/** What is used of a BroadcastChannel. */
export type RunChannel = {
  postMessage(message: unknown): void;
  addEventListener(kind: "message", listener: (event: MessageEvent<unknown>) => void): void;
  removeEventListener(kind: "message", listener: (event: MessageEvent<unknown>) => void): void;
};

export type RunBroadcastOptions = {
  readonly journal: Pick<RunJournal, "append" | "load">;
  /** A BroadcastChannel of one name in all tabs. */
  readonly channel: RunChannel;
};

export function createRunBroadcast({ journal, channel }: RunBroadcastOptions): RunBroadcast {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel stays within its origin
  const post = (message: RunMessage): void => channel.postMessage(message);

  function listen(run: string, hear: (message: RunMessage) => void): () => void {
    const listener = ({ data }: MessageEvent<unknown>): void => {
      const message = parseRunMessage(data);
      if (message?.run === run) hear(message);
    };
    channel.addEventListener("message", listener);
    return () => channel.removeEventListener("message", listener);
  }

  function recordRun(run: string, next: number): RunRecorder {
    let stored = next;
    const unstored: RunEvent[] = [];
    let live: readonly RunEvent[] = [];
    const stop = listen(run, (message) => {
      if (message.kind === "ask") post({ kind: "catch-up", run, from: stored, events: unstored, live });
    });
    return {
      stop,
      async record(event) {
        const sequence = stored + unstored.length;
        post({ kind: "event", run, sequence, event });
        live = nextLiveText(live, event);
        if (isPassing(event)) return;
        unstored.push(event);
        await journal.append(run, [event], sequence);
        const more = sequence + 1 - stored;
        if (more <= 0) return;
        unstored.splice(0, more);
        stored += more;
      },
    };
  }

  function followRun(run: string, show: (update: RunUpdate) => void, fail: (thrown: unknown) => void): () => void {
    let next: number | undefined;
    let missed: RunMessage[] = [];
    /** `unheard`: perhaps when nobody was at work on the run. */
    let asked: "no" | "unheard" | "heard" = "no";
    let stopped = false;
    const ask = (by: "unheard" | "heard"): void => {
      if (asked === "heard" || asked === by) return;
      post({ kind: "ask", run });
      asked = by;
    };

    const hear = (message: RunMessage): void => {
      if (message.kind === "ask") return;
      if (next === undefined) {
        missed.push(message);
        return;
      }
      if (message.kind === "catch-up") {
        if (asked !== "no") void reset(message);
        asked = "no";
        return;
      }
      if (message.sequence < next) return;
      if (message.sequence > next) {
        ask("heard");
        return;
      }
      if (!isPassing(message.event)) next += 1;
      show({ kind: "event", event: message.event });
    };

    async function reset(message?: RunMessage & { readonly kind: "catch-up" }): Promise<void> {
      next = undefined;
      try {
        const loaded = await journal.load(run);
        if (stopped) return;
        if (message === undefined) {
          show({ kind: "reset", run: loaded, events: loaded.events, live: false });
          next = loaded.next;
        } else {
          // What was stored since comes again as events, after the live text it goes with.
          const newer = Math.max(0, loaded.next - message.from);
          const stored = newer === 0 ? loaded.events : loaded.events.slice(0, -newer);
          show({ kind: "reset", run: loaded, events: [...stored, ...message.events, ...message.live], live: true });
          next = message.from + message.events.length;
        }
      } catch (thrown) {
        next = 0;
        if (!stopped) fail(thrown);
      }
      const waiting = missed;
      missed = [];
      for (const one of waiting) hear(one);
    }

    const stop = listen(run, hear);
    void reset().then(() => ask("unheard"));
    return () => {
      stopped = true;
      stop();
    };
  }

  return { recordRun, followRun };
}
