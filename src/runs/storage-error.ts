import { ModelError } from "../models/model-error.ts";
import { RunsError } from "./runs-error.ts";

export const overtaken = (): RunsError => new RunsError("overtaken",
  "Another tab has gone on with this run. What it saved is kept; load the run again to go on from there.");

export const missing = (): RunsError => new RunsError("missing", "This run is no longer stored: it was deleted, or the browser cleared the page's storage.");

/** Anything IndexedDB or Dexie throws. Full storage hides in many places: the error itself, the aborted transaction's inner error, one of many failures. */
export function asStorageError(thrown: unknown): ModelError | RunsError {
  if (thrown instanceof ModelError || thrown instanceof RunsError) return thrown;
  if (isNamed(thrown, "QuotaExceededError", 0)) {
    return new ModelError("storage-full",
      "Storage is full. The run goes on in memory and is saved once there is space: delete old runs or models, or export this run.", { cause: thrown });
  }
  if (isNamed(thrown, "DatabaseClosedError", 0)) {
    return new RunsError("closed", "A newer version of this app, open in another tab, has taken over the stored runs. What is unsaved here stays in memory: export it, then reload this page.", thrown);
  }
  return new RunsError("unavailable", "Saving failed. The run goes on in memory and saving is tried again with its next step.", thrown);
}

function isNamed(thrown: unknown, name: string, depth: number): boolean {
  if (typeof thrown !== "object" || thrown === null || depth > 4) return false;
  if ("name" in thrown && thrown.name === name) return true;
  const within: unknown[] = [
    "inner" in thrown ? thrown.inner : undefined,
    "cause" in thrown ? thrown.cause : undefined,
    ...("failures" in thrown && Array.isArray(thrown.failures) ? thrown.failures.slice(0, 1) : []),
  ];
  return within.some((one) => isNamed(one, name, depth + 1));
}
