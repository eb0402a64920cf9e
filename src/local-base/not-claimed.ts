/**
 * The recorded requests to vLLM 0.32 that the local base does not claim to answer the same way, and why.
 * Every other difference from the recordings fails a test.
 */
export const notClaimed: Readonly<Record<string, string>> = {
  "chat-continue-final": "no chat completions: prompts are rendered in the page",
  "score-chat": "no chat completions: prompts are rendered in the page",
  "generative-scoring": "it can end a vLLM engine, so nothing here may come to rely on it",
  "score-explicit-ids": "logprob_token_ids can end a vLLM engine that speculates: refused",
  "score-choice": "structured_outputs needs a grammar: refused, allowed_token_ids does the same",
  "score-regex": "structured_outputs needs a grammar: refused, allowed_token_ids does the same",
  "speculative-score-explicit-ids": "a fault of a vLLM that speculates",
  "speculative-score-logit-bias": "a limit of a vLLM that speculates",
  "speculative-step-min-p": "a limit of a vLLM that speculates",
};

/** A difference from vLLM's answers that is meant. */
export type MeantDifference = {
  /** Of these recordings; of all where absent. */
  readonly recordings?: RegExp;
  /** Where in the answer, e.g. "body.choices[0].text". */
  readonly place: RegExp;
  readonly why: string;
};

/** What the local base says otherwise than vLLM 0.32, and why. A test fails for any other difference, and for one listed here that is not there any more. */
export const meantDifferences: readonly MeantDifference[] = [
  { place: /^body\.local_base$/, recordings: /version/, why: "it says that it is no vLLM, and what it is slowed down to" },
  { place: /^body\.error\.message$/, recordings: /^error-(json|stop-5)$/, why: "the wording is Pydantic's, whose errors nobody should have to copy" },
  { place: /^body\.error\.message$/, recordings: /^error-temperature$/, why: "-1.0 in a request is -1 to JavaScript" },
];
