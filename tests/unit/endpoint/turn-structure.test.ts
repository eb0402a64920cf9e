import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { type ChatFormat, chatMl, deepSeekR1, llama3 } from "../../../src/models/chat-format.ts";
import { turnStructureOf } from "../../../src/models/endpoint/turn-structure.ts";
import { recording } from "../../support/recorded-answers.ts";

/** The four seams between the marks, as prompts need them. */
const seams = ({ textStart, userStart, userEnd, assistantStart, assistantEnd, thinkingStart }: ChatFormat): readonly string[] => [
  textStart + userStart,
  userEnd + assistantStart,
  assistantEnd + userStart,
  userEnd + assistantStart + thinkingStart,
];
const render = (a: string, b: string, c: string, d: string): string => `${a}{{problem}}${b}{{steps}}${c}{{rate}}${d}`;

describe("the turn structure a server renders", () => {
  it.each([
    ["vllm-0.32.0", "detokenize"],
    ["llama-server-b10434", "apply-template"],
  ] as const)("of the embedded base model is ChatML, as recorded from %s", (server, name) => {
    const { prompt } = v.parse(v.object({ prompt: v.string() }), recording(server, name).response.body);
    expect(turnStructureOf(prompt, "anything")).toBe(chatMl);
  });

  it("of Qwen3, which opens its thinking itself, is ChatML too", () => {
    expect(turnStructureOf(render("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"), "Qwen3-32B")).toBe(chatMl);
  });

  it("of DeepSeek-R1 is the built-in one", () => {
    expect(turnStructureOf(render("<｜begin▁of▁sentence｜><｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜><｜User｜>", "<｜Assistant｜><think>\n"), "x")).toBe(deepSeekR1);
  });

  it("keeps the server's system turn before the first", () => {
    const system = "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023<|eot_id|>";
    const user = "<|start_header_id|>user<|end_header_id|>\n\n";
    const assistant = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
    const format = turnStructureOf(render(system + user, assistant, `<|eot_id|>${user}`, assistant), "llama");
    expect(format).toMatchObject({ textStart: system, userStart: llama3.userStart, assistantEnd: llama3.assistantEnd, emptyThinking: "" });
  });

  it("of an unknown family gives the same prompts, with its own thinking tag", () => {
    const [a, b, c, d] = ["<s>[INST] ", " [/INST]\n<bot> ", " </s>[INST] ", " [/INST]\n<bot> <seed:think>\n"] as const;
    const format = turnStructureOf(render(a, b, c, d), "x");
    if (format === undefined) throw new Error("unread");
    expect(seams(format)).toEqual([a, b, c, d]);
    expect(format.thinkingEnd).toBe("</seed:think>");
    expect(format.emptyThinking).toBe("<seed:think>\n\n</seed:think>\n\n");
  });

  it.each([
    ["lost", "<user>{{problem}}<assistant><user>{{rate}}<assistant>"],
    ["repeated", render("a", "b{{problem}}", "c", "b")],
    ["reordered", "a{{rate}}b{{steps}}c{{problem}}d"],
    ["of another shape", render("a", "b", "c", "d")],
  ])("is not guessed where a message is %s", (_, rendered) => {
    expect(turnStructureOf(rendered, "x")).toBeUndefined();
  });
});
