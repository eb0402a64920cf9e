import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { chatFormatFor, chatFormats, chatMl, deepSeekR1, llama3 } from "../../../src/models/chat-format.ts";
import { answerPrompt, scorePrompt, stepPrompt } from "../../../src/reasoning/prompts.ts";

const recording = (name: string): string => {
  const { request } = JSON.parse(readFileSync(new URL(`../../support/recordings/vllm-0.32.0/${name}.json`, import.meta.url), "utf8")) as { request: { body: { prompt: string } } };
  return request.body.prompt;
};
const problem = "Take the number 74. Add 31. Increase it by 37. Take away 97. Put in 49 more. Subtract 46. What is the result?";
const embedded = { format: chatMl, instruction: "" };

describe("prompts", () => {
  test("are to the byte what the embedded pair was trained on and a real vLLM was asked", () => {
    expect(stepPrompt(embedded, problem, "First, 74 + 31 = 105.\n\n")).toBe(recording("step-stream"));
    expect(scorePrompt(embedded, problem, "First, 74 + 31 = 105.")).toBe(recording("score-right-step"));
    const steps = "First, 74 + 31 = 105.\n\nNow, 105 + 37 = 142.\n\nNow, 142 - 97 = 45.\n\nNow, 45 + 49 = 94.\n\nNow, 94 - 46 = 48.\n\n";
    expect(answerPrompt(embedded, problem, steps)).toBe(recording("end-of-text-with-stop"));
  });

  test.each(chatFormats)("of $id: scoring, correcting and answering change nothing before the candidate step, so that a prefix cache holds", (format) => {
    const style = { format, instruction: "Think." };
    const step = stepPrompt(style, problem, "One.\n\nTwo.");
    expect(scorePrompt(style, problem, "One.\n\nTwo.").startsWith(step)).toBe(true);
    expect(answerPrompt(style, problem, "One.\n\nTwo.\n\n").startsWith(step)).toBe(true);
    expect(stepPrompt(style, problem, "One.\n\nTwo.\n\n").startsWith(step)).toBe(true);
  });

  test("a thinking that ended in the middle of a line is closed after a blank line", () => {
    expect(answerPrompt(embedded, "p", "It is 4").endsWith("It is 4\n\n</think>\n\n")).toBe(true);
    expect(answerPrompt(embedded, "p", "").endsWith("<think>\n</think>\n\n")).toBe(true);
  });

  test("a model's family is told from its name", () => {
    expect(chatFormatFor("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")).toBe(deepSeekR1);
    expect(chatFormatFor("meta-llama/Llama-3.1-8B-Instruct")).toBe(llama3);
    expect(chatFormatFor("Qwen/QwQ-32B")).toBe(chatMl);
  });
});
