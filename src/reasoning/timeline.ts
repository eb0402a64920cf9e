import type { BranchReason, RequestId, RunEvent, StepId } from "./events.ts";

/** What one of the two models, or the link between them, was at. */
export type SpanKind =
  | "draft-prefill"
  | "draft-decode"
  /** Nothing was there for the draft model to do. */
  | "idle"
  /** Half a round trip, there or back. */
  | "network"
  | "score"
  /** From the arrival of a request to its first token. */
  | "base-prefill"
  | "base-decode";

/** Of the answer, after all steps. */
export const answerRow = Number.POSITIVE_INFINITY;

/** A stretch of the run's clock, in seconds. */
export type Span = {
  readonly kind: SpanKind;
  /** Index of the step in its transcript, or `answerRow`. */
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly step?: StepId;
  /** What came of it did not stay in the transcript. */
  readonly wasted: boolean;
  /** Still going on; `to` is the latest event. */
  readonly open?: boolean;
};

/** Steps from `toRow` to `fromRow` left the transcript. */
export type Rollback = { readonly at: number; readonly toRow: number; readonly fromRow: number; readonly why: "rejected" | BranchReason };

/** Seconds of each kind, what was wasted counted apart. */
export type KindSeconds = Readonly<Record<SpanKind | "wasted", number>>;

/** Its parts are those of the fold, not copies: what is read twice may be the same array, grown. */
export type Timeline = {
  /** By index of the step. */
  readonly rows: readonly (readonly Span[])[];
  readonly answer: readonly Span[];
  /** What is under way. */
  readonly open: readonly Span[];
  readonly rollbacks: readonly Rollback[];
  /** Between a stop and what went on after it. */
  readonly pauses: readonly { readonly from: number; readonly to: number }[];
  readonly spent: KindSeconds;
  /** Run clock of the latest event. */
  readonly seconds: number;
};

type Stream = { readonly row: number; readonly from: number; last: number; next: number; first?: { readonly at: number; readonly row: number; readonly step?: StepId }; answering: boolean };
type MutableSpan = { -readonly [Key in keyof Span]: Span[Key] };

/** Less is the time between two events, not waiting. */
const leastIdleSeconds = 0.002;

/**
 * A run's events as stretches of time, each event at the same cost however long the run is. Where the round trip was
 * measured a request's time is parted into the link's and the server's; otherwise all of it is the server's.
 */
export function createTimeline() {
  const rows: MutableSpan[][] = [];
  const answer: MutableSpan[] = [];
  const spent = noSeconds();
  const ofStep = new Map<StepId, MutableSpan[]>();
  const rowOf = new Map<StepId, number>();
  const rollbacks: Rollback[] = [];
  const pauses: { from: number; to: number }[] = [];
  const scoring = new Map<RequestId, { readonly from: number; readonly steps: readonly StepId[] }>();
  const streams = new Map<RequestId, Stream>();
  let drafting: { readonly row: number; readonly from: number; readonly step: StepId } | undefined;
  let answering: { readonly from: number; readonly by: "draft" | "base"; readonly request: RequestId } | undefined;
  let roundTrip = 0;
  let draftFree: number | undefined;
  let stoppedAt: number | undefined;
  let seconds = 0;

  function put(kind: SpanKind, row: number, from: number, to: number, step?: StepId, wasted = false): void {
    if (to <= from) return;
    const span: MutableSpan = { kind, row, from, to, wasted, ...(step === undefined ? {} : { step }) };
    spent[wasted ? "wasted" : kind] += to - from;
    if (row === answerRow) answer.push(span);
    else {
      while (rows.length <= row) rows.push([]);
      rows[row]?.push(span);
    }
    if (step === undefined) return;
    const others = ofStep.get(step);
    if (others === undefined) ofStep.set(step, [span]);
    else others.push(span);
  }

  function putDraft(row: number, { at, seconds: took, firstTokenSeconds }: { at: number; seconds: number; firstTokenSeconds?: number }, step?: StepId, wasted = false): void {
    const from = Math.max(0, at - took);
    const first = Math.min(at, from + (firstTokenSeconds ?? 0));
    if (draftFree !== undefined && from - draftFree > leastIdleSeconds) put("idle", row, draftFree, from);
    put("draft-prefill", row, from, first, step, wasted);
    put("draft-decode", row, first, at, step, wasted);
    draftFree = at;
    drafting = undefined;
  }

  /** A request that ended: half a round trip, the server's work, half a round trip. */
  function putRequest(kind: SpanKind, row: number, from: number, to: number, step?: StepId, wasted = false): void {
    const half = Math.min(roundTrip, to - from) / 2;
    put("network", row, from, from + half, step, wasted);
    put(kind, row, from + half, to - half, step, wasted);
    put("network", row, to - half, to, step, wasted);
  }

  /** A stream up to the end of what it wrote first. */
  function putStreamStart(row: number, from: number, to: number, firstTokenSeconds: number | undefined, step?: StepId, wasted = false): void {
    const first = Math.min(to, from + (firstTokenSeconds ?? 0));
    putRequest("base-prefill", row, from, first, step, wasted);
    put("base-decode", row, first, to, step, wasted);
  }

  function endStream(request: RequestId, { at, firstTokenSeconds, wastedTokens }: { at: number; firstTokenSeconds?: number; wastedTokens: number }): void {
    const stream = streams.get(request);
    if (stream === undefined) return;
    streams.delete(request);
    const { from, first, last, next } = stream;
    if (first === undefined) {
      if (!stream.answering) putStreamStart(stream.row, from, at, firstTokenSeconds, undefined, wastedTokens > 0);
      return;
    }
    putStreamStart(first.row, from, first.at, firstTokenSeconds, first.step, first.step !== undefined && left.has(first.step));
    if (!stream.answering && wastedTokens > 0) put("base-decode", next, last, at, undefined, true);
  }

  const left = new Set<StepId>();
  function leave(steps: readonly StepId[]): void {
    for (const step of steps) {
      left.add(step);
      for (const span of ofStep.get(step) ?? []) {
        if (span.wasted) continue;
        span.wasted = true;
        spent[span.kind] -= span.to - span.from;
        spent.wasted += span.to - span.from;
      }
    }
  }

  function goesOn(at: number): void {
    if (stoppedAt !== undefined && at > stoppedAt) pauses.push({ from: stoppedAt, to: at });
    stoppedAt = undefined;
    draftFree = undefined;
  }

  function halt(at: number): void {
    stoppedAt = at;
    for (const [request, { from, steps }] of scoring) {
      for (const step of steps) putRequest("score", rowOf.get(step) ?? 0, from, at, step, true);
      scoring.delete(request);
    }
    for (const request of streams.keys()) endStream(request, { at, wastedTokens: 1 });
    if (drafting !== undefined) putDraft(drafting.row, { at, seconds: at - drafting.from }, drafting.step, true);
    answering = undefined;
  }

  return {
    add(event: RunEvent): void {
      const { at } = event;
      seconds = Math.max(seconds, at);
      switch (event.kind) {
        case "started":
        case "resumed":
          goesOn(at);
          return;
        case "draft-started":
          drafting = { row: event.index, from: at, step: event.step };
          rowOf.set(event.step, event.index);
          return;
        case "drafted":
          rowOf.set(event.step, event.index);
          putDraft(event.index, event, event.step);
          return;
        case "end-drafted":
          // No step came of it: what follows is the answer.
          putDraft(answerRow, event);
          return;
        case "draft-dropped":
          putDraft(event.index, event, event.step, true);
          return;
        case "score-requested":
          scoring.set(event.request, { from: at, steps: event.steps });
          return;
        case "score-answered":
        case "score-dropped": {
          const asked = scoring.get(event.request);
          if (asked === undefined) return;
          scoring.delete(event.request);
          for (const step of asked.steps) putRequest("score", rowOf.get(step) ?? 0, asked.from, at, step, event.kind === "score-dropped" || left.has(step));
          return;
        }
        case "rolled-back":
          leave(event.steps);
          if (event.steps.length > 0) rollbacks.push({ at, toRow: event.toIndex, fromRow: event.toIndex + event.steps.length - 1, why: "rejected" });
          return;
        case "branched":
          if (event.steps.length > 0) rollbacks.push({ at, toRow: event.toIndex, fromRow: event.toIndex + event.steps.length - 1, why: event.why });
          return;
        case "base-started":
          streams.set(event.request, { row: event.index, from: at, last: at, next: event.index, answering: false });
          return;
        case "base-step": {
          rowOf.set(event.step, event.index);
          const stream = streams.get(event.request);
          if (stream === undefined) return;
          if (stream.first === undefined) stream.first = { at, row: event.index, step: event.step };
          else put("base-decode", event.index, stream.last, at, event.step);
          stream.last = at;
          stream.next = event.index + 1;
          return;
        }
        case "base-ended":
          endStream(event.request, event);
          return;
        case "base-back":
        case "link-measured":
          roundTrip = event.roundTripSeconds;
          return;
        case "answer-started": {
          answering = { from: at, by: event.by, request: event.request };
          const stream = streams.get(event.request);
          if (stream !== undefined) stream.answering = true;
          return;
        }
        case "answered": {
          const from = Math.max(answering?.from ?? 0, at - event.seconds);
          if (event.by === "draft") putDraft(answerRow, { at, seconds: at - from, firstTokenSeconds: event.firstTokenSeconds });
          // Base alone, the answer is the rest of a stream that is under way.
          else if (streams.has(event.request)) put("base-decode", answerRow, from, at);
          else putStreamStart(answerRow, from, at, event.firstTokenSeconds);
          answering = undefined;
          return;
        }
        case "stopped":
        case "failed":
        case "finished":
          halt(at);
          return;
        default:
          return;
      }
    },

    /** What has happened so far; what is under way comes last. */
    read(): Timeline {
      const open: Span[] = [];
      const under = (kind: SpanKind, row: number, from: number): void => { open.push({ kind, row, from, to: Math.max(from, seconds), wasted: false, open: true }); };
      if (drafting !== undefined) under("draft-decode", drafting.row, drafting.from);
      for (const { from, steps } of scoring.values()) for (const step of steps) under("score", rowOf.get(step) ?? 0, from);
      for (const stream of streams.values()) if (!stream.answering) under("base-decode", stream.next, stream.last);
      if (answering !== undefined) under(answering.by === "draft" ? "draft-decode" : "base-decode", answerRow, answering.from);
      // The first step of a stream is put down when its first token's time is known.
      for (const { first, from } of streams.values()) if (first !== undefined) open.push({ kind: "base-decode", row: first.row, from, to: first.at, wasted: false });
      return { rows, answer, open, rollbacks, pauses, spent, seconds };
    },
  };
}

export function timelineOf(events: Iterable<RunEvent>): Timeline {
  const timeline = createTimeline();
  for (const event of events) timeline.add(event);
  return timeline.read();
}

export function secondsOf(spans: Iterable<Span>): KindSeconds {
  const sums = noSeconds();
  for (const { kind, from, to, wasted } of spans) sums[wasted ? "wasted" : kind] += to - from;
  return sums;
}

const noSeconds = (): { -readonly [Key in keyof KindSeconds]: number } =>
  ({ "draft-prefill": 0, "draft-decode": 0, idle: 0, network: 0, score: 0, "base-prefill": 0, "base-decode": 0, wasted: 0 });
