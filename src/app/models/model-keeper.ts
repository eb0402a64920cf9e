import type { DraftLoading } from "./draft-loading.ts";
import type { DraftSource } from "./draft-source.ts";

type Closable = { close(): Promise<void> };
type Open<Model> = (source: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal) => Promise<Model>;

/** Keeps a model on this device open from run to run, one at a time. */
export function createModelKeeper<Model extends Closable>(open: Open<Model>) {
  let kept: { readonly key: string; readonly model: Model } | undefined;

  async function close(): Promise<void> {
    const closing = kept;
    kept = undefined;
    await closing?.model.close();
  }

  return {
    async open(source: DraftSource, show: (loading: DraftLoading) => void, signal: AbortSignal): Promise<Model> {
      if (kept?.key === source.key) return kept.model;
      await close();
      const model = await open(source, show, signal);
      kept = { key: source.key, model };
      return model;
    },
    /** After its engine failed, or when it is not needed: the next run opens it anew. */
    close,
  };
}

export type ModelKeeper<Model extends Closable> = ReturnType<typeof createModelKeeper<Model>>;
