import { ModelError } from "../../models/model-error.ts";
import type { DraftLoading } from "./draft-loading.ts";
import type { ModelTarget } from "./draft-source.ts";
import { modelDownloads } from "./model-storage.ts";

/** Shows the bytes of a download as they come, and that the engine follows. */
export const showBytes = (show: (loading: DraftLoading) => void) => (bytes: number, total: number | undefined): void => {
  if (total !== undefined && total > 0) show(bytes === total ? { kind: "preparing" } : { kind: "download", share: bytes / total });
};

/** A GGUF file that was picked, or from its address, through this browser's storage. @throws ModelError */
export async function obtainedFile(
  source: Extract<ModelTarget, { kind: "gguf" }> | { readonly kind: "file"; readonly file: File }, show: (loading: DraftLoading) => void, signal: AbortSignal,
): Promise<Blob> {
  const file = source.kind === "file" ? source.file : await modelDownloads.download(source, signal, showBytes(show));
  if (file === undefined) throw new ModelError("download-failed", "The model file is not there. Download it again.");
  show({ kind: "preparing" });
  return file;
}
