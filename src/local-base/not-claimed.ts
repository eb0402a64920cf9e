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
