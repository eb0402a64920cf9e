import { ModelError } from "../model-error.ts";

const megabytes = (count: number) => Math.max(0, Math.round(count / 1e6));

/** @throws ModelError "storage-full" before bytes are fetched that have no place */
export async function roomFor(bytes: number): Promise<void> {
  const { quota, usage } = await navigator.storage.estimate();
  if (quota === undefined || usage === undefined || bytes <= quota - usage) return;
  throw new ModelError("storage-full", `The model needs ${megabytes(bytes)} MB more, and this browser lets the page keep ${megabytes(quota - usage)} MB. Delete models you no longer need, or choose a smaller one.`);
}
