import { createStore } from "zustand/vanilla";
import { ModelError } from "../../models/model-error.ts";
import { modelFolder } from "../../models/webllm/model-cache.ts";
import { troubleOf, type Trouble } from "../trouble.ts";
import type { ModelTarget } from "./draft-source.ts";

export type Download =
  | {
      readonly kind: "running";
      /** On this device, those of an earlier visit included. */
      readonly bytes: number;
      /** Of the whole model, where it is known. */
      readonly total?: number;
      /** Over the last few seconds. */
      readonly bytesPerSecond?: number;
    }
  | { readonly kind: "failed"; readonly trouble: Trouble };

/** Names a model in storage: the file's address, or the folder of its weights. */
export const targetId = (target: ModelTarget): string => (target.kind === "gguf" ? target.url : modelFolder(target.modelUrl));

type Progress = (bytes: number, total: number | undefined) => void;

export type DownloadParts = {
  /** Resolves when the model is whole on this device; a GGUF file comes as a blob. */
  readonly obtain: (target: ModelTarget, onProgress: Progress, signal: AbortSignal) => Promise<{ readonly file?: Blob; readonly downloaded: boolean }>;
  /** Asks the browser to keep what is stored. */
  readonly persist: () => Promise<unknown>;
  /** Seconds, from any zero. */
  readonly now: () => number;
  /** After something was stored. */
  readonly onStored?: () => void;
};

/** Speed is that of so many seconds. */
const speedSeconds = 5;
/** Shown no more often than a person reads. */
const shownSeconds = 0.2;

/** The downloads going on, whoever began them: the shelf or a run. */
export function createDownloads({ obtain, persist, now, onStored = () => undefined }: DownloadParts) {
  const store = createStore<Readonly<Record<string, Download>>>(() => ({}));
  const stops = new Map<string, AbortController>();

  function put(id: string, shown: Download | undefined): void {
    const { [id]: _old, ...others } = store.getState();
    store.setState(shown === undefined ? others : { ...others, [id]: shown }, true);
  }

  /** @throws ModelError, "aborted" with `signal` or when it was paused */
  async function download(target: ModelTarget, signal: AbortSignal, onProgress: Progress = () => undefined): Promise<Blob | undefined> {
    const id = targetId(target);
    const stop = new AbortController();
    stops.get(id)?.abort();
    stops.set(id, stop);
    const samples: { readonly at: number; readonly bytes: number }[] = [];
    let shownAt = Number.NEGATIVE_INFINITY;
    try {
      const { file, downloaded } = await obtain(target, (bytes, total) => {
        if (stops.get(id) !== stop) return;
        const at = now();
        onProgress(bytes, total);
        if (at - shownAt < shownSeconds && bytes !== total) return;
        shownAt = at;
        samples.push({ at, bytes });
        while (samples.length > 2 && at - (samples[0]?.at ?? at) > speedSeconds) samples.shift();
        const [first] = samples;
        const seconds = first === undefined ? 0 : at - first.at;
        put(id, {
          kind: "running", bytes,
          ...(total === undefined ? {} : { total }),
          ...(first === undefined || seconds < 0.3 ? {} : { bytesPerSecond: Math.max(0, (bytes - first.bytes) / seconds) }),
        });
      }, AbortSignal.any([signal, stop.signal]));
      if (stops.get(id) === stop) put(id, undefined);
      // Asked only once there is something worth keeping.
      if (downloaded) await persist();
      return file;
    } catch (thrown) {
      const ended = thrown instanceof ModelError && thrown.kind === "aborted";
      if (stops.get(id) === stop) put(id, ended ? undefined : { kind: "failed", trouble: troubleOf(thrown, "problem") });
      throw thrown;
    } finally {
      if (stops.get(id) === stop) stops.delete(id);
      onStored();
    }
  }

  return {
    store, download,
    /** From the shelf: what goes wrong is in the store. */
    begin(target: ModelTarget): void {
      put(targetId(target), { kind: "running", bytes: 0 });
      download(target, new AbortController().signal).catch(() => undefined);
    },
    pause: (id: string): void => stops.get(id)?.abort(),
    /** Forgets why a download failed. */
    forget: (id: string): void => {
      if (store.getState()[id]?.kind === "failed") put(id, undefined);
    },
  };
}

export type Downloads = ReturnType<typeof createDownloads>;
