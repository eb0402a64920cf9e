import { createStore } from "zustand/vanilla";
import type { DraftModel, DraftModelInfo } from "../../models/draft-model.ts";
import { ModelError } from "../../models/model-error.ts";
import type { Appending } from "../../models/webllm/check-appending.ts";
import type { KvCounts } from "../../models/webllm/kv-session.ts";
import type { DraftLoading } from "./draft-loading.ts";
import type { DraftSource } from "./draft-source.ts";
import { keepSpeed, readSpeeds, type ModelSpeed } from "./kept-speeds.ts";
import { readMachine } from "./machine.ts";
import type { OpenedDraft } from "./open-draft.ts";
import { measuredSpeed } from "./measured-speeds.ts";
import type { Measuring } from "./measuring.ts";
import { speedOf, watchedDraft, type DraftCall } from "./watched-draft.ts";

/** What the draft model does, from call to call; shown beside the run. */
export type DraftPaneState = {
  readonly info?: DraftModelInfo;
  /** While it is opened. */
  readonly loading?: DraftLoading;
  /** Since it was opened, in tokens. */
  readonly reused: number;
  readonly prefilled: number;
  readonly generated: number;
  readonly speed?: ModelSpeed;
  /** Of a fixed text at rest, once for each model and engine. */
  readonly atRest?: ModelSpeed;
  /** WebLLM's check at load, and its own counts since then. */
  readonly appending?: Appending;
  readonly counts?: KvCounts;
  /** Whether the CPU computes only because the GPU's shaders have no 16-bit floats. */
  readonly noHalfFloats: boolean;
  /** Why it had to be loaded again, since it was opened. */
  readonly losses: readonly ("device-lost" | "engine-failed" | "out-of-memory")[];
};

const nothing: DraftPaneState = { reused: 0, prefilled: 0, generated: 0, noHalfFloats: false, losses: [] };

export const draftPaneStore = createStore<DraftPaneState>(() => nothing);

type Open = (source: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal) => Promise<OpenedDraft>;

/** Opens draft models so that the pane sees what they do. @param now seconds, from any zero @param measuring measures each at rest */
export const watchedOpen = (open: Open, now: () => number, measuring?: Measuring) => async (source: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal): Promise<DraftModel> => {
  draftPaneStore.setState({ ...nothing, loading: { kind: "preparing" } }, true);
  let model: OpenedDraft;
  let opened = false;
  try {
    model = await open(source, (loading) => {
      draftPaneStore.setState({ loading });
      // Loaded again in the middle of a run, it is no longer the run that waits to begin.
      if (!opened) show(loading);
    }, signal);
    opened = true;
  } catch (thrown) {
    draftPaneStore.setState(nothing, true);
    throw thrown;
  }
  const { info } = model;
  const known = readSpeeds()[info.name];
  const reported = (): Pick<DraftPaneState, "appending" | "counts"> => {
    const { appending, counts } = model.report ?? {};
    return { ...(appending === undefined ? {} : { appending }), ...(counts === undefined ? {} : { counts }) };
  };
  const noHalfFloats = source.key !== "embedded" && info.engine === "wllama" && info.computesOn === "cpu" && (await readMachine().then(({ gpu }) => gpu !== undefined && gpu.isFallbackAdapter !== true && !gpu.features.has("shader-f16"), () => false));
  draftPaneStore.setState({ ...nothing, info, noHalfFloats, ...reported(), ...(known === undefined ? {} : { speed: known }), ...atRestOf(measuredSpeed(info.name)) }, true);
  const stopMeasuring = measuring?.begin(model, (atRest) => draftPaneStore.setState({ atRest, ...reported() }));
  return watchedDraft(model, now, {
    call: (call) => draftPaneStore.setState(({ loading: _loading, ...state }) =>
      ({ ...state, ...counted(state, call), ...reported(), losses: withQuietLosses(state.losses, model.report?.deviceLosses ?? 0), speed: keepSpeed(info.name, speedOf(call)) }), true),
    failed(thrown) {
      if (!(thrown instanceof ModelError)) return;
      const { kind } = thrown;
      if (kind === "device-lost" || kind === "engine-failed" || kind === "out-of-memory") draftPaneStore.setState(({ losses }) => ({ losses: [...losses, kind] }));
    },
    closed() {
      stopMeasuring?.();
      draftPaneStore.setState(nothing, true);
    },
  });
};

const atRestOf = (atRest: ModelSpeed | undefined): Pick<DraftPaneState, "atRest"> => (atRest === undefined ? {} : { atRest });

/** A device lost between two calls fails none of them. */
function withQuietLosses(losses: DraftPaneState["losses"], deviceLosses: number): DraftPaneState["losses"] {
  const told = losses.filter((loss) => loss !== "engine-failed").length;
  return deviceLosses > told ? [...losses, "device-lost"] : losses;
}

const counted = ({ reused, prefilled, generated }: DraftPaneState, { usage }: DraftCall) => {
  const cached = usage.cachedTokens ?? 0;
  return { reused: reused + cached, prefilled: prefilled + usage.promptTokens - cached, generated: generated + usage.generatedTokens };
};
