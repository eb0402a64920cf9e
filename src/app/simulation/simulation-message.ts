import type { RunEvent } from "../../reasoning/events.ts";
import type { Pace } from "../../reasoning/pacing.ts";
import type { Objective } from "../../reasoning/policy.ts";
import type { Prediction, WhatIf, WhatIfResult } from "../../simulate/what-if.ts";

/** What the page asks of the simulation's worker. Both ends are built together, so messages are not parsed again. */
export type SimulationQuestion =
  | { readonly kind: "what-if"; readonly number: number; readonly run: string; readonly events: readonly RunEvent[]; readonly settings: WhatIf }
  | { readonly kind: "objectives"; readonly number: number; readonly pace: Pace };

export type SimulationAnswer =
  | { readonly kind: "what-if"; readonly number: number; readonly result: WhatIfResult }
  | { readonly kind: "objectives"; readonly number: number; readonly result: Readonly<Record<Objective, Prediction>> }
  | { readonly kind: "failed"; readonly number: number; readonly message: string };
