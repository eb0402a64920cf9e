import type { DraftModel } from "../../models/draft-model.ts";
import type { DraftSource } from "./open-models.ts";

type Open = (source: DraftSource, onProgress: (share: number) => void, signal: AbortSignal) => Promise<DraftModel>;

/** Keeps the draft model open from run to run, one at a time. */
export function createDraftKeeper(open: Open) {
  let kept: { readonly key: string; readonly model: DraftModel } | undefined;

  async function close(): Promise<void> {
    const closing = kept;
    kept = undefined;
    await closing?.model.close();
  }

  return {
    async open(source: DraftSource, onProgress: (share: number) => void, signal: AbortSignal): Promise<DraftModel> {
      if (kept?.key === source.key) return kept.model;
      await close();
      const model = await open(source, onProgress, signal);
      kept = { key: source.key, model };
      return model;
    },
    /** After its engine failed: the next run opens it anew. */
    close,
  };
}

export type DraftKeeper = ReturnType<typeof createDraftKeeper>;
