/** The turn structure of a model family, as text. Draft and base model each have their own. */
export type ChatFormat = {
  readonly id: string;
  /** What every prompt starts with (a beginning-of-text token, or nothing). */
  readonly textStart: string;
  readonly userStart: string;
  readonly userEnd: string;
  readonly assistantStart: string;
  readonly assistantEnd: string;
  /** Opens the model's thinking, right after `assistantStart`. */
  readonly thinkingStart: string;
  /** The tag that closes it. */
  readonly thinkingEnd: string;
  /** A thinking block with nothing in it, for turns that answer at once. */
  readonly emptyThinking: string;
};

/** ChatML with think tags, as Qwen3, QwQ and the embedded pair use it. */
export const chatMl: ChatFormat = {
  id: "chatml",
  textStart: "",
  userStart: "<|im_start|>user\n",
  userEnd: "<|im_end|>\n",
  assistantStart: "<|im_start|>assistant\n",
  assistantEnd: "<|im_end|>\n",
  thinkingStart: "<think>\n",
  thinkingEnd: "</think>",
  emptyThinking: "<think>\n\n</think>\n\n",
};

/** DeepSeek-R1 and its distilled models. */
export const deepSeekR1: ChatFormat = {
  id: "deepseek-r1",
  textStart: "<｜begin▁of▁sentence｜>",
  userStart: "<｜User｜>",
  userEnd: "",
  assistantStart: "<｜Assistant｜>",
  assistantEnd: "<｜end▁of▁sentence｜>",
  thinkingStart: "<think>\n",
  thinkingEnd: "</think>",
  emptyThinking: "<think>\n\n</think>\n\n",
};

/** Llama 3 instruct models; they know no think tags as tokens, the tags are plain text to them. */
export const llama3: ChatFormat = {
  id: "llama3",
  textStart: "<|begin_of_text|>",
  userStart: "<|start_header_id|>user<|end_header_id|>\n\n",
  userEnd: "<|eot_id|>",
  assistantStart: "<|start_header_id|>assistant<|end_header_id|>\n\n",
  assistantEnd: "<|eot_id|>",
  thinkingStart: "<think>\n",
  thinkingEnd: "</think>",
  emptyThinking: "",
};

export const chatFormats: readonly ChatFormat[] = [chatMl, deepSeekR1, llama3];

/** The built-in format for a model's name; ChatML where the name tells nothing, since most open models use it. */
export function chatFormatFor(modelName: string): ChatFormat {
  if (/deepseek.*r1|r1-distill/i.test(modelName)) return deepSeekR1;
  if (/llama-?3/i.test(modelName)) return llama3;
  return chatMl;
}

/** What models other than the embedded pair are asked for beside the problem (SpecReason's own prompt, shortened). */
export const reasoningInstruction =
  "Please reason step by step, separate your reasoning steps with blank lines, and put your final answer within \\boxed{}.";
