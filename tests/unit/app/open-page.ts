import { createRunStore, type RunStoreParts } from "../../../src/app/run/run-store.ts";
import type { SettingsState } from "../../../src/app/settings/settings-store.ts";
import { defaultSettings } from "../../../src/app/settings/settings.ts";
import type { ModelError } from "../../../src/models/model-error.ts";
import { assumedPace, type Pace } from "../../../src/reasoning/pacing.ts";
import type { RunJournal } from "../../../src/runs/run-journal.ts";
import { createRunLocks } from "../../../src/runs/run-locks.ts";
import { createVirtualClock } from "../../../src/simulate/virtual-clock.ts";
import { scriptedChannels } from "../../support/scripted-channels.ts";
import { scriptedPair } from "../../support/scripted-pair.ts";

/** A page over scripted models and a real journal. */
export function openPage(journal: () => Promise<RunJournal>, more: Partial<RunStoreParts> = {}) {
  const clock = createVirtualClock();
  const pair = scriptedPair({ clock, luck: 1, script: 3, steps: 6, rejected: 0.4 });
  const paces = new Map<string, Pace>();
  let chosen: SettingsState = { settings: { ...defaultSettings, policy: { ...defaultSettings.policy, mode: "sync" as const } }, apiKey: "", file: undefined, baseFile: undefined };
  let ids = 0;
  let broken: ModelError | undefined;
  const page = createRunStore({
    clock,
    chosen: () => chosen,
    openPair: () => (broken === undefined ? Promise.resolve(pair) : Promise.reject(broken)),
    closeModels: () => Promise.resolve(),
    openJournal: journal,
    locks: createRunLocks(undefined),
    openChannel: scriptedChannels(),
    readPace: (key) => paces.get(key) ?? assumedPace,
    keepPace: (key, pace) => paces.set(key, pace),
    requestFrame: (draw) => setImmediate(draw),
    newId: () => `run-${ids++}`,
    today: () => 1000,
    ...more,
  });
  const state = () => page.store.getState();
  /** Time passes until the work is done. */
  const until = <Result>(work: Promise<Result>): Promise<Result> => {
    // The journal's own waits are real ones: the virtual clock must not mistake them for a standstill.
    const ended = new AbortController();
    const finished = work.finally(() => ended.abort());
    const heartbeat = async (): Promise<void> => {
      while (!ended.signal.aborted) await clock.wait(0.01);
    };
    return clock.run(Promise.all([finished, heartbeat()]).then(([result]) => result));
  };
  const change = (policy: Partial<typeof defaultSettings.policy>): void => {
    chosen = { ...chosen, settings: { ...chosen.settings, policy: { ...chosen.settings.policy, ...policy } } };
  };
  const breakOpening = (error: ModelError): void => { broken = error; };
  return { page, clock, state, until, change, paces, pair, breakOpening };
}
