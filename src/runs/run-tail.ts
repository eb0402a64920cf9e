import type { RunEvent, StepId } from "../reasoning/events.ts";
import type { RunHeader } from "../reasoning/run.ts";
import type { WaitingStep } from "./waiting-step.ts";
import type { EventRow, ProgressRow } from "./run-database.ts";
import { searchWords } from "./search-words.ts";

/** All that writing a run's next event needs to know of the events before it, so that no append reads or rewrites the run. */
export type RunTail = {
  readonly run: string;
  readonly header: RunHeader;
  readonly lineage: string;
  status: ProgressRow["status"];
  events: number;
  bytes: number;
  /** Of the transcript as it stands, by index: the step's id, and the hash of the text up to and with it. */
  transcript: StandingStep[];
  /** The transcripts of the other branches, by number. */
  readonly branches: Map<number, StandingStep[]>;
  branch: number;
  readonly start: string;
  /** Steps of the transcript that wait for their verdict. */
  readonly waiting: Map<StepId, WaitingStep>;
  /** The same of all branches: what waits again after a switch. */
  readonly open: Map<StepId, WaitingStep>;
};

type StandingStep = { readonly step: StepId; readonly prefix: string };

/** What one event adds to the database. */
export type Addition = {
  readonly row: EventRow;
  readonly progress: ProgressRow;
  readonly queued: readonly WaitingStep[];
  readonly unqueued: readonly WaitingStep[];
};

export const tailOf = (header: RunHeader, lineage = header.id): RunTail => ({
  run: header.id, header, lineage, status: "running", events: 0, bytes: 0, transcript: [],
  branches: new Map(), branch: 1, start: hash(header.problem, ""), waiting: new Map(), open: new Map(),
});

export const progressOf = (tail: RunTail, updatedAt: number): ProgressRow => ({
  run: tail.run, shelf: "kept", updatedAt, status: tail.status, steps: tail.transcript.length,
  events: tail.events, bytes: tail.bytes, lineage: tail.lineage,
});

/** Moves the tail past one event, and gives what that adds to the database. */
export function advance(tail: RunTail, event: RunEvent, updatedAt: number): Addition {
  const { queued, unqueued } = pass(tail, event);
  const words = "text" in event ? searchWords(event.text) : [];
  const row: EventRow = { run: tail.run, sequence: tail.events, event, ...(words.length === 0 ? {} : { words }) };
  tail.events += 1;
  tail.bytes += JSON.stringify(event).length;
  return { row, progress: progressOf(tail, updatedAt), queued, unqueued };
}

/** The tail of a run as stored, `next` being the sequence number after its last event. */
export function tailAfter(
  { header, lineage, events, next, bytes }: Pick<RunTail, "header" | "lineage" | "bytes"> & { readonly events: readonly RunEvent[]; readonly next: number },
): RunTail {
  const tail = tailOf(header, lineage);
  for (const event of events) pass(tail, event);
  // Events that could not be read keep their places.
  tail.events = next;
  tail.bytes = bytes;
  return tail;
}

function pass(tail: RunTail, event: RunEvent): Pick<Addition, "queued" | "unqueued"> {
  const queued: WaitingStep[] = [];
  const unqueued: WaitingStep[] = [];
  const leave = (waiting: WaitingStep | undefined): void => {
    if (waiting === undefined) return;
    tail.waiting.delete(waiting.step);
    unqueued.push(waiting);
  };
  const wait = (waiting: WaitingStep): void => {
    tail.waiting.set(waiting.step, waiting);
    tail.open.set(waiting.step, waiting);
    queued.push(waiting);
  };
  const atRest = (finished: boolean): void => {
    if (tail.status !== "running") tail.status = finished ? "finished" : "stopped";
  };

  switch (event.kind) {
    case "started":
    case "resumed":
      tail.status = "running";
      break;
    case "stopped":
    case "failed":
    case "finished":
      tail.status = event.kind;
      break;
    case "drafted":
    case "edited":
    case "base-step": {
      for (const { step } of tail.transcript.splice(event.index)) leave(tail.waiting.get(step));
      tail.transcript.push({ step: event.step, prefix: hash(event.text, tail.transcript.at(-1)?.prefix ?? tail.start) });
      break;
    }
    case "rolled-back":
      for (const { step } of tail.transcript.splice(event.toIndex)) leave(tail.waiting.get(step));
      break;
    case "branched":
      tail.branches.set(tail.branch, tail.transcript);
      tail.branch = tail.branches.size + 1;
      for (const { step } of tail.transcript.slice(event.toIndex)) leave(tail.waiting.get(step));
      tail.transcript = tail.transcript.slice(0, event.toIndex);
      atRest(false);
      break;
    case "switched": {
      const chosen = tail.branches.get(event.branch);
      if (chosen === undefined) break;
      tail.branches.delete(event.branch);
      tail.branches.set(tail.branch, tail.transcript);
      tail.branch = event.branch;
      tail.transcript = chosen;
      const standing = new Set(chosen.map(({ step }) => step));
      for (const waiting of tail.waiting.values()) if (!standing.has(waiting.step)) leave(waiting);
      for (const step of standing) {
        const waiting = tail.open.get(step);
        if (waiting !== undefined && !tail.waiting.has(step)) wait(waiting);
      }
      atRest(event.finished);
      break;
    }
    case "unverified": {
      if (event.why === "sure" || event.why === "alone") break;
      if (event.why === "kept") {
        tail.open.delete(event.step);
        leave(tail.waiting.get(event.step));
        // What stood behind it waits again.
        for (const { step } of tail.transcript) {
          const waiting = tail.open.get(step);
          if (waiting !== undefined && !tail.waiting.has(step)) wait(waiting);
        }
        break;
      }
      const index = tail.transcript.findLastIndex(({ step }) => step === event.step);
      const standing = tail.transcript[index];
      if (standing !== undefined && !tail.waiting.has(event.step)) {
        wait({ run: tail.run, step: event.step, index, prefix: standing.prefix, base: tail.header.base.id, scored: false });
      }
      break;
    }
    case "scored": {
      const waiting = tail.waiting.get(event.step);
      if (waiting !== undefined) wait({ ...waiting, scored: true, ...(event.score === undefined ? {} : { score: event.score }) });
      break;
    }
    case "accepted":
      tail.open.delete(event.step);
      leave(tail.waiting.get(event.step));
      break;
    case "rejected": {
      // Nothing behind it is judged before somebody has decided about it.
      const place = tail.transcript.findLastIndex(({ step }) => step === event.step);
      const rejected = tail.waiting.get(event.step);
      for (const waiting of tail.waiting.values()) if (place >= 0 && waiting.index > place) leave(waiting);
      if (rejected === undefined) break;
      const undecided: WaitingStep = { ...rejected, scored: true, rejected: true };
      tail.waiting.set(event.step, undecided);
      queued.push(undecided);
      break;
    }
    case "draft-started":
    case "draft-text":
    case "end-drafted":
    case "draft-dropped":
    case "score-requested":
    case "score-answered":
    case "score-dropped":
    case "base-started":
    case "base-text":
    case "base-ended":
    case "base-lost":
    case "base-back":
    case "link-measured":
    case "thinking-ended":
    case "answer-started":
    case "answer-text":
    case "answered":
      break;
  }
  return { queued, unqueued };
}

/** 53 bits of the text and what came before it (cyrb53, public domain): tells transcripts apart, guards nothing. */
function hash(text: string, before: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  const whole = `${before}\n\n${text}`;
  for (let index = 0; index < whole.length; index += 1) {
    const unit = whole.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}
