import { useStore } from "zustand";
import type { RunJournal } from "../runs/run-journal.ts";
import { createRunLocks } from "../runs/run-locks.ts";
import { keepPace, readPace } from "./models/kept-pace.ts";
import { watchedOpen } from "./models/draft-pane-store.ts";
import { createModelKeeper } from "./models/model-keeper.ts";
import { openDeviceBase } from "./models/open-device-base.ts";
import { openDraft } from "./models/open-draft.ts";
import { openBase, speculationReader } from "./models/open-models.ts";
import { createOpenPair, usesBase } from "./models/open-pair.ts";
import { createRunStore, type RunState } from "./run/run-store.ts";
import { watchSpeculation } from "./run/watch-speculation.ts";
import { endpointAddress } from "./settings/endpoint-address.ts";
import { chosenNow, endpointKey } from "./settings/settings-store.ts";
import { wallClock } from "./wall-clock.ts";

let opened: Promise<RunJournal> | undefined;

/** The stored runs; the database is loaded when first needed, and tried again after a failure. */
export function openJournal(): Promise<RunJournal> {
  opened ??= import("../runs/run-journal.ts").then(({ openRunJournal }) =>
    openRunJournal({
      now: Date.now,
      ...("storage" in navigator ? { storage: navigator.storage } : {}),
      onSaving: (state) => appRun.showSaving(state),
      onClosed: (why) => { if (why === "newer-tab") appRun.showClosed(); },
    }));
  opened.catch(() => { opened = undefined; });
  return opened;
}

const drafts = createModelKeeper(watchedOpen(openDraft, () => performance.now() / 1000));
const deviceBases = createModelKeeper(openDeviceBase);
const openPair = createOpenPair({ drafts, deviceBases, openBase, page: location.href });

/** The page's one run, wired to the browser. */
export const appRun = createRunStore({
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
  locks: createRunLocks("locks" in navigator ? navigator.locks : undefined),
  openChannel: () => new BroadcastChannel("specreason-runs"),
  readPace,
  keepPace,
  requestFrame: (draw) => requestAnimationFrame(draw),
  newId: () => crypto.randomUUID(),
  today: Date.now,
});

/** The server's own speculation, beside the run. */
export const speculationStore = watchSpeculation(appRun.store, () => {
  const { settings: { base, policy }, apiKey } = chosenNow();
  const address = endpointAddress(base.url, location.href);
  if (address === undefined || base.where === "device" || !usesBase(policy)) return undefined;
  return speculationReader({ baseUrl: address.href, model: base.model, apiKey });
});

export const useRun = <Selected>(select: (state: RunState) => Selected): Selected => useStore(appRun.store, select);
