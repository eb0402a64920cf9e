import { beforeEach, expect, test, vi } from "vitest";
import { draftPaneStore, watchedOpen } from "../../../src/app/models/draft-pane-store.ts";
import { draftSource } from "../../../src/app/models/draft-source.ts";
import { perSecond } from "../../../src/app/models/kept-speeds.ts";
import { defaultSettings } from "../../../src/app/settings/settings.ts";
import { chatMl } from "../../../src/models/chat-format.ts";
import type { DraftModel } from "../../../src/models/draft-model.ts";
import { ModelError, type ModelErrorKind } from "../../../src/models/model-error.ts";

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
});

const { signal } = new AbortController();
const request = { prompt: "p", maxTokens: 50, stop: [], temperature: 0, topP: 1, signal };
const source = draftSource(defaultSettings.draft, undefined, "https://page.example/");

/** Takes 2 s to its first token and 4 s for the 20 after it. */
async function opened(report: { deviceLosses: number } = { deviceLosses: 0 }) {
  let seconds = 0;
  let failing: ModelErrorKind | undefined;
  const model: DraftModel = {
    info: { id: "webllm:m", name: "m", format: chatMl, instruction: "", contextTokens: 512, engine: "webllm", computesOn: "webgpu", device: "GPU" },
    async *generate() {
      if (failing !== undefined) throw new ModelError(failing, "gone");
      seconds += 2;
      yield { kind: "text", text: "a", tokens: 1 };
      seconds += 4;
      yield { kind: "end", ended: { kind: "length" }, usage: { promptTokens: 100, cachedTokens: 60, generatedTokens: 21 } };
    },
    close: () => Promise.resolve(),
  };
  const appending = { append: "prefill", rollback: "exact", why: "", differences: { inParts: 0, tokenByToken: 0 }, tolerance: 0.05, perToken: { prefillSeconds: 1, decodeSeconds: 1 } } as const;
  const draft = await watchedOpen(() => Promise.resolve({ ...model, get report() { return { appending, counts: undefined, ...report }; } }), () => seconds)(source, () => undefined, signal);
  return { draft, fail: (kind: ModelErrorKind | undefined) => { failing = kind; } };
}

async function call(draft: DraftModel) {
  for await (const part of draft.generate(request)) if (part.kind === "end") return part;
  return undefined;
}

test("the pane counts what the KV cache saved, and measures prefill and decode; the speed is kept for the next visit", async () => {
  const { draft } = await opened();
  await call(draft);
  await call(draft);
  const { reused, prefilled, generated, speed, appending } = draftPaneStore.getState();
  expect([reused, prefilled, generated, appending?.append]).toEqual([120, 80, 42, "prefill"]);
  expect(speed === undefined ? [] : [perSecond(speed.prefill), perSecond(speed.decode)]).toEqual([20, 5]);
  await draft.close();
  expect(draftPaneStore.getState().info).toBeUndefined();
  await opened();
  expect(draftPaneStore.getState().speed).toEqual(speed);
});

test("the pane tells of each loss: one that failed a call, and one between two calls that failed none", async () => {
  const report = { deviceLosses: 0 };
  const { draft, fail } = await opened(report);
  fail("device-lost");
  report.deviceLosses = 1;
  await expect(call(draft)).rejects.toMatchObject({ kind: "device-lost" });
  fail(undefined);
  await call(draft);
  expect(draftPaneStore.getState().losses).toEqual(["device-lost"]);
  report.deviceLosses = 2;
  await call(draft);
  expect(draftPaneStore.getState().losses).toEqual(["device-lost", "device-lost"]);
  fail("aborted");
  await expect(call(draft)).rejects.toMatchObject({ kind: "aborted" });
  expect(draftPaneStore.getState().losses).toHaveLength(2);
});
