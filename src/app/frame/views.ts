import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { ViewName } from "./view-address.ts";

/** What stands beside the solver, each loaded when it is first opened. */
export const views: readonly { readonly name: Exclude<ViewName, "solve">; readonly View: LazyExoticComponent<ComponentType> }[] = [
  { name: "compare", View: lazy(async () => ({ default: (await import("../compare/compare-view.tsx")).CompareView })) },
  { name: "evaluate", View: lazy(async () => ({ default: (await import("../evaluate/evaluate-view.tsx")).EvaluateView })) },
  { name: "calibrate", View: lazy(async () => ({ default: (await import("../calibrate/calibrate-view.tsx")).CalibrateView })) },
];
