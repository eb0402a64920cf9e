import { createStore } from "zustand/vanilla";
import { isPassing, type RunEvent } from "../../reasoning/events.ts";
import type { DraftModelInfo } from "../../models/draft-model.ts";
import type { Clock } from "../../reasoning/clock.ts";
import { observePace, type Pace } from "../../reasoning/pacing.ts";
import type { Policy } from "../../reasoning/policy.ts";
import { reason } from "../../reasoning/reason.ts";
import { emptyRun, foldEvent, foldRun, type Run } from "../../reasoning/run.ts";
import type { RunJournal } from "../../runs/run-journal.ts";
import type { OpenPair, Opening } from "../models/open-pair.ts";
import type { SettingsState } from "../settings/settings-store.ts";
import { troubleOf, type Trouble } from "../trouble.ts";
import { announcementOf, type Announcement } from "./announcement.ts";
import { onceAFrame } from "./once-a-frame.ts";

export type RunState = {
  /** The run on the page. */
  readonly run: Run | undefined;
  readonly work: { readonly kind: "idle" } | { readonly kind: "opening"; readonly opening: Opening } | { readonly kind: "reasoning" } | { readonly kind: "reading" };
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
  readonly readPace: (pair: string) => Pace;
  readonly keepPace: (pair: string, pace: Pace) => void;
  readonly requestFrame: (draw: () => void) => unknown;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly today: () => number;
};

/** Orchestrates a run: opens the models, reads reason()'s events, folds, stores and shows them. */
export function createRunStore(parts: RunStoreParts) {
  const store = createStore<RunState>(() => ({
    run: undefined, work: { kind: "idle" }, device: undefined, trouble: undefined, savingTrouble: undefined, announcement: undefined,
  }));
  /** The work going on, to stop it and to wait for its end. */
  let current: { readonly controller: AbortController; readonly done: Promise<void> } | undefined;

  function begin(work: (signal: AbortSignal) => Promise<void>, kept: Trouble["kept"]): Promise<void> {
    if (current !== undefined) return current.done;
    const controller = new AbortController();
    // Comes back where no new one could be begun.
    const before = store.getState().run;
    store.setState({ trouble: undefined });
    const done = work(controller.signal)
      .catch((thrown: unknown) => {
        const trouble = troubleOf(thrown, kept);
        if (store.getState().run === undefined) store.setState({ run: before });
        if (!controller.signal.aborted && trouble.kind !== "aborted") store.setState({ trouble });
      })
      .finally(() => {
        current = undefined;
        store.setState({ work: { kind: "idle" } });
      });
    current = { controller, done };
    return done;
  }

  const openPair = (session: string, signal: AbortSignal) =>
    parts.openPair(parts.chosen(), session, (opening) => store.setState({ work: { kind: "opening", opening } }), signal);

  async function journal(): Promise<RunJournal | undefined> {
    try {
      return await parts.openJournal();
    } catch (thrown) {
      store.setState({ savingTrouble: troubleOf(thrown, "memory") });
      return undefined;
    }
  }

  /** `stored` is how many of the run's events the journal has. */
  async function follow(before: Run, stored: number, policy: Policy | undefined, pair: Awaited<ReturnType<OpenPair>>, kept: RunJournal | undefined, signal: AbortSignal): Promise<void> {
    const pairKey = `${pair.draft.info.id} ${pair.base.info.id}`;
    const leave = new AbortController();
    let run = before;
    let pace = parts.readPace(pairKey);
    let next = stored;
    let announcement: Announcement | undefined;
    const frame = onceAFrame(() => store.setState({ run, ...(announcement === undefined ? {} : { announcement }) }), parts.requestFrame);
    const save = (event: RunEvent): void => {
      kept?.append(run.header.id, [event], next++).catch((thrown: unknown) => {
        const trouble = troubleOf(thrown, "memory");
        store.setState({ savingTrouble: trouble });
        // Two tabs cannot both write the run's future.
        if (trouble.kind === "overtaken" || trouble.kind === "missing") leave.abort();
      });
    };
    const { computesOn, device } = pair.draft.info;
    store.setState({ run, work: { kind: "reasoning" }, device: device === "" ? undefined : { computesOn, device } });
    try {
      const reasoning = { run, draft: pair.draft, base: pair.base, clock: parts.clock, pace, signal: AbortSignal.any([signal, leave.signal]) };
      for await (const event of reason(policy === undefined ? reasoning : { ...reasoning, policy })) {
        run = foldEvent(run, event);
        pace = observePace(pace, event);
        announcement = announcementOf(run, event) ?? announcement;
        if (!isPassing(event)) save(event);
        frame.ask();
      }
    } finally {
      frame.now();
      parts.keepPace(pairKey, pace);
      if (run.failure?.kind === "engine-failed" || run.failure?.kind === "device-lost") await parts.closeModels();
    }
  }

  function solve(problem: string): Promise<void> {
    return begin(async (signal) => {
      const id = parts.newId();
      const { policy } = parts.chosen().settings;
      store.setState({ run: undefined, announcement: undefined, work: { kind: "opening", opening: { what: "base" } }, savingTrouble: undefined });
      const [pair, kept] = await Promise.all([openPair(id, signal), journal()]);
      signal.throwIfAborted();
      const header = { version: 1 as const, id, problem, createdAt: parts.today(), draft: named(pair.draft), base: named(pair.base), policy };
      kept?.create(header).catch((thrown: unknown) => store.setState({ savingTrouble: troubleOf(thrown, "memory") }));
      await follow(emptyRun(header), 0, undefined, pair, kept, signal);
    }, "problem");
  }

  /** Goes on with the run on the page, with the models and the policy chosen now. */
  function resume(): Promise<void> {
    const run = store.getState().run;
    if (run === undefined) return Promise.resolve();
    return begin(async (signal) => {
      store.setState({ work: { kind: "opening", opening: { what: "base" } }, savingTrouble: undefined });
      const [pair, kept] = await Promise.all([openPair(run.header.id, signal), journal()]);
      signal.throwIfAborted();
      const stored = await kept?.load(run.header.id).catch(() => undefined);
      const { policy } = parts.chosen().settings;
      // Where the journal cannot read the run, it goes on in memory.
      const writable = stored === undefined ? undefined : kept;
      const latest = stored === undefined || stored.events.length === 0 ? run : atRest(foldRun(stored.header, stored.events));
      await follow(latest, stored?.next ?? 0, changed(policy, latest) ? policy : undefined, pair, writable, signal);
    }, "run");
  }

  async function stop(): Promise<void> {
    current?.controller.abort();
    await current?.done;
  }

  /** Shows a stored run. One that was cut off by a reload shows as stopped. */
  async function show(id: string): Promise<void> {
    await stop();
    return begin(async (signal) => {
      store.setState({ work: { kind: "reading" }, savingTrouble: undefined });
      const { header, events } = await (await parts.openJournal()).load(id);
      if (!signal.aborted) store.setState({ run: atRest(foldRun(header, events)), announcement: undefined });
    }, "problem");
  }

  async function clear(): Promise<void> {
    await stop();
    store.setState({ run: undefined, trouble: undefined, savingTrouble: undefined, announcement: undefined });
  }

  async function retrySaving(): Promise<void> {
    const kept = await journal();
    await kept?.retry();
  }

  return {
    store, solve, resume, stop, show, clear, retrySaving,
    dismissTrouble: (): void => store.setState({ trouble: undefined }),
    showSaving: (failure: unknown): void => store.setState({ savingTrouble: failure === undefined ? undefined : troubleOf(failure, "memory") }),
  };
}

const changed = (chosen: Policy, run: Run): boolean => JSON.stringify(chosen) !== JSON.stringify(run.header.policy);

const named = ({ info }: { readonly info: { readonly id: string; readonly name: string } }) => ({ id: info.id, name: info.name });

/** A run that nobody is at work on. Nothing is stored of it: another tab may be. */
const atRest = (run: Run): Run => (run.status === "running" ? foldEvent(run, { kind: "stopped", at: run.seconds }) : run);

export type RunStore = ReturnType<typeof createRunStore>;
