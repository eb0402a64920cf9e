import { isRunId } from "../../runs/run-id.ts";
import { viewInAddress } from "../frame/view-address.ts";

/** A whole run, compressed, as share-link.ts writes it; all that it writes begins so, and no id of ours does. */
export const sharedInAddress = (): string | undefined => (location.hash.startsWith("#run=eJ") ? location.hash : undefined);

/** The run on the page is named in its address, so that a reload or a bookmark finds it again. */
export function runInAddress(): string | undefined {
  const id = location.hash.startsWith("#run=") ? location.hash.slice("#run=".length) : "";
  return isRunId(id) ? id : undefined;
}

export function showInAddress(run: string): void {
  // On another page of the app the address is that page's.
  if (viewInAddress() !== "solve") return;
  if (runInAddress() !== run) history.replaceState(null, "", `#run=${run}`);
}

export const leaveRun = (): void => history.replaceState(null, "", location.pathname + location.search);
