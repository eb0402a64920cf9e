import type { BaseModel } from "../models/base-model.ts";
import type { DraftModel } from "../models/draft-model.ts";
import type { Clock } from "./clock.ts";
import type { RunEvent } from "./events.ts";
import type { Run } from "./run.ts";

export type Reasoning = {
  /** The run to work on: empty for a new one, as it stands for one that goes on. */
  readonly run: Run;
  readonly draft: DraftModel;
  readonly base: BaseModel;
  readonly clock: Clock;
  /** Ends the run with a `stopped` event; everything finished is kept. */
  readonly signal: AbortSignal;
};

// eslint-disable-next-line require-yield
export async function* reason(_reasoning: Reasoning): AsyncGenerator<RunEvent> {
  await Promise.resolve();
  throw new Error("under construction");
}
