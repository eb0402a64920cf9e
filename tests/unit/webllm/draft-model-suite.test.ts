import { describe, expect, test } from "vitest";
import { chatMl } from "../../../src/models/chat-format.ts";
import { openWebLlmDraft } from "../../../src/models/webllm/open-webllm-draft.ts";
import { draftModelSuite } from "../../support/draft-model-suite.ts";
import { scriptedWorkers, webLlmSubject, type ScriptedOptions } from "../../support/scripted-pipeline.ts";

const subject = (options: ScriptedOptions) =>
  webLlmSubject(() =>
    openWebLlmDraft({
      modelId: "scripted", modelUrl: "https://models.test/scripted", modelLibUrl: "https://models.test/scripted.wasm",
      name: "scripted", format: chatMl, instruction: "", startWorker: scriptedWorkers(options).start,
    }));

/** These ask that a rollback keeps the common prefix. */
const needRollback = new Set(["prefills only what is new over a run of steps, own and foreign ones", "writes after a rollback what a fresh model writes"]);
const cases = draftModelSuite.map(({ title, check }) => [title, check] as const);

describe.each([
  ["that appends rightly", { library: "right" }],
  ["that appends rightly, in chunks shorter than a prompt", { library: "right", prefillChunk: 16 }],
  ["that appends wrongly", { library: "wrong-append" }],
  ["that appends wrongly, in chunks shorter than a prompt", { library: "wrong-append", prefillChunk: 32 }],
] as const)("WebLLM's draft model on a library %s passes the acceptance suite", (_name, options) => {
  test.each(cases)("%s", async (_title, check) => { await check(subject(options)); });
});

describe.each([
  ["with recurrent state", { library: "recurrent" }],
  ["without popn", { library: "no-popn" }],
  ["whose popn takes back one too few", { library: "wrong-popn" }],
  ["that is faster prefilled again than appended to", { library: "wrong-append", costs: { prefill: 0.01, step: 1 } }],
] as const)("WebLLM's draft model on a library %s passes what can be passed without rollback", (_name, options) => {
  test.each(cases.filter(([title]) => !needRollback.has(title)))("%s", async (_title, check) => { await check(subject(options)); });

  test("and the suite notices that it does not reuse what a rollback keeps", async () => {
    for (const [title, check] of cases.filter(([name]) => needRollback.has(name))) await expect(check(subject(options)), title).rejects.toThrow();
  });
});
