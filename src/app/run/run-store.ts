import { createStore } from "zustand/vanilla";
import type { RunEvent, StepId } from "../../reasoning/events.ts";
import type { DraftModelInfo } from "../../models/draft-model.ts";
import type { Clock } from "../../reasoning/clock.ts";
import type { Pace } from "../../reasoning/pacing.ts";
import type { Policy } from "../../reasoning/policy.ts";
import { eventsOfChange, type Change } from "../../reasoning/changes.ts";
import { emptyRun, foldEvent, foldRun, type Run } from "../../reasoning/run.ts";
import { createRunBroadcast, type RunChannel, type RunRecorder } from "../../runs/run-broadcast.ts";
import type { RunJournal } from "../../runs/run-journal.ts";
import type { RunLocks } from "../../runs/run-locks.ts";
import type { SavingState } from "../../runs/run-writer.ts";
import type { OpenPair, Opening, Pair } from "../models/open-pair.ts";
import type { SettingsState } from "../settings/settings-store.ts";
import { troubleOf, type Trouble } from "../trouble.ts";
import { announcementOf, type Announcement } from "./announcement.ts";
import { computeRun } from "./compute-run.ts";
import { onceAFrame } from "./once-a-frame.ts";
import { correctionOf } from "./late-rejection.ts";
import { createRecording } from "./recording.ts";
import { acquireSoon, createTurns, type Turn } from "./turn-to-compute.ts";
import { atRest, watchRun, type Elsewhere } from "./watch-run.ts";

export type RunState = {
  /** The run on the page. */
  readonly run: Run | undefined;
  readonly work:
    | { readonly kind: "idle" }
    /** Another tab computes; this one is next. */
    | { readonly kind: "waiting" }
    | { readonly kind: "opening"; readonly opening: Opening }
    | { readonly kind: "reasoning" }
    | { readonly kind: "reading" };
  /** What another tab does with the run; `taken-over`: it computes now in place of this one. */
  readonly elsewhere: Elsewhere | "taken-over" | undefined;
  /** Its steps that are only in memory so far. */
  readonly unsaved: ReadonlySet<StepId>;
  /** The draft model that was opened last: what really computes. */
  readonly device: Pick<DraftModelInfo, "computesOn" | "device"> | undefined;
  /** What kept the last intention from being done. */
  readonly trouble: Trouble | undefined;
  /** Why the run is not stored. */
  readonly savingTrouble: Trouble | undefined;
  readonly announcement: Announcement | undefined;
};

export type RunStoreParts = {
  readonly clock: Clock;
  readonly chosen: () => SettingsState;
  readonly openPair: OpenPair;
  /** After the engine of a model on this device failed. */
  readonly closeModels: () => Promise<void>;
  readonly openJournal: () => Promise<RunJournal>;
  readonly locks: RunLocks;
  /** A new BroadcastChannel of the name that all tabs use. */
  readonly openChannel: () => RunChannel;
  readonly readPace: (pair: string) => Pace;
  readonly keepPace: (pair: string, pace: Pace) => void;
  readonly requestFrame: (draw: () => void) => unknown;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly today: () => number;
};

const noSteps: ReadonlySet<StepId> = new Set();
const nothingWrong = { trouble: undefined, savingTrouble: undefined, elsewhere: undefined, unsaved: noSteps } as const;

/** Orchestrates a run: opens the models, computes it when it is this tab's turn, or shows what another tab does with it. */
export function createRunStore(parts: RunStoreParts) {
  const store = createStore<RunState>(() => ({ run: undefined, work: { kind: "idle" }, device: undefined, announcement: undefined, ...nothingWrong }));
  const turns = createTurns(parts.locks);
  // One channel does not hear itself: what this tab records is shown by what it follows.
  const channels = { recording: parts.openChannel(), following: parts.openChannel() };
  /** The work going on, to stop it and to wait for its end. */
  let current: { readonly controller: AbortController; readonly done: Promise<void> } | undefined;
  let watching = new AbortController();

  function begin(work: (signal: AbortSignal) => Promise<void>, kept: Trouble["kept"]): Promise<void> {
    if (current !== undefined) return current.done;
    const controller = new AbortController();
    // Comes back where no new one could be begun.
    const before = store.getState().run;
    store.setState({ trouble: undefined });
    const done = work(controller.signal)
      .catch((thrown: unknown) => {
        const trouble = troubleOf(thrown, kept);
        if (store.getState().run === undefined && before !== undefined) {
          store.setState({ run: before });
          watch(before.header.id).catch(() => undefined);
        }
        if (!controller.signal.aborted && trouble.kind !== "aborted") store.setState({ trouble });
      })
      .finally(() => {
        current = undefined;
        store.setState({ work: { kind: "idle" } });
      });
    current = { controller, done };
    return done;
  }

  async function journal(): Promise<RunJournal | undefined> {
    try {
      return await parts.openJournal();
    } catch (thrown) {
      store.setState({ savingTrouble: troubleOf(thrown, "memory") });
      return undefined;
    }
  }

  const recorderOf = (kept: RunJournal, id: string, next: number): RunRecorder =>
    createRunBroadcast({ journal: kept, channel: channels.recording }).recordRun(id, next);

  /** Shows what becomes of a stored run elsewhere, until another one is shown or this tab computes it. */
  async function watch(id: string, before?: Partial<RunState>): Promise<void> {
    watching.abort();
    const { signal } = watching = new AbortController();
    const kept = await parts.openJournal();
    await watchRun(id, signal, {
      broadcast: createRunBroadcast({ journal: kept, channel: channels.following }),
      lock: parts.locks.writing(id),
      requestFrame: parts.requestFrame,
      shown: store.getState().run,
      show: (run, elsewhere) => store.setState((state) => ({
        ...before, run, elsewhere: elsewhere ?? (state.elsewhere === "taken-over" ? "taken-over" : undefined),
      })),
      happened(event, run) {
        const announcement = announcementOf(run, event);
        if (announcement !== undefined) store.setState({ announcement });
      },
    });
  }

  /** Opens the models and takes this tab's turn; `work` may use both until it has ended. */
  async function inTurn(id: string, signal: AbortSignal, atOnce: boolean, work: (pair: Pair, kept: RunJournal | undefined, turn: Turn) => Promise<void>): Promise<void> {
    const turn = await turns.take(id, signal, () => {
      store.setState({ work: { kind: "waiting" } });
      if (atOnce) turns.takeOver();
    });
    try {
      const tell = (opening: Opening): void => store.setState({ work: { kind: "opening", opening } });
      tell({ what: "base" });
      const [pair, kept] = await Promise.all([parts.openPair(parts.chosen(), id, tell, signal), journal()]);
      signal.throwIfAborted();
      await work(pair, kept, turn);
    } finally {
      turn.release();
    }
  }

  /** `stored` is how many of the run's events the journal has; `first` happens before the reasoning goes on. */
  async function compute(before: Run, stored: number, policy: Policy | undefined, pair: Pair, kept: RunJournal | undefined, turn: Turn, signal: AbortSignal, first: readonly RunEvent[] = []): Promise<void> {
    const { id } = before.header;
    const pairKey = `${pair.draft.info.id} ${pair.base.info.id}`;
    const leave = new AbortController();
    let latest = before;
    let announcement: Announcement | undefined;
    const frame = onceAFrame(() => store.setState({ run: latest, ...(announcement === undefined ? {} : { announcement }) }), parts.requestFrame);
    const recorder = kept === undefined ? undefined : recorderOf(kept, id, stored);
    const recording = createRecording(recorder, {
      unsaved: (unsaved) => store.setState({ unsaved }),
      failed(thrown) {
        const trouble = troubleOf(thrown, "memory");
        store.setState({ savingTrouble: trouble });
        // Two tabs cannot both write the run's future.
        if (trouble.kind === "overtaken" || trouble.kind === "missing") leave.abort();
      },
    });
    const { computesOn, device } = pair.draft.info;
    for (const event of first) {
      latest = foldEvent(latest, event);
      announcement = announcementOf(latest, event) ?? announcement;
      recording.record(event);
    }
    if (first.length > 0) frame.ask();
    store.setState({ run: latest, work: { kind: "reasoning" }, device: device === "" ? undefined : { computesOn, device } });
    try {
      const { pace } = await computeRun({
        run: latest, ...(policy === undefined ? {} : { policy }), draft: pair.draft, base: pair.base, clock: parts.clock, closeModels: parts.closeModels,
        pace: parts.readPace(pairKey), signal: AbortSignal.any([signal, leave.signal, turn.lost]),
      }, (event, run) => {
        latest = run;
        announcement = announcementOf(run, event) ?? announcement;
        recording.record(event);
        frame.ask();
      });
      parts.keepPace(pairKey, pace);
    } finally {
      frame.now();
      await recording.settled();
      recording.stop();
      if (turn.lost.aborted) store.setState({ elsewhere: "taken-over" });
    }
  }

  function solve(problem: string): Promise<void> {
    return begin(async (signal) => {
      const id = parts.newId();
      const { policy } = parts.chosen().settings;
      watching.abort();
      store.setState({ ...nothingWrong, run: undefined, announcement: undefined, work: { kind: "opening", opening: { what: "base" } } });
      await inTurn(id, signal, false, async (pair, kept, turn) => {
        const header = { version: 1 as const, id, problem, createdAt: parts.today(), draft: named(pair.draft), base: named(pair.base), policy };
        kept?.create(header).catch((thrown: unknown) => store.setState({ savingTrouble: troubleOf(thrown, "memory") }));
        await compute(emptyRun(header), 0, undefined, pair, kept, turn, signal);
      });
      await watch(id).catch(() => undefined);
    }, "problem");
  }

  /**
   * Goes on with the run on the page, with the models and the policy chosen now; at once where it is to be taken over from
   * another tab. `correct` has the base model write the step it rejected after the answer, and goes on from there: a new branch. `change` is what the reader wants other than it is.
   */
  function resume(how: { readonly takeOver?: boolean; readonly correct?: boolean; readonly change?: Change } = {}): Promise<void> {
    const shown = store.getState().run;
    if (shown === undefined) return Promise.resolve();
    const { id } = shown.header;
    return begin(async (signal) => {
      store.setState({ ...nothingWrong, work: { kind: "opening", opening: { what: "base" } } });
      await inTurn(id, signal, how.takeOver === true, async (pair, kept, turn) => {
        watching.abort();
        const run = store.getState().run ?? shown;
        const stored = await kept?.load(id).catch(() => undefined);
        const { policy } = parts.chosen().settings;
        // Where the journal cannot read the run, it goes on in memory.
        const writable = stored === undefined ? undefined : kept;
        const latest = atRest(stored === undefined || stored.events.length === 0 ? run : foldRun(stored.header, stored.events));
        const first = how.correct === true ? correctionOf(latest) : how.change === undefined ? [] : changesOf(latest, how.change);
        if (first === undefined || (how.change !== undefined && first.length === 0)) return;
        // Nothing is changed for a base model that does not answer.
        if (how.change?.kind === "ask-base") await pair.base.probe(signal);
        // Who corrects asks the base model, whatever is chosen for new steps.
        const wanted: Policy = how.correct === true ? { ...policy, verify: "now", mode: policy.mode === "draft" ? "auto" : policy.mode } : policy;
        await compute(latest, stored?.next ?? 0, changed(wanted, latest) ? wanted : undefined, pair, writable, turn, signal, first);
      });
      await watch(id).catch(() => undefined);
    }, "run");
  }

  /** The step rejected after the answer stays, unverified, and what follows it is verified. */
  async function keepRejected(): Promise<void> {
    const id = store.getState().run?.header.id;
    if (id === undefined || current !== undefined) return;
    try {
      const kept = await parts.openJournal();
      const writing = await acquireSoon(parts.locks.writing(id), new AbortController().signal);
      try {
        const { header, events, next } = await kept.load(id);
        const run = foldRun(header, events);
        if (run.rejected === undefined) return;
        const recorder = recorderOf(kept, id, next);
        await recorder.record({ kind: "unverified", step: run.rejected.step, why: "kept", at: run.seconds }).finally(recorder.stop);
      } finally {
        writing.release();
      }
    } catch (thrown) {
      store.setState({ trouble: troubleOf(thrown, "run") });
    }
  }

  /** Changes the run on the page as the reader wants, once it is at rest; unless steps are only dropped or a branch is taken up, reasoning goes on from there. */
  async function change(wanted: Change): Promise<void> {
    await stop();
    const shown = store.getState().run;
    if (shown === undefined) return;
    if (wanted.kind !== "drop" && wanted.kind !== "switch") return resume({ change: wanted });
    const { id } = shown.header;
    await begin(async (signal) => {
      const kept = await journal();
      const writing = await acquireSoon(parts.locks.writing(id), signal);
      try {
        watching.abort();
        const stored = await kept?.load(id).catch(() => undefined);
        let run = atRest(stored === undefined || stored.events.length === 0 ? store.getState().run ?? shown : foldRun(stored.header, stored.events));
        const recorder = kept === undefined || stored === undefined ? undefined : recorderOf(kept, id, stored.next);
        for (const event of changesOf(run, wanted)) {
          run = foldEvent(run, event);
          store.setState({ run, announcement: announcementOf(run, event) });
          await recorder?.record(event).catch((thrown: unknown) => store.setState({ savingTrouble: troubleOf(thrown, "memory") }));
        }
        recorder?.stop();
      } finally {
        writing.release();
      }
      await watch(id).catch(() => undefined);
    }, "run");
  }

  async function stop(): Promise<void> {
    current?.controller.abort();
    await current?.done;
  }

  /** Shows a stored run, live where another tab computes it. One that was cut off shows as stopped. */
  async function show(id: string): Promise<void> {
    await stop();
    return begin(async () => {
      store.setState({ ...nothingWrong, work: { kind: "reading" } });
      await watch(id, { announcement: undefined });
    }, "problem");
  }

  async function clear(): Promise<void> {
    await stop();
    watching.abort();
    store.setState({ ...nothingWrong, run: undefined, announcement: undefined });
  }

  async function retrySaving(): Promise<void> {
    const kept = await journal();
    await kept?.retry();
  }

  return {
    store, solve, resume, change, keepRejected, stop, show, clear, retrySaving,
    /** Computes here at once, away from the tab that does. */
    takeOver: turns.takeOver,
    dismissTrouble: (): void => store.setState({ trouble: undefined }),
    /** A newer version of the page, in another tab, has taken the stored runs. */
    showClosed(): void {
      store.setState({ savingTrouble: { kind: "closed", message: "The database was closed for a newer version of this app.", kept: "run" } });
    },
    showSaving({ run, unsaved, failure }: SavingState): void {
      const settled = unsaved === 0 && run === store.getState().run?.header.id;
      store.setState({ savingTrouble: failure === undefined ? undefined : troubleOf(failure, "memory"), ...(settled ? { unsaved: noSteps } : {}) });
    },
  };
}

const changed = (chosen: Policy, run: Run): boolean => JSON.stringify(chosen) !== JSON.stringify(run.header.policy);

const changesOf = (run: Run, change: Change): readonly RunEvent[] => eventsOfChange(run, change).map((body) => ({ ...body, at: run.seconds }));

const named = ({ info }: { readonly info: { readonly id: string; readonly name: string } }) => ({ id: info.id, name: info.name });

export type RunStore = ReturnType<typeof createRunStore>;
