import { useSyncExternalStore } from "react";

/** The pages of the app, by the fragment that names them. `solve` is also what a run's own address (`#run=…`) shows. */
export const viewNames = ["solve", "compare", "evaluate", "calibrate"] as const;
export type ViewName = (typeof viewNames)[number];

export const viewInAddress = (): ViewName => viewNames.find((name) => location.hash === `#${name}`) ?? "solve";

const watchAddress = (changed: () => void): (() => void) => {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
};

export const useView = (): ViewName => useSyncExternalStore(watchAddress, viewInAddress);
