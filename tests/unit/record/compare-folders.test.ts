import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compareFolders } from "../../record/compare-folders.ts";
import { readRecording, type Recording, writeMetricsNames, writeRecording } from "../../support/recording.ts";

const recordings = fileURLToPath(new URL("../../support/recordings/vllm-0.32.0", import.meta.url));
let before = "";
let after = "";
beforeEach(() => { [before, after] = [mkdtempSync(join(tmpdir(), "before-")), mkdtempSync(join(tmpdir(), "after-"))] as [string, string]; });
afterEach(() => { for (const folder of [before, after]) rmSync(folder, { recursive: true }); });

type Answer = Partial<Recording["response"]>;
const answered = (folder: string, name: string, response: Answer, temperature = 0): void =>
  writeRecording(folder, name, { note: "", request: { method: "POST", path: "/v1/completions", headers: {}, body: { temperature } }, response: { status: 200, headers: {}, body: {}, ...response } });
const changed = (old: Answer, now: Answer, temperature?: number): readonly string[] => {
  answered(before, "step", old, temperature);
  answered(after, "step", now, temperature);
  return compareFolders(before, after);
};
const events = (...each: readonly unknown[]): string => `${each.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`;
const chunk = (text: string, more: object = {}): object => ({ id: "x", choices: [{ index: 0, text, finish_reason: null, ...more }] });

describe("what changed between two folders of recordings", () => {
  it("is nothing for the same folder", () => {
    expect(compareFolders(recordings, recordings)).toEqual([]);
  });

  it.each<[string, Answer, Answer, string]>([
    ["another status", { status: 400 }, { status: 422 }, "step: the status was 400, is 422"],
    ["a field gone", { body: { choices: [{ metrics: null }] } }, { body: { choices: [{}] } }, "step: the field choices[].metrics is gone; it was null"],
    ["a new field", { body: {} }, { body: { usage: 3 } }, "step: the field usage is new: 3"],
    ["another type", { body: { code: 400 } }, { body: { code: "400" } }, 'step: the field code was 400, is "400"'],
    ["another message", { body: { error: { message: "no" } } }, { body: { error: { message: "never" } } }, 'step: the message was "no", is "never"'],
    ["a header gone", { headers: { vary: "Origin" } }, {}, 'step: the header vary is gone; it was "Origin"'],
    ["more in a list", { body: { data: [1] } }, { body: { data: [1, 2] } }, "step: the number of data was 1, is 2"],
    ["text in place of JSON", { body: { a: 1 } }, { body: "a" }, 'step: the answer was {"a":1}, is "a"'],
    ["another text at temperature 0", { body: { text: "a" } }, { body: { text: "b" } }, 'step: the field text was "a", is "b"'],
    ["a likely token's probability", { body: { top_logprobs: [{ a: -0.1 }] } }, { body: { top_logprobs: [{ a: -0.2 }] } }, 'step: the field top_logprobs[]["a"] was -0.1, is -0.2'],
    ["a likely token gone from llama.cpp's list", { body: { top_logprobs: [{ token: "a", logprob: -0.1 }] } }, { body: { top_logprobs: [{ token: "b", logprob: -9.1 }] } }, 'step: the field top_logprobs["a"] is gone; it was -0.1'],
    ["a stream that does not end", { body: events(chunk("a")) }, { body: events(chunk("a")).replace("data: [DONE]\n\n", "") }, "step: the field [DONE] was true, is false"],
    ["a field of each event", { body: events(chunk("a"), chunk("b")) }, { body: events(chunk("ab", { token_ids: null })) }, "step: the field [].choice.token_ids is new: null"],
    ["a field of one event", { body: events(chunk("a"), chunk("b")) }, { body: events(chunk("a"), chunk("b", { token_ids: null })) }, "step: the field [].choices[].token_ids is new: null"],
  ])("%s is told", (_, old, now, sentence) => {
    expect(changed(old, now)).toEqual([sentence]);
  });

  it.each<[string, Answer, Answer]>([
    ["an id, a time", { body: { id: "a", created: 1 } }, { body: { id: "b", created: 2 } }],
    ["how many tokens were cached", { body: { cached_tokens: 32 } }, { body: { cached_tokens: 0 } }],
    ["rounding", { body: { logprob: -0.5001 } }, { body: { logprob: -0.5002 } }],
    ["unlikely tokens at the end of the list", { body: { top_logprobs: [{ a: -0.1, b: -9 }] } }, { body: { top_logprobs: [{ a: -0.1, c: -9.2 }] } }],
    ["which tokens shared an event", { body: events(chunk("a"), chunk("b"), chunk("c", { finish_reason: "stop" })) }, { body: events(chunk("ab"), chunk("c", { finish_reason: "stop" })) }],
  ])("%s is the moment's", (_, old, now) => {
    expect(changed(old, now)).toEqual([]);
  });

  it("sampled text is the moment's, its type is not", () => {
    expect(changed({ body: { text: "a" } }, { body: { text: "b" } }, 0.6)).toEqual([]);
    expect(changed({ body: { text: "a" } }, { body: { text: null } }, 0.6)).toEqual(['step: the field text was "a", is null']);
  });

  it("a change in many answers is one line, the most widespread first", () => {
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      answered(before, name, { body: { x: 1 } });
      answered(after, name, { body: { x: 1, y: name }, ...(name === "a" ? { status: 201 } : {}) });
    }
    expect(compareFolders(before, after)).toEqual(['a, b, c, d, e and 2 more: the field y is new: "a"', "a: the status was 200, is 201"]);
  });

  it("names recordings and metrics that are in one folder only, and answers to different requests", () => {
    answered(before, "old", {});
    answered(after, "new", {});
    answered(before, "step", {}, 0);
    answered(after, "step", {}, 1);
    writeMetricsNames(before, ["vllm:a_total", "vllm:b_total"]);
    writeMetricsNames(after, ["vllm:b_total", "vllm:c_total"]);
    expect(compareFolders(before, after)).toEqual([
      "old: only in the first folder", "new: only in the second folder", "step: the two folders hold answers to different requests",
      "the metric vllm:a_total is gone", "the metric vllm:c_total is new",
    ]);
  });

  it("finds each changed field of a real answer", () => {
    const real = readRecording(recordings, "score-right-step");
    const body = JSON.stringify(real.response.body);
    writeRecording(before, "score", real);
    writeRecording(after, "score", { ...real, response: { ...real.response, body: JSON.parse(body.replace('"finish_reason":"length"', '"finish_reason":"stop"').replace('"stop_reason":null,', "")) as unknown } });
    expect(compareFolders(before, after)).toEqual(['score: the field choices[].finish_reason was "length", is "stop"', "score: the field choices[].stop_reason is gone; it was null"]);
  });
});
