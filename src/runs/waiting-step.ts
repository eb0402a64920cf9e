import type { StepId } from "../reasoning/events.ts";

/** A step that stands in a transcript without a verdict and is to get one when its base model answers again. */
export type WaitingStep = {
  readonly run: string;
  readonly step: StepId;
  /** Its place in the transcript. */
  readonly index: number;
  /** Hash of the transcript up to and with this step: a score counts only for the text it was given for. */
  readonly prefix: string;
  readonly base: string;
  /** The base model's score is known, but not yet that of a step before it. */
  readonly scored: boolean;
  /** 0-9; absent although scored where the base model gave no digit, which rejects the step. */
  readonly score?: number;
  /** It was rejected after what follows it had been written: it waits for somebody's decision, and the steps behind it with it. */
  readonly rejected?: true;
};

type Key = Pick<WaitingStep, "run" | "step" | "prefix" | "base">;
/** What a step waits under: queued or delivered twice, it is one. */
export const waitingKey = ({ run, step, prefix, base }: Key): string => JSON.stringify([run, step, prefix, base]);
