import type { ModelErrorKind } from "../models/model-error.ts";
import type { Policy } from "./policy.ts";
import type { ScoreRung } from "../models/base-model.ts";

/** Numbers a step attempt within its run; a step drafted again gets a new one. */
export type StepId = number;
/** Numbers a request to a model within its run. */
export type RequestId = number;

/**
 * How a step ended: at a blank line, at the end-of-thinking tag, at the end of the text, or cut by its token cap
 * (then the next step goes on in the middle of it).
 */
export type StepEnd = "blank-line" | "end-of-thinking" | "end-of-text" | "cut";

/** Why the base model is writing. */
export type BaseWriting =
  | "first-steps" // the policy gives it the first steps
  | "correction" // a draft was rejected
  | "race" // its correction was not stopped: whoever is first with the next step wins
  | "hedge" // it started together with the draft, since rejection is likely
  | "asked" // the reader asked for it
  | "hand-over" // drafts are likely to be rejected: it writes several steps
  | "alone"; // mode `base`

/** Why a transcript was left and another one begun from one of its steps. */
export type BranchReason =
  | "late-rejection" // a step was rejected after the answer had been given
  | "edited" // the reader writes the step
  | "dropped" // the reader does without it and what follows
  | "base-asked" // the reader has the base model write it
  | "drafted-again"; // the reader has the draft model write another one

export type Failure = { readonly kind: ModelErrorKind; readonly message: string };

type Body =
  | { readonly kind: "started" }
  /** The run goes on after a stop, a failure or a reload, under another policy where one is named. */
  | { readonly kind: "resumed"; readonly policy?: Policy }
  | { readonly kind: "draft-started"; readonly step: StepId; readonly index: number }
  | { readonly kind: "draft-text"; readonly step: StepId; readonly text: string }
  | {
      readonly kind: "drafted";
      readonly step: StepId;
      readonly index: number;
      readonly text: string;
      readonly end: StepEnd;
      readonly tokens: number;
      readonly promptTokens: number;
      /** Prompt tokens the draft model had to compute, the rest came from its KV cache. */
      readonly prefilledTokens: number;
      /** Seconds to the first token, and in all. */
      readonly firstTokenSeconds: number;
      readonly seconds: number;
      /** Mean and lowest log-probability of the step's tokens and entropy (nats) of its first, where the engine tells. */
      readonly meanLogProb?: number;
      readonly lowestLogProb?: number;
      readonly firstEntropy?: number;
    }
  /** The draft model wrote nothing but the end of its thinking. */
  | { readonly kind: "end-drafted"; readonly step: StepId; readonly index: number; readonly tokens: number; readonly seconds: number }
  /** A draft given up before it was finished. */
  | { readonly kind: "draft-dropped"; readonly step: StepId; readonly index: number; readonly tokens: number; readonly seconds: number }
  | { readonly kind: "score-requested"; readonly request: RequestId; readonly steps: readonly StepId[] }
  | {
      readonly kind: "scored";
      /** The request that asked; none where a step word for word like one already judged at this place needs no asking. */
      readonly request?: RequestId;
      readonly step: StepId;
      /** 0-9; absent where the base model gave no digit, which rejects the step. */
      readonly score?: number;
      readonly rung: ScoreRung | "remembered";
    }
  /** A score request ended. */
  | {
      readonly kind: "score-answered";
      readonly request: RequestId;
      readonly seconds: number;
      readonly promptTokens: number;
      readonly cachedTokens?: number;
      readonly generatedTokens: number;
    }
  /** A score request aborted because what it scored was rolled back, or failed. */
  | { readonly kind: "score-dropped"; readonly request: RequestId; readonly steps: readonly StepId[]; readonly seconds: number }
  /** `sure`: the draft model was surer of the step than of most. */
  | { readonly kind: "accepted"; readonly step: StepId; readonly sure?: boolean }
  | { readonly kind: "rejected"; readonly step: StepId; readonly why: "score" | "repetition"; readonly sure?: boolean }
  /** The step stays in the transcript without a verdict: the base model is away, verification was put off, the draft model was sure, or the reader keeps it although it was rejected. */
  | { readonly kind: "unverified"; readonly step: StepId; readonly why: "base-away" | "later" | "sure" | "alone" | "kept" }
  /** The rejected or overtaken step and all that was drafted after it leave the transcript. */
  | { readonly kind: "rolled-back"; readonly toIndex: number; readonly steps: readonly StepId[]; readonly tokens: number }
  /** The transcript as it stands becomes an old branch, kept whole with its answer; then `steps`, those from `toIndex` on, leave it. */
  | { readonly kind: "branched"; readonly toIndex: number; readonly why: BranchReason; readonly steps: readonly StepId[] }
  /** The reader wrote the step, which ends at a blank line and needs no verdict. */
  | { readonly kind: "edited"; readonly step: StepId; readonly index: number; readonly text: string }
  /** An old branch becomes the transcript again, the one that stood an old branch. */
  | { readonly kind: "switched"; readonly branch: number; readonly finished: boolean }
  | { readonly kind: "base-started"; readonly request: RequestId; readonly index: number; readonly why: BaseWriting }
  | { readonly kind: "base-text"; readonly request: RequestId; readonly index: number; readonly text: string }
  /** The base model's stream reached the end of a step. */
  | {
      readonly kind: "base-step";
      readonly request: RequestId;
      readonly step: StepId;
      readonly index: number;
      readonly text: string;
      readonly end: StepEnd;
      readonly tokens: number;
      readonly seconds: number;
      readonly why: BaseWriting;
      /** Its draft was rejected, or the policy wanted it from the base model: otherwise it was but the first to be there. */
      readonly needed: boolean;
    }
  /** The base model's stream is over. `wastedTokens` were generated and not used. */
  | {
      readonly kind: "base-ended";
      readonly request: RequestId;
      readonly how: "finished" | "cancelled" | "failed";
      /** Seconds from the request to its first token, to its last one, and to its end. */
      readonly firstTokenSeconds?: number;
      readonly lastTokenSeconds?: number;
      readonly seconds: number;
      readonly promptTokens?: number;
      readonly cachedTokens?: number;
      readonly generatedTokens: number;
      readonly wastedTokens: number;
    }
  /** The base model cannot be reached; drafting goes on unverified. */
  | { readonly kind: "base-lost"; readonly failure: Failure }
  | { readonly kind: "base-back"; readonly roundTripSeconds: number }
  /** The link was measured: seconds a smallest request takes there and back. */
  | { readonly kind: "link-measured"; readonly roundTripSeconds: number }
  | { readonly kind: "thinking-ended"; readonly why: "model" | "budget" | "repetition" | "context" }
  | { readonly kind: "answer-started"; readonly request: RequestId; readonly by: "draft" | "base" }
  | { readonly kind: "answer-text"; readonly request: RequestId; readonly text: string }
  | {
      readonly kind: "answered";
      readonly request: RequestId;
      readonly by: "draft" | "base";
      readonly text: string;
      /** The answer was cut by its token cap or the context. */
      readonly cut: boolean;
      readonly tokens: number;
      readonly promptTokens: number;
      readonly firstTokenSeconds: number;
      readonly seconds: number;
    }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "finished" };

/** One thing that happened in a run, `at` seconds of the run's clock. Everything shown is a fold over these. */
export type RunEvent = Body & { readonly at: number };
export type RunEventBody = Body;

/** Streaming parts: worth showing, not worth keeping, since a later event holds the whole text. */
export const isPassing = (event: RunEvent): boolean =>
  event.kind === "draft-text" || event.kind === "base-text" || event.kind === "answer-text";
