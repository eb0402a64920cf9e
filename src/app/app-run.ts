import { useStore } from "zustand";
import type { RunJournal } from "../runs/run-journal.ts";
import { createRunBroadcast, type RunUpdate } from "../runs/run-broadcast.ts";
import { createRunLocks } from "../runs/run-locks.ts";
import { keepPace, readPace } from "./models/kept-pace.ts";
import { watchedOpen } from "./models/draft-pane-store.ts";
import { createMeasuring } from "./models/measuring.ts";
import { createModelKeeper } from "./models/model-keeper.ts";
import { openDeviceBase } from "./models/open-device-base.ts";
import { openDraft } from "./models/open-draft.ts";
import { openBase, speculationReader } from "./models/open-models.ts";
import { createOpenPair, usesBase } from "./models/open-pair.ts";
import { lateRejection } from "./run/late-rejection.ts";
import { createRunStore, type RunState } from "./run/run-store.ts";
import { createSolveAside, type AsideParts } from "./run/solve-aside.ts";
import { updateStore } from "./offline/app-update.ts";
import { watchSpeculation } from "./run/watch-speculation.ts";
import { endpointAddress } from "./settings/endpoint-address.ts";
import type { Settings } from "./settings/settings.ts";
import { chosenNow, endpointKey, settingsStore } from "./settings/settings-store.ts";
import { isChosenBase } from "./verification/chosen-base.ts";
import { createVerification, type VerificationState } from "./verification/verification-store.ts";
import { notifyWhenHidden } from "./verification/notify.ts";
import { spokenLanguage, wordsOf } from "./words/use-words.ts";
import { wallClock } from "./wall-clock.ts";
import { isolatedLine } from "./text/visible-text.ts";

let opened: Promise<RunJournal> | undefined;

/** The stored runs; the database is loaded when first needed, and tried again after a failure. */
export function openJournal(): Promise<RunJournal> {
  opened ??= import("../runs/run-journal.ts").then(({ openRunJournal }) =>
    openRunJournal({
      now: Date.now,
      ...("storage" in navigator ? { storage: navigator.storage } : {}),
      onSaving: (state) => appRun.showSaving(state),
      onBlocked: () => updateStore.setState({ oldTabs: true }),
      onClosed: (why) => { if (why === "newer-tab") appRun.showClosed(); },
    }));
  opened.then(() => updateStore.setState({ oldTabs: false }), () => { opened = undefined; });
  return opened;
}

const locks = createRunLocks("locks" in navigator ? navigator.locks : undefined);
const measuring = createMeasuring({ clock: wallClock, locks, visible: () => document.visibilityState === "visible" });
const drafts = createModelKeeper(watchedOpen(openDraft, () => wallClock.now(), measuring));
const deviceBases = createModelKeeper(openDeviceBase);
const openPair = createOpenPair({ drafts, deviceBases, openBase, page: location.href });

const openChannel = () => new BroadcastChannel("specreason-runs");

/** What every computation uses. */
const computing = {
  clock: wallClock,
  chosen: chosenNow,
  async openPair(chosen, ...rest) {
    await endpointKey.settled();
    return openPair({ ...chosen, apiKey: endpointKey.at(chosen.settings.base.url) }, ...rest);
  },
  async closeModels() {
    await Promise.all([drafts.close(), deviceBases.close()]);
  },
  openJournal,
  locks,
  openChannel,
  readPace,
  newId: () => crypto.randomUUID(),
  today: Date.now,
} satisfies AsideParts;

/** The page's one run, wired to the browser. */
export const appRun = createRunStore({
  ...computing,
  keepPace,
  requestFrame: (draw) => requestAnimationFrame(draw),
});

/** Solves a problem beside the page's run, with a policy of its own. */
export const solveAside = createSolveAside(computing);

/** Tells a stored run's events, and those that come while it goes on, here or in another tab; returns what stops it. */
export function followRun(id: string, show: (update: RunUpdate) => void, fail: (thrown: unknown) => void): () => void {
  const channel = openChannel();
  const left = new AbortController();
  const follow = async (): Promise<void> => {
    const journal = await openJournal();
    if (left.signal.aborted) return;
    const stop = createRunBroadcast({ journal, channel }).followRun(id, show, fail);
    left.signal.addEventListener("abort", stop, { once: true });
  };
  follow().catch((thrown: unknown) => { if (!left.signal.aborted) fail(thrown); });
  return () => {
    left.abort();
    channel.close();
  };
}

/** The server's own speculation, beside the run. */
export const speculationStore = watchSpeculation(appRun.store, () => {
  const { settings: { base, policy }, apiKey } = chosenNow();
  const address = endpointAddress(base.url, location.href);
  if (address === undefined || base.where === "device" || !usesBase(policy)) return undefined;
  return speculationReader({ baseUrl: address.href, model: base.model, apiKey });
});

export const useRun = <Selected>(select: (state: RunState) => Selected): Selected => useStore(appRun.store, select);

/** What the verification of all stored runs does. */
export const appVerification = createVerification({
  openJournal, locks, openChannel,
  clock: wallClock,
  concerns: (base) => isChosenBase(base, chosenNow(), location.href),
  async openBase(signal) {
    await endpointKey.settled();
    const { base } = await openPair({ ...chosenNow(), settings: verifyingOnly(chosenNow().settings) }, "verification", () => undefined, signal);
    await base.probe(signal);
    return base;
  },
  byItself: () => chosenNow().settings.policy.verify === "now",
  hints(wake) {
    const unsubscribe = settingsStore.subscribe(wake);
    addEventListener("online", wake);
    return () => {
      unsubscribe();
      removeEventListener("online", wake);
    };
  },
  rejected(run) {
    const words = wordsOf(spokenLanguage(chosenNow().settings.language, navigator.language)).late;
    notifyWhenHidden(words.notice, words.noticeText(isolatedLine(run.header.problem)), () => void appRun.show(run.header.id));
  },
});

let corrected: string | undefined;

/** Where that is chosen, a step rejected late in the run on the page is corrected without a question, once. */
function correctUnasked(): void {
  const { run, work, elsewhere } = appRun.store.getState();
  if (run === undefined || work.kind !== "idle" || elsewhere !== undefined || chosenNow().settings.lateRejection !== "automatic") return;
  const late = lateRejection(run);
  const place = `${run.header.id} ${late?.step}`;
  if (late === undefined || place === corrected) return;
  corrected = place;
  void appRun.resume({ correct: true });
}
appRun.store.subscribe(correctUnasked);
settingsStore.subscribe(correctUnasked);

export const useVerification = <Selected>(select: (state: VerificationState) => Selected): Selected => useStore(appVerification.store, select);

/** The base model alone is opened: nothing is drafted. */
const verifyingOnly = (settings: Settings): Settings => ({ ...settings, policy: { ...settings.policy, mode: "base" } });
